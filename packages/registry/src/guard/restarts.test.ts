import type { EtcdClient, Lease } from '@waypost/client'
import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import type { ServiceView } from '../discover/service-view.ts'
import { registriesOn, twoStores } from '../registries.test-support.ts'

/** Registers as one process after another does: each on a lease of its own. */
async function start(client: EtcdClient, id: string, address: string): Promise<Lease> {
  const lease = await client.leases.grant({ ttlSeconds: 60 })
  const [host, port] = address.split(':')
  const text = JSON.stringify({ host, port: Number(port), registeredAt: new Date().toISOString() })
  await client.kv.put(`/services/user/${id}`, text, { lease: lease.id })
  return lease
}

function idsOf(view: ServiceView): string[] {
  return view.instances.map(({ id }) => id)
}

describe.each(twoStores('restarts'))('a process that restarts, on $name', (flavour) => {
  const on = registriesOn(flavour)
  const address = '10.0.0.1:80'

  it('is one target while its former record lives', async () => {
    const client = on.client()
    await start(client, 'a1', address)
    const other = await start(client, 'b', '10.0.0.2:80')
    const view = await on.registry().discover('user')
    const changes = view.changes()
    await start(client, 'a2', address)
    expect((await changes.next()).value).toMatchObject({
      added: [{ id: 'a2' }],
      removed: [{ instance: { id: 'a1' }, reason: 'replaced' }],
    })
    expect(idsOf(view)).toEqual(['a2', 'b'])
    expect(idsOf(await on.registry().discover('user'))).toEqual(['a2', 'b'])
    const picked = Array.from({ length: 10 }, () => view.pick()?.id)
    expect(picked.filter((id) => id === 'b')).toHaveLength(5)
    await other.revoke()
    await until('the other is gone', () => view.instances.length === 1)
  })

  it('leaves no ghost when it crashes twice, and everybody leaves', async () => {
    const client = on.client()
    const leases = [await start(client, 'a1', address), await start(client, 'a2', address)]
    const others = on.registry()
    await others.registerAll([1, 2, 3].map((port) => ({ service: 'user', id: `o${port}`, host: '10.0.0.9', port })))
    const last = on.registry()
    await last.register({ service: 'user', id: 'a3', host: '10.0.0.1', port: 80 })
    const view = await on.registry({ guard: { settleMs: 60_000 } }).discover('user')
    expect(idsOf(view)).toEqual(['a3', 'o1', 'o2', 'o3'])
    await Promise.all([last.close(), others.close()])
    await until('those that left are gone', () => !idsOf(view).some((id) => id.startsWith('o') || id === 'a3'))
    for (const lease of leases) await lease.revoke()
    await until('nobody is listed', () => view.instances.length === 0)
    expect(view.holdingSince).toBeUndefined()
  })

  it('takes the place of records that the guard holds', async () => {
    const client = on.client()
    const leases = [await start(client, 'a1', '10.0.0.1:80'), await start(client, 'b1', '10.0.0.2:80')]
    await start(client, 'c', '10.0.0.3:80')
    const view = await on.registry().discover('user')
    await Promise.all(leases.map((lease) => lease.revoke()))
    await until('two are held', () => view.instances.filter(({ suspect }) => suspect).length === 2)
    await start(client, 'a2', '10.0.0.1:80')
    await until('the later one is there', () => idsOf(view).includes('a2'))
    expect(idsOf(view)).toEqual(['a2', 'b1', 'c'])
    await start(client, 'b2', '10.0.0.2:80')
    await until('the last ghost is gone', () => !idsOf(view).includes('b1'))
    expect(view.holdingSince).toBeUndefined()
    expect(view.instances.every(({ suspect }) => !suspect)).toBe(true)
  })

  it('never looks like a mass expiry when it crashes again and again', async () => {
    const client = on.client()
    await start(client, 'b', '10.0.0.2:80')
    const view = await on.registry({ guard: { settleMs: 10 } }).discover('user')
    for (let life = 1; life <= 6; life++) {
      const lease = await start(client, `a${life}`, address)
      await until('it is there', () => idsOf(view).includes(`a${life}`))
      await lease.revoke()
      await until('it is gone', () => !idsOf(view).includes(`a${life}`))
      expect(view.holdingSince).toBeUndefined()
    }
    expect(idsOf(view)).toEqual(['b'])
  })

  it('comes back as the earlier record when the later one leaves and that one lives', async () => {
    const client = on.client()
    await start(client, 'worker1', address)
    const worker2 = on.registry()
    await worker2.register({ service: 'user', id: 'worker2', host: '10.0.0.1', port: 80 })
    const view = await on.registry().discover('user')
    expect(idsOf(view)).toEqual(['worker2'])
    await worker2.close()
    await until('the other one is shown', () => idsOf(view).join() === 'worker1')
  })

  it('confirms that a record leaves which it does not show', async () => {
    const registration = await on.registry().register({ service: 'user', id: 'a1', host: '10.0.0.1', port: 80 })
    await start(on.client(), 'a2', address)
    const view = await on.registry().discover('user')
    expect(idsOf(view)).toEqual(['a2'])
    await until('the store knows of the view', () => view.subscription === 'confirming')
    const { confirmed, unconfirmed } = await registration.drain()
    expect({ confirmed: confirmed.length, unconfirmed }).toEqual({ confirmed: 1, unconfirmed: [] })
  })

  it('finds no instance below the keys of instances', async () => {
    const client = on.client()
    await client.kv.put('/services/user/b', address)
    await client.kv.put('/services/user/a/b', '10.0.0.2:80')
    const view = await on.registry().discover('user')
    expect(view.instances).toMatchObject([{ id: 'b', host: '10.0.0.1' }])
    expect(view.problems).toMatchObject([{ key: '/services/user/a/b' }])
    expect(await on.registry().services()).toEqual([{ service: 'user', instances: 1, up: 1, unreadable: 0 }])
  })
})
