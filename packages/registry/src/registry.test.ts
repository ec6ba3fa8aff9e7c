import { EtcdClient } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { type ContractStore, first, stores, until } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceChanges } from './discover/service-changes.ts'
import type { RegistrationEvent } from './register/registration-event.ts'
import { Registry } from './registry.ts'

const isLong = process.env.WAYPOST_LONG !== undefined
/** The memory flavour differs from the durable one only in that it cannot be restarted, three members from one in little. */
const flavours = stores().filter(
  ({ name, canRun }) =>
    (name === 'embedded-durable' || name === 'etcd-1' || (isLong && name === 'etcd-3')) && canRun('the registry'),
)

describe.each(flavours)('the registry on $name', (flavour) => {
  let store: ContractStore
  let etcd: EtcdClient
  let registry: Registry
  const clients: EtcdClient[] = []

  function newClient(endpoints = store.url): EtcdClient {
    const client = new EtcdClient({ endpoints })
    clients.push(client)
    return client
  }

  beforeAll(async () => {
    store = await flavour.start()
  })

  afterAll(async () => {
    await store?.close()
  })

  beforeEach(() => {
    etcd = newClient()
    registry = new Registry(etcd)
  })

  afterEach(async () => {
    await registry.close()
    const observer = newClient()
    await observer.kv.delete({ all: true })
    await Promise.all(clients.splice(0).map((client) => client.close()))
  })

  describe('registering', () => {
    it('writes a record that anybody can read, on a lease', async () => {
      const registration = await registry.register({
        service: 'user',
        id: 'a',
        host: '10.0.0.1',
        port: 3000,
        zone: 'z1',
      })
      const stored = await newClient().kv.get('/services/user/a')
      expect(stored?.json()).toEqual({
        service: 'user',
        id: 'a',
        host: '10.0.0.1',
        port: 3000,
        zone: 'z1',
        status: 'up',
        process: etcd.identity.process,
        registeredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      })
      expect(stored?.lease).toBe(registration.lease)
      expect((await etcd.leases.timeToLive(stored?.lease ?? 0n)).grantedTtlSeconds).toBe(10)
    })

    it('hangs everything of the process on one lease, and does not leave it behind', async () => {
      const before = (await etcd.leases.list()).length
      const [one] = await Promise.all([1, 2, 3, 4].map((port) => registry.register({ service: `s${port}`, port })))
      const { lease } = one ?? {}
      expect((await etcd.leases.list()).length).toBe(before + 1)
      await registry.close()
      expect(await etcd.leases.list()).not.toContain(lease)
      expect(await etcd.kv.count({ prefix: '/services/' })).toBe(0n)
    })

    it('writes nothing when a value would not work', async () => {
      await expect(registry.register({ service: 'a/b', port: 1 })).rejects.toMatchObject({ code: 'invalid-argument' })
      await expect(registry.register({ service: 'a', port: 0 })).rejects.toMatchObject({ code: 'invalid-argument' })
      await expect(registry.register({ service: 'a', port: 1, ttlSeconds: 1 })).rejects.toMatchObject({
        code: 'invalid-argument',
      })
      expect(await etcd.kv.count({ all: true })).toBe(0n)
    })

    it('is there again under the same id once it has left', async () => {
      const one = await registry.register({ service: 'user', id: 'a', port: 3000 })
      await one.deregister()
      await registry.register({ service: 'user', id: 'a', port: 3000 })
      expect(await etcd.kv.count({ prefix: '/services/user/' })).toBe(1n)
    })

    it('fails in time when the store is away', async () => {
      const away = new EtcdClient({ endpoints: 'http://127.0.0.1:1', timeoutMs: 300 })
      clients.push(away)
      await expect(new Registry(away).register({ service: 'user', port: 1 })).rejects.toMatchObject({
        code: 'unavailable',
      })
    })

    it('can be aborted', async () => {
      const signal = AbortSignal.abort()
      await expect(registry.register({ service: 'user', port: 1, signal })).rejects.toMatchObject({ code: 'aborted' })
      await until('nothing is left', async () => (await etcd.kv.count({ all: true })) === 0n)
    })
  })

  // Waits for leases that run out in real time.
  describe.runIf(isLong || flavour.name === 'embedded-durable')('an id that is taken', () => {
    it('is refused at once within the process', async () => {
      await registry.register({ service: 'user', id: 'a', port: 1 })
      await expect(registry.register({ service: 'user', id: 'a', port: 2 })).rejects.toMatchObject({
        code: 'already-exists',
      })
    })

    it('is refused when another process holds it and lives', async () => {
      await registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 1, ttlSeconds: 2 })
      const leases = await etcd.leases.list()
      const other = new Registry(newClient())
      for (const host of ['10.0.0.1', '10.0.0.2']) {
        await expect(other.register({ service: 'user', id: 'a', host, port: 1 })).rejects.toMatchObject({
          code: 'already-exists',
          message: expect.stringContaining('10.0.0.1:1'),
        })
      }
      expect(leases).toEqual(expect.arrayContaining(await etcd.leases.list()))
    })

    it('is refused when it was written for good', async () => {
      await etcd.kv.put('/services/user/a', '10.0.0.1:1')
      await expect(registry.register({ service: 'user', id: 'a', port: 1 })).rejects.toMatchObject({
        code: 'already-exists',
        message: expect.stringContaining('no lease'),
      })
    })

    it('is taken over from its own former life before that expires', async () => {
      const ghost = await etcd.leases.grant({ ttlSeconds: 3, keepAlive: false })
      await etcd.kv.put('/services/user/a', '{"host":"10.0.0.1","port":1}', { lease: ghost.id })
      const created = (await etcd.kv.get('/services/user/a'))?.createRevision
      const registration = await registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 1 })
      const stored = await etcd.kv.get('/services/user/a')
      expect(stored?.lease).toBe(registration.lease)
      expect(stored?.createRevision).toBe(created)
    })

    it('is free again when the ghost of another has expired', async () => {
      const ghost = await etcd.leases.grant({ ttlSeconds: 2, keepAlive: false })
      await etcd.kv.put('/services/user/a', '{"host":"10.0.0.9","port":9}', { lease: ghost.id })
      await registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 1 })
      expect((await etcd.kv.get('/services/user/a'))?.json()).toMatchObject({ host: '10.0.0.1' })
    })
  })

  describe('staying registered', () => {
    it('comes back by itself, once, when the lease is revoked', async () => {
      const registrations = await Promise.all(
        [1, 2, 3].map((port) => registry.register({ service: 'user', id: `${port}`, port })),
      )
      const feeds = registrations.map((registration) => registration.events())
      const leases = await etcd.leases.list()
      const lost = registrations[0]?.lease ?? 0n
      await newClient().leases.revoke(lost)
      for (const feed of feeds) await first(feed, ({ type }) => type === 'restored')
      expect(new Set(registrations.map(({ lease }) => lease)).size).toBe(1)
      expect(registrations[0]?.lease).not.toBe(lost)
      const granted = (await etcd.leases.list()).filter((id) => !leases.includes(id))
      expect(granted).toEqual([registrations[0]?.lease])
      expect(await etcd.kv.count({ prefix: '/services/user/' })).toBe(3n)
    })

    it('waits a random while before it comes back, so that many do not come at once', async () => {
      const clock = new FakeClock()
      const patient = new Registry(etcd, { clock, random: () => 0.5 })
      const registration = await patient.register({ service: 'user', id: 'a', port: 1 })
      const feed = registration.events()
      await etcd.leases.revoke(registration.lease ?? 0n)
      await first(feed, ({ type }) => type === 'lost')
      expect(registration.state).toBe('restoring')
      expect(clock.nextDueInMs).toBe(75)
      await clock.advance(75)
      await first(feed, ({ type }) => type === 'restored')
      await patient.close()
      expect(clock.pendingTimers).toBe(0)
    })

    it('can leave while it is coming back', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      const feed = registration.events()
      await etcd.leases.revoke(registration.lease ?? 0n)
      await first(feed, ({ type }) => type === 'lost')
      await registration.deregister()
      expect(await etcd.kv.count({ prefix: '/services/' })).toBe(0n)
    })

    it.each<[string, (other: EtcdClient) => Promise<unknown>, string]>([
      ['deleted', (other) => other.kv.delete('/services/user/a'), 'deleted'],
      ['overwritten without a lease', (other) => other.kv.put('/services/user/a', 'oops'), 'overwritten'],
    ])('puts its record back when it is %s', async (_how, harm, reason) => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      const leases = await etcd.leases.list()
      const events: RegistrationEvent[] = []
      registration.onEvent((event) => events.push(event))
      const feed = registration.events()
      for (let round = 1; round <= 2; round++) {
        await harm(newClient())
        await first(feed, ({ type }) => type === 'restored')
        const stored = await etcd.kv.get('/services/user/a')
        expect(stored?.json()).toEqual(JSON.parse(JSON.stringify(registration.record)))
        expect(stored?.lease).toBe(registration.lease)
      }
      expect(events.map((event) => (event.type === 'lost' ? event.reason : event.type))).toEqual([
        ...[reason, 'restored'],
        ...[reason, 'restored'],
      ])
      expect(leases).toEqual(expect.arrayContaining(await etcd.leases.list()))
    })

    it('gives way to another process that took the key', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 1 })
      const feed = registration.events()
      const other = newClient()
      const lease = await other.leases.grant({ ttlSeconds: 5 })
      await other.kv.put('/services/user/a', '10.0.0.2:2', { lease: lease.id })
      const event = await first(feed, ({ type }) => type === 'superseded')
      expect(event).toMatchObject({ holder: { address: '10.0.0.2:2' } })
      expect(registration.state).toBe('superseded')
      await registration.deregister()
      expect((await etcd.kv.get('/services/user/a'))?.text()).toBe('10.0.0.2:2')
      await expect(registration.update({ weight: 1 })).rejects.toMatchObject({ code: 'already-exists' })
    })

    it.skipIf(flavour.name === 'etcd-3')('survives a restart of the store without flapping', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      const view = await new Registry(newClient()).discover('user')
      const removed: ServiceChanges[] = []
      const following = (async () => {
        for await (const changes of view.changes()) if (changes.removed.length > 0) removed.push(changes)
      })()
      await store.restart?.()
      await until('the view follows again', () => view.staleSince === undefined)
      await registration.update({ version: '2' })
      await until('the view sees the update', () => view.instances[0]?.version === '2')
      expect(registration.state).toBe('registered')
      await view.close()
      await following
      expect(removed).toEqual([])
    })

    it('ends quietly with its client', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      const feed = registration.events()
      await etcd.close()
      await first(feed, ({ type }) => type === 'left')
      expect(await newClient().kv.count({ all: true })).toBe(0n)
      etcd = newClient()
    })
  })

  describe('updating and leaving', () => {
    it('changes what is named, under the same lease', async () => {
      const registration = await registry.register({
        service: 'user',
        id: 'a',
        port: 1,
        version: '1',
        status: 'starting',
      })
      await registration.update({ status: 'up', metadata: { tier: 'gold' } })
      const stored = await etcd.kv.get('/services/user/a')
      expect(stored?.json()).toMatchObject({ version: '1', status: 'up', metadata: { tier: 'gold' } })
      expect(stored?.lease).toBe(registration.lease)
    })

    it('refuses a wrong update and stays as it was', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      await expect(registration.update({ weight: -1 })).rejects.toMatchObject({ code: 'invalid-argument' })
      expect(registration.record.weight).toBeUndefined()
    })

    it('says leaving before it goes', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      const watch = etcd.watch({ prefix: '/services/user/' })
      await watch.started
      await registration.deregister()
      const seen: string[] = []
      for await (const { events } of watch) {
        seen.push(
          ...events.map(({ type, kv }) => (type === 'put' ? String(kv.json<{ status: string }>().status) : type)),
        )
        if (seen.length === 2) break
      }
      expect(seen).toEqual(['leaving', 'delete'])
      await expect(registration.update({ weight: 1 })).rejects.toMatchObject({ code: 'closed' })
    })

    it('drains: leaving, then the work in flight, then gone', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      await registration.drain({
        inFlight: async () => {
          expect((await etcd.kv.get('/services/user/a'))?.json()).toMatchObject({ status: 'leaving' })
        },
      })
      expect(await etcd.kv.get('/services/user/a')).toBeUndefined()
    })

    it('leaves also when the work in flight fails or never ends', async () => {
      const one = await registry.register({ service: 'user', id: 'a', port: 1 })
      await expect(one.drain({ inFlight: () => Promise.reject(new Error('stuck')) })).rejects.toThrow('stuck')
      const two = await registry.register({ service: 'user', id: 'b', port: 1 })
      await expect(two.drain({ inFlight: () => new Promise(() => {}), timeoutMs: 20 })).rejects.toMatchObject({
        code: 'deadline-exceeded',
      })
      expect(await etcd.kv.count({ prefix: '/services/' })).toBe(0n)
    })

    it('does not delete what somebody else has put there since', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      const other = newClient()
      const lease = await other.leases.grant({ ttlSeconds: 5 })
      await other.kv.put('/services/user/a', '10.0.0.2:2', { lease: lease.id })
      await registration.deregister()
      expect((await etcd.kv.get('/services/user/a'))?.text()).toBe('10.0.0.2:2')
    })

    it('keeps its last record for who was cut off, for a while', async () => {
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      await registration.deregister()
      const kept = await etcd.kv.get('/waypost/services/left/user/a')
      expect(kept?.json()).toEqual({ ...registration.record, status: 'leaving' })
      expect(await etcd.leases.timeToLive(kept?.lease ?? 0n)).toMatchObject({ grantedTtlSeconds: 1_800 })
    })

    it('leaves with `await using`, and twice is once', async () => {
      {
        await using registration = await registry.register({ service: 'user', id: 'a', port: 1 })
        await registration.deregister()
        await registration.deregister()
      }
      expect(await etcd.kv.count({ prefix: '/services/' })).toBe(0n)
    })
  })

  describe('discovering', () => {
    it('shows what is there, sorted, and never another service', async () => {
      await registry.register({ service: 'user', id: 'b', port: 2 })
      await registry.register({ service: 'user', id: 'a', port: 1 })
      await registry.register({ service: 'user-admin', id: 'c', port: 3 })
      const view = await registry.discover('user')
      expect(view.instances.map(({ id }) => id)).toEqual(['a', 'b'])
      expect(Object.isFrozen(view.instances)).toBe(true)
      expect(view.revision).toBeGreaterThan(0n)
      await until('it follows', () => view.staleSince === undefined)
    })

    it('tells of added, changed and removed, with reasons', async () => {
      const view = await registry.discover('user')
      const changes = view.changes()
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      expect((await changes.next()).value).toMatchObject({ added: [{ id: 'a' }], changed: [], removed: [] })
      await registration.update({ weight: 5 })
      expect((await changes.next()).value).toMatchObject({
        changed: [{ current: { weight: 5 }, previous: { weight: 1 } }],
      })
      await registration.deregister()
      const left = await first(changes, ({ removed }) => removed.length > 0)
      expect(left.removed).toMatchObject([{ instance: { id: 'a' }, reason: 'left' }])
      const lease = await etcd.leases.grant({ ttlSeconds: 5, keepAlive: false })
      await etcd.kv.put('/services/user/b', '10.0.0.1:1', { lease: lease.id })
      await first(changes, ({ added }) => added.length > 0)
      await etcd.leases.revoke(lease.id)
      const expired = await first(changes, ({ removed }) => removed.length > 0)
      expect(expired.removed).toMatchObject([{ instance: { id: 'b' }, reason: 'expired' }])
      expect(view.instances).toEqual([])
    })

    it('merges changes for a consumer that is slow', async () => {
      const view = await registry.discover('user')
      const changes = view.changes()
      const a = await registry.register({ service: 'user', id: 'a', port: 1 })
      const b = await registry.register({ service: 'user', id: 'b', port: 2 })
      await b.update({ weight: 7 })
      await a.deregister()
      await until('the view has it all', () => view.instances.length === 1 && view.instances[0]?.weight === 7)
      expect((await changes.next()).value).toMatchObject({ added: [{ id: 'b', weight: 7 }], changed: [], removed: [] })
    })

    it('reads foreign records and reports those that it cannot read', async () => {
      await etcd.kv.put('/services/user/etcd3', '{"host":"localhost","port":3000}')
      await etcd.kv.put('/services/user/bare', '10.0.0.1:3001')
      await etcd.kv.put('/services/user/broken', 'xxxx')
      const view = await registry.discover('user')
      expect(view.instances.map(({ address }) => address)).toEqual(['10.0.0.1:3001', 'localhost:3000'])
      expect(view.problems).toMatchObject([{ key: '/services/user/broken', message: expect.stringContaining('xxxx') }])
      const changes = view.changes()
      await etcd.kv.put('/services/user/bare', '{"host":')
      expect((await changes.next()).value).toMatchObject({
        removed: [{ instance: { id: 'bare' }, reason: 'unreadable' }],
        unreadable: [{ key: '/services/user/bare' }],
      })
      await etcd.kv.put('/services/user/bare', '10.0.0.1:3001')
      expect((await changes.next()).value).toMatchObject({ added: [{ id: 'bare' }], unreadable: [] })
      expect(view.problems).toHaveLength(1)
    })

    it('filters, and says so when an instance no longer fits', async () => {
      const blue = await registry.register({ service: 'user', id: 'a', port: 1, zone: 'z1', tags: ['blue'] })
      await registry.register({ service: 'user', id: 'b', port: 2, zone: 'z2', tags: ['blue'] })
      const view = await registry.discover('user', { where: { zone: 'z1', tags: ['blue'] } })
      const every = await registry.discover('user')
      expect(view.instances.map(({ id }) => id)).toEqual(['a'])
      expect(every.instances).toHaveLength(2)
      const changes = view.changes()
      await blue.update({ tags: ['green'] })
      expect((await changes.next()).value).toMatchObject({ removed: [{ instance: { id: 'a' }, reason: 'filtered' }] })
    })

    it('picks what is up, by weight, and nothing from nothing', async () => {
      const view = await registry.discover('user')
      expect(view.pick()).toBeUndefined()
      await etcd.kv.put('/services/user/up', '{"host":"h","port":1,"weight":2}')
      await etcd.kv.put('/services/user/up2', '{"host":"h","port":2,"weight":1}')
      await etcd.kv.put('/services/user/off', '{"host":"h","port":3,"weight":0}')
      await etcd.kv.put('/services/user/starting', '{"host":"h","port":4,"status":"starting"}')
      await etcd.kv.put('/services/user/leaving', '{"host":"h","port":5,"status":"leaving"}')
      await until('all are seen', () => view.instances.length === 5)
      const picked = Array.from({ length: 30 }, () => view.pick()?.id)
      expect(picked.filter((id) => id === 'up')).toHaveLength(20)
      expect(picked.filter((id) => id === 'up2')).toHaveLength(10)
    })

    it('shares one copy among the views of a service, until the last has closed', async () => {
      const one = await registry.discover('user')
      const two = await registry.discover('user')
      const ended = one.changes().next()
      await one.close()
      expect(await ended).toEqual({ value: undefined, done: true })
      await registry.register({ service: 'user', id: 'a', port: 1 })
      await until('the other goes on', () => two.instances.length === 1)
      expect(one.instances).toEqual([])
      await two.close()
      expect((await two.changes().next()).done).toBe(true)
      const three = await registry.discover('user')
      expect(three.instances).toHaveLength(1)
    })

    it('tells a view that joins late what is there already', async () => {
      const one = await registry.discover('user')
      await registry.register({ service: 'user', id: 'a', port: 1 })
      await until('it is seen', () => one.instances.length === 1)
      const two = await registry.discover('user')
      expect(two.instances).toHaveLength(1)
    })

    it('refuses names that are none', async () => {
      await expect(registry.discover('')).rejects.toThrow('non-empty')
      await expect(registry.discover('user/')).rejects.toThrow('slash')
    })

    it('fails in time when the store is away, or waits for it on request', async () => {
      const away = new Registry(newClient('http://127.0.0.1:1'))
      await expect(away.discover('user', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'unavailable' })
      const signal = AbortSignal.abort()
      await expect(away.discover('user', { signal })).rejects.toMatchObject({ code: 'aborted' })
      const view = await away.discover('user', { wait: false })
      expect(view.isReady).toBe(false)
      expect(view.instances).toEqual([])
      const ready = expect(view.ready).rejects.toMatchObject({ code: 'closed' })
      await away.close()
      await ready
    })

    it('gives the first list as the first change to a view that did not wait', async () => {
      await registry.register({ service: 'user', id: 'a', port: 1 })
      const view = await registry.discover('user', { wait: false })
      expect((await view.changes().next()).value).toMatchObject({ added: [{ id: 'a' }] })
    })
  })

  it('lists the services with their counts', async () => {
    await registry.register({ service: 'user', id: 'a', port: 1 })
    await registry.register({ service: 'user', id: 'b', port: 2, status: 'starting' })
    await registry.register({ service: 'order', id: 'a', port: 3 })
    await etcd.kv.put('/services/user/broken', 'xxxx')
    await etcd.kv.put('/services/no-instance', 'xxxx')
    expect(await registry.services()).toEqual([
      { service: 'order', instances: 1, up: 1, unreadable: 0 },
      { service: 'user', instances: 2, up: 1, unreadable: 1 },
    ])
  })

  it('refuses everything after it was closed', async () => {
    await registry.close()
    await registry.close()
    await expect(registry.discover('user')).rejects.toMatchObject({ code: 'closed' })
    await expect(registry.register({ service: 'user', port: 1 })).rejects.toMatchObject({ code: 'closed' })
    await expect(registry.services()).rejects.toMatchObject({ code: 'closed' })
  })
})
