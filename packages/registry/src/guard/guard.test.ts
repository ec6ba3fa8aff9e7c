import { first, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import type { ServiceView } from '../discover/service-view.ts'
import { registriesOn, twoStores } from '../registries.test-support.ts'

interface Told {
  readonly id: string
  readonly how: string
}

/** What the view tells from now on, until it is closed. */
function record(view: ServiceView): { readonly told: Told[]; readonly done: Promise<void> } {
  const told: Told[] = []
  const done = (async () => {
    for await (const { added, removed } of view.changes()) {
      told.push(...added.map(({ id }) => ({ id, how: 'added' })))
      told.push(...removed.map(({ instance, reason }) => ({ id: instance.id, how: reason })))
    }
  })()
  return { told, done }
}

describe.each(twoStores('the guard'))('instances that vanish, on $name', (flavour) => {
  const on = registriesOn(flavour)

  it('keeps the list when many lose their leases, and flaps for none of them', async () => {
    const providers = Array.from({ length: 10 }, () => on.registry())
    const registrations = await Promise.all(
      providers.map((registry, index) => registry.register({ service: 'user', id: `${index}`, port: index + 1 })),
    )
    const view = await on.registry().discover('user')
    const { told, done } = record(view)
    let smallest = 10
    const client = on.client()
    const watching = setInterval(() => {
      smallest = Math.min(smallest, view.instances.length)
    }, 1)
    await Promise.all(registrations.slice(0, 6).map(({ lease }) => client.leases.revoke(lease ?? 0n)))
    await until('they are back', () => registrations.every(({ state }) => state === 'registered'))
    await until('nobody is suspect', () => view.instances.every(({ suspect }) => !suspect))
    clearInterval(watching)
    expect(smallest).toBe(10)
    await view.close()
    await done
    expect(told).toEqual([])
  })

  it('marks what does not come back, says since when, and believes a refused connection', async () => {
    const client = on.client()
    const leases = await Promise.all([1, 2, 3].map(() => client.leases.grant({ ttlSeconds: 60 })))
    for (const [index, { id }] of leases.entries()) {
      await client.kv.put(`/services/user/${index}`, `10.0.0.1:${index + 1}`, { lease: id })
    }
    const view = await on.registry({ guard: { windowMs: 50 } }).discover('user')
    await Promise.all(leases.slice(1).map((lease) => lease.revoke()))
    await until('the two are suspect', () => view.instances.filter(({ suspect }) => suspect).length === 2)
    expect(view.instances).toHaveLength(3)
    expect(view.holdingSince).toBeInstanceOf(Date)
    expect(view.staleSince).toEqual(view.holdingSince)
    const changes = view.changes()
    const [dead] = view.instances.filter(({ suspect }) => suspect)
    if (dead) view.report(dead, { result: 'unreachable' })
    expect((await changes.next()).value).toMatchObject({ removed: [{ instance: { id: dead?.id }, reason: 'expired' }] })
    expect(view.holdingSince).toBeUndefined()
    await until('the last one has had its time', () => view.instances.length === 1)
    expect(view.staleSince).toBeUndefined()
  })

  it('hears that instances leave also when their records were lost before', async () => {
    const registry = on.registry()
    const batch = [1, 2, 3].map((port) => ({ service: 'user', id: `${port}`, port }))
    const [registration] = await registry.registerAll(batch)
    const view = await on.registry().discover('user')
    const { told, done } = record(view)
    await on.client().leases.revoke(registration?.lease ?? 0n)
    await registry.close()
    await until('nobody is shown', () => view.instances.length === 0)
    await view.close()
    await done
    expect(told.map(({ id, how }) => `${id} ${how}`).sort()).toEqual(['1 left', '2 left', '3 left'])
  })

  it('empties at once when everybody leaves deliberately', async () => {
    const registry = on.registry()
    const registrations = await registry.registerAll(
      [1, 2, 3, 4].map((port) => ({ service: 'user', id: `${port}`, port })),
    )
    const view = await on.registry().discover('user')
    const { told, done } = record(view)
    await Promise.all(registrations.map((registration) => registration.deregister()))
    await until('it is empty', () => view.instances.length === 0)
    expect(view.holdingSince).toBeUndefined()
    await view.close()
    await done
    expect(told.map(({ how }) => how)).toEqual(['left', 'left', 'left', 'left'])
  })

  it.each(['register', 'go-grpc'] as const)(
    'hears afterwards that all left deliberately while it was cut off: %s',
    async (how) => {
      const format = how === 'go-grpc' ? how : undefined
      const registrations = await on
        .registry()
        .registerAll([1, 2, 3, 4].map((port) => ({ service: 'user', id: `${port}`, port, format })))
      const consumer = on.client()
      const view = await on.registry({}, consumer).discover('user')
      const { told, done } = record(view)
      const { endpoints } = consumer
      consumer.setEndpoints('http://127.0.0.1:1')
      await until('it is cut off', () => view.staleSince !== undefined)
      await Promise.all(registrations.slice(0, 3).map((registration) => registration.deregister()))
      const client = on.client()
      await client.kv.compact((await client.kv.put('any', '')).revision)
      consumer.setEndpoints(endpoints)
      await until('those who left are gone', () => view.instances.length === 1)
      expect(view.instances).toMatchObject([{ id: '4', suspect: false }])
      expect(view.holdingSince).toBeUndefined()
      await view.close()
      await done
      expect(told.map(({ id, how }) => `${id} ${how}`).sort()).toEqual(['1 left', '2 left', '3 left'])
    },
  )

  it('holds on to instances whose former life left, when this one was lost while it was cut off', async () => {
    const provider = on.registry()
    const batch = [1, 2, 3].map((port) => ({ service: 'user', id: `${port}`, port }))
    await Promise.all((await provider.registerAll(batch)).map((registration) => registration.deregister()))
    const client = on.client()
    const lease = await client.leases.grant({ ttlSeconds: 60 })
    for (const { id, port } of batch) {
      const registeredAt = '2024-01-01T00:00:00.000Z'
      const text = JSON.stringify({ host: '127.0.0.1', port, registeredAt })
      await client.kv.put(`/services/user/${id}`, text, { lease: lease.id })
    }
    const consumer = on.client()
    const view = await on.registry({}, consumer).discover('user')
    const { endpoints } = consumer
    consumer.setEndpoints('http://127.0.0.1:1')
    await until('it is cut off', () => view.staleSince !== undefined)
    await lease.revoke()
    await client.kv.compact((await client.kv.put('any', '')).revision)
    consumer.setEndpoints(endpoints)
    await until('they are suspect', () => view.instances.every(({ suspect }) => suspect))
    expect(view.instances).toHaveLength(3)
  })

  it('tells a record that somebody deleted from one that has expired', async () => {
    const client = on.client()
    const lease = await client.leases.grant({ ttlSeconds: 60 })
    await client.kv.put('/services/user/a', '10.0.0.1:1', { lease: lease.id })
    await client.kv.put('/services/user/b', '10.0.0.1:2')
    const view = await on.registry().discover('user')
    const { told, done } = record(view)
    await client.kv.delete('/services/user/a')
    await until('it is gone', () => view.instances.length === 1)
    await client.kv.delete('/services/user/b')
    await until('that one, too', () => view.instances.length === 0)
    await view.close()
    await done
    expect(told).toEqual([
      { id: 'a', how: 'evicted' },
      { id: 'b', how: 'evicted' },
    ])
  })

  it('does not flap for a record that is deleted by accident and restored', async () => {
    const registration = await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const client = on.client()
    const view = await on.registry().discover('user')
    const { told, done } = record(view)
    const feed = registration.events()
    await client.kv.delete({ prefix: '/services/user/' })
    await first(feed, ({ type }) => type === 'restored')
    const { modRevision } = (await client.kv.get(registration.key)) ?? {}
    await until('the view has the new one', () => view.instances[0]?.revision === modRevision)
    await view.close()
    await done
    expect(told).toEqual([])
  })

  it('believes every loss at once when it is off', async () => {
    const client = on.client()
    const lease = await client.leases.grant({ ttlSeconds: 60 })
    for (const id of ['a', 'b']) await client.kv.put(`/services/user/${id}`, '10.0.0.1:1', { lease: lease.id })
    const view = await on.registry({ guard: false }).discover('user')
    const changes = view.changes()
    await lease.revoke()
    expect((await changes.next()).value).toMatchObject({ removed: [{ reason: 'expired' }, { reason: 'expired' }] })
  })
})
