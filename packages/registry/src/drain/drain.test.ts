import { EtcdClient } from '@waypost/client'
import { deferred } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { startStore, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import type { ServiceChanges } from '../discover/service-changes.ts'
import type { ServiceView } from '../discover/service-view.ts'
import { registriesOn, twoStores } from '../registries.test-support.ts'
import { Registry } from '../registry.ts'

const subscribed = (view: ServiceView) => until('it has subscribed', () => view.subscription === 'confirming')

describe.each(twoStores('draining'))('draining on $name', (flavour) => {
  const on = registriesOn(flavour)

  it('waits until every consumer has seen it, and says who', async () => {
    const registration = await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const views = await Promise.all(['shop', 'cart'].map((app) => on.registry({ app }).discover('user')))
    await Promise.all(views.map(subscribed))
    let open = 2
    const report = await registration.drain({
      graceMs: 0,
      inFlight: () => {
        expect(views.map((view) => view.instances[0]?.status)).toEqual(['leaving', 'leaving'])
        expect(views.map((view) => view.pick())).toEqual([undefined, undefined])
        open -= 1
        return open
      },
    })
    expect(report.confirmed.map(({ subscriber }) => subscriber.app).toSorted()).toEqual(['cart', 'shop'])
    expect(report).toMatchObject({ unconfirmed: [], problem: undefined, revision: expect.any(BigInt) })
    expect(await on.client().kv.count({ prefix: '/services/' })).toBe(0n)
  })

  it('waits until those have seen it to whom a consumer passes it on', async () => {
    const passed: { statuses: (string | undefined)[]; arrive: () => void }[] = []
    const passOn = ({ added, changed }: ServiceChanges) => {
      const { promise, resolve } = deferred()
      const statuses = [...added, ...changed.map(({ current }) => current)].map(({ status }) => status)
      passed.push({ statuses, arrive: resolve })
      return promise
    }
    const consumer = on.registry()
    const view = await consumer.discover('user', { passOn })
    await subscribed(view)
    const seen = async () => (await consumer.operate('user').subscribers())[0]?.seen.instances ?? 0n
    const registration = await on.registry().register({ service: 'user', id: 'a', port: 1 })
    await until('the new instance is being passed on', () => passed.length === 1)
    const draining = registration.drain({ graceMs: 0, confirmTimeoutMs: 20_000 })
    await until('the leaving is being passed on', () => passed.length === 2)
    expect(passed.map(({ statuses }) => statuses)).toEqual([['up'], ['leaving']])
    // Nothing that it says of itself meanwhile says that it has seen it.
    const before = await seen()
    passed[1]?.arrive()
    expect(await seen()).toBe(before)
    passed[0]?.arrive()
    const report = await draining
    expect(report).toMatchObject({ unconfirmed: [], confirmed: [expect.anything()] })
    expect(report.revision).toBeGreaterThan(before)
  })

  it('names those that live and have not seen it, and goes on after its time', async () => {
    const client = on.client()
    const lease = await client.leases.grant({ ttlSeconds: 60 })
    const record = { process: 'slow-1', host: 'h', pid: 7, app: 'slow', seen: { instances: 1, overrides: 1 } }
    await client.kv.put('/waypost/services/subscribers/user/slow-1', JSON.stringify(record), { lease: lease.id })
    const registration = await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const report = await registration.drain({ confirmTimeoutMs: 100 })
    expect(report.unconfirmed).toMatchObject([{ process: 'slow-1', host: 'h', pid: 7, app: 'slow' }])
    expect(report.confirmedInMs).toBeGreaterThanOrEqual(99)
  })

  it('does not wait for a consumer that dies', async () => {
    const client = on.client()
    const lease = await client.leases.grant({ ttlSeconds: 60 })
    await client.kv.put('/waypost/services/subscribers/user/dying', '{}', { lease: lease.id })
    const registration = await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const draining = registration.drain({ confirmTimeoutMs: 20_000 })
    await until('it is leaving', async () => (await client.kv.get(registration.key))?.text().includes('leaving'))
    await lease.revoke()
    expect((await draining).unconfirmed).toEqual([])
  })

  it('gives consumers that cannot confirm a moment', async () => {
    const clock = new FakeClock()
    const registration = await on.registry({ clock }).register({ service: 'user', id: 'a', port: 1 })
    const draining = registration.drain({ graceMs: 400 })
    await until('it waits', () => clock.nextDueInMs === 400)
    await clock.advance(400)
    expect((await draining).confirmed).toEqual([])
  })

  it('writes a consumer’s record once, and once more for each instance that leaves', async () => {
    const client = on.client()
    const registry = on.registry()
    const registrations = await registry.registerAll(
      [1, 2, 3].map((port) => ({ service: 'user', id: `${port}`, port })),
    )
    const view = await on.registry().discover('user')
    await subscribed(view)
    const versionOf = async () => {
      const [record] = (await client.kv.range({ prefix: '/waypost/services/subscribers/user/' })).kvs
      return record?.version
    }
    expect(await versionOf()).toBe(1n)
    for (const registration of registrations) await registration.update({ version: '2' })
    await until('the updates are seen', () => view.instances.every(({ version }) => version === '2'))
    expect(await versionOf()).toBe(1n)
    await registrations[0]?.drain({ graceMs: 0 })
    expect(await versionOf()).toBe(2n)
  })

  it('keeps consumers and instances of a process on one lease, and leaves nothing', async () => {
    const client = on.client()
    const registry = on.registry()
    const { lease = 0n } = await registry.register({ service: 'user', id: 'a', port: 1 })
    const views = await Promise.all(['user', 'order'].map((service) => registry.discover(service)))
    await Promise.all(views.map(subscribed))
    const consumers = { prefix: '/waypost/services/subscribers/' }
    expect((await client.kv.range(consumers)).kvs.map((kv) => kv.lease)).toEqual([lease, lease])
    await views[1]?.close()
    const followed = async () => await client.kv.count(consumers)
    await until('one is left', async () => (await followed()) === 1n)
    await registry.close()
    expect(await followed()).toBe(0n)
    expect((await client.leases.timeToLive(lease)).ttlSeconds).toBe(-1)
  })

  it('tells of its views again on a new lease', async () => {
    const client = on.client()
    const view = await on.registry({ ttlSeconds: 2 }).discover('user')
    await subscribed(view)
    const [record] = (await client.kv.range({ prefix: '/waypost/services/subscribers/user/' })).kvs
    await client.leases.revoke(record?.lease ?? 0n)
    await until('it is there again', async () => (await client.kv.get(record?.key ?? ''))?.version === 1n)
  })

  it('deregisters at once when nobody waits for the work in flight any more', async () => {
    const registry = on.registry()
    const [registration] = await registry.registerAll([1, 2].map((port) => ({ service: 'user', id: `${port}`, port })))
    const controller = new AbortController()
    const draining = registration?.drain({
      graceMs: 0,
      signal: controller.signal,
      inFlight: () => {
        controller.abort()
        return 1
      },
    })
    await expect(draining).rejects.toMatchObject({ code: 'aborted' })
    const { kvs } = await on.client().kv.range({ prefix: '/services/' })
    expect(kvs.map(({ key }) => key)).toEqual(['/services/user/2'])
  })

  it('does not tell of a view that only looks', async () => {
    const view = await on.registry().discover('user', { subscribe: false })
    expect(view.subscription).toBeUndefined()
  })
})

describe('draining while the store is away', () => {
  it('waits for the work in flight nevertheless, and says that the store could not be told', async () => {
    const server = await startStore()
    await using etcd = new EtcdClient({ endpoints: server.url, timeoutMs: 1_000 })
    await using registry = new Registry(etcd)
    const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
    await server.close()
    let hasEnded = false
    const drained = registration.drain({
      graceMs: 0,
      inFlight: async () => {
        hasEnded = true
      },
    })
    await expect(drained).rejects.toMatchObject({ code: 'unavailable' })
    expect(hasEnded).toBe(true)
  })
})

describe.each(twoStores('draining without permission'))('a consumer that may only read, on $name', (flavour) => {
  it('follows, and knows that nobody waits for it; one who may not see who follows says so', async () => {
    const store = await flavour.start()
    try {
      await using root = new EtcdClient({ endpoints: store.url })
      await root.auth.roles.add('reader')
      await root.auth.roles.grant('reader', 'read', { prefix: '/services/' })
      await root.auth.users.add('reader', 'secret')
      await root.auth.users.grantRole('reader', 'reader')
      await root.auth.roles.add('provider')
      await root.auth.roles.grant('provider', 'readwrite', { prefix: '/services/' })
      await root.auth.users.add('provider', 'secret')
      await root.auth.users.grantRole('provider', 'provider')
      await root.auth.users.add('root', 'secret')
      await root.auth.users.grantRole('root', 'root')
      await root.kv.put('/services/user/a', '10.0.0.1:1')
      await root.auth.enable()
      await using etcd = new EtcdClient({ endpoints: store.url, auth: { username: 'reader', password: 'secret' } })
      await using registry = new Registry(etcd)
      const view = await registry.discover('user')
      expect(view.instances).toMatchObject([{ id: 'a', status: 'up' }])
      expect(view.problems).toMatchObject([{ key: '/waypost/services/overrides/' }])
      await until('it knows', () => view.subscription === 'read-only')
      await using other = new EtcdClient({ endpoints: store.url, auth: { username: 'provider', password: 'secret' } })
      await using providers = new Registry(other)
      const registration = await providers.register({ service: 'user', id: 'b', port: 2 })
      const { problem, confirmed, unconfirmed } = await registration.drain({ graceMs: 0 })
      expect({ problem, confirmed, unconfirmed }).toMatchObject({
        problem: { code: 'permission-denied' },
        confirmed: [],
        unconfirmed: [],
      })
      // The farewell may not be written; the record goes all the same.
      expect(await other.kv.get(registration.key)).toBeUndefined()
    } finally {
      await store.close()
    }
  })
})
