import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EtcdClient, type EtcdGauges, type EtcdMetrics } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { first, startStore, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { registriesOn, twoStores } from '../registries.test-support.ts'
import { Registry } from '../registry.ts'

describe.each(twoStores('registering'))('registering on $name', (flavour) => {
  const on = registriesOn(flavour)

  it('writes a batch in one transaction', async () => {
    const batch = [1, 2, 3].map((port) => ({ service: `s${port}`, id: 'a', port }))
    const registrations = await on.registry().registerAll(batch)
    const { kvs } = await on.client().kv.range({ prefix: '/services/' })
    expect(kvs.map(({ key }) => key)).toEqual(registrations.map(({ key }) => key))
    expect(new Set(kvs.map(({ modRevision }) => modRevision)).size).toBe(1)
    expect(await on.registry().registerAll([])).toEqual([])
  })

  it('writes nothing of a batch when one of it cannot be', async () => {
    await on.client().kv.put('/services/user/b', '10.0.0.1:1')
    const registry = on.registry()
    const batch = ['a', 'b', 'c'].map((id) => ({ service: 'user', id, port: 1 }))
    await expect(registry.registerAll(batch)).rejects.toMatchObject({ code: 'already-exists', details: { id: 'b' } })
    await expect(registry.registerAll([...batch, { service: 'a/b', port: 1 }])).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    await expect(
      registry.registerAll([
        { service: 'x', id: 'a', port: 1 },
        { service: 'x', id: 'a', port: 2 },
      ]),
    ).rejects.toMatchObject({ code: 'already-exists' })
    await expect(
      registry.registerAll(Array.from({ length: 129 }, () => ({ service: 'x', port: 1 }))),
    ).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(await on.client().kv.count({ prefix: '/services/' })).toBe(1n)
    await registry.register({ service: 'user', id: 'a', port: 1 })
  })

  it('ends what is being registered when the registry is closed', async () => {
    let readGauges: (() => EtcdGauges) | undefined
    const metrics: EtcdMetrics = {
      clientOpened: (read) => {
        readGauges = read
        return () => {}
      },
    }
    const registry = on.registry({}, on.client({ metrics }))
    await registry.register({ service: 'user', id: 'a', port: 1 })
    const late = registry.register({ service: 'user', id: 'b', port: 2 })
    const refused = expect(late).rejects.toMatchObject({ code: 'closed' })
    await registry.close()
    await refused
    expect(readGauges?.()).toMatchObject({ caches: 0, leases: 0 })
    expect(await on.client().kv.count({ prefix: '/services/' })).toBe(0n)
  })

  it('writes what Go’s gRPC naming writes, and reads it back', async () => {
    const registry = on.registry()
    const registration = await registry.register({
      service: 'user',
      host: '10.0.0.1',
      port: 3000,
      metadata: { tier: 'gold' },
      format: 'go-grpc',
    })
    const client = on.client()
    // As `endpoints.Manager.AddEndpoint` has it: the key is the target and the address.
    expect((await client.kv.get('/services/user/10.0.0.1:3000'))?.text()).toBe(
      '{"Op":0,"Addr":"10.0.0.1:3000","Metadata":{"tier":"gold"}}',
    )
    await registry.register({ service: 'user', host: '::1', port: 1, weight: 2, zone: 'z', format: 'go-grpc' })
    expect((await client.kv.get('/services/user/[::1]:1'))?.text()).toBe(
      '{"Op":0,"Addr":"[::1]:1","Metadata":null,"zone":"z","weight":2}',
    )
    const view = await on.registry().discover('user')
    expect(view.instances).toMatchObject([
      { id: '10.0.0.1:3000', host: '10.0.0.1', metadata: { tier: 'gold' }, status: 'up', weight: 1 },
      { id: '[::1]:1', host: '::1', metadata: {}, weight: 2, zone: 'z' },
    ])
    const changes = view.changes()
    await registration.deregister()
    expect((await first(changes, ({ removed }) => removed.length > 0)).removed).toMatchObject([{ reason: 'left' }])
  })

  it('restores itself although a listener throws', async () => {
    const registration = await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const feed = registration.events()
    const errors = collectUncaught()
    registration.onEvent(({ type }) => {
      throw new Error(`from the listener: ${type}`)
    })
    await on.client().kv.delete(registration.key)
    await first(feed, ({ type }) => type === 'restored')
    expect(registration.state).toBe('registered')
    expect(await on.client().kv.get(registration.key)).toBeDefined()
    await registration.deregister()
    expect(errors.end()).toMatchObject(
      ['lost', 'restored', 'left'].map((type) => ({ message: `from the listener: ${type}` })),
    )
  })

  it('takes an address of this machine by range', async () => {
    const registration = await on.registry().register({ service: 'user', port: 1, host: { cidr: '127.0.0.0/8' } })
    expect(registration.record.host).toBe('127.0.0.1')
  })

  it('lets its own check set the status', async () => {
    let isWell = true
    const server = createServer((_request, response) => response.writeHead(isWell ? 200 : 500).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const clock = new FakeClock()
      const registration = await on.registry({ clock, random: () => 0 }).register({
        service: 'user',
        host: '127.0.0.1',
        port: (server.address() as AddressInfo).port,
        health: { http: '/', fall: 1, rise: 1, intervalMs: 1_000 },
      })
      const view = await on.registry().discover('user')
      const feed = registration.events()
      expect(view.instances[0]?.status).toBe('starting')
      await clock.advance(0)
      await first(feed, (event) => event.type === 'health' && event.healthy)
      await until('it is up', () => view.instances[0]?.status === 'up')
      isWell = false
      await clock.advance(1_000)
      const event = await first(feed, ({ type }) => type === 'health')
      expect(event).toMatchObject({ healthy: false, error: { message: expect.stringContaining('500') } })
      await until('it takes no traffic', () => view.instances[0]?.status === 'starting')
      expect(view.pick()).toBeUndefined()
      await registration.deregister()
      expect(clock.pendingTimers).toBe(0)
    } finally {
      server.close()
    }
  })

  it('lists services live, as operators see them', async () => {
    const registry = on.registry()
    await registry.register({ service: 'user', id: 'a', port: 1 })
    const list = await on.registry().followServices()
    expect(list.services).toEqual([{ service: 'user', instances: 1, up: 1, unreadable: 0 }])
    const changes = list.changes()
    const order = await registry.register({ service: 'order', id: 'a', port: 2 })
    expect((await changes.next()).value).toEqual([{ service: 'order', instances: 1, up: 1, unreadable: 0 }])
    await on.registry().operate('user').disable('a')
    expect((await changes.next()).value).toEqual([{ service: 'user', instances: 1, up: 0, unreadable: 0 }])
    await on.client().kv.put('/services/user/b', 'xxxx')
    expect((await changes.next()).value).toEqual([{ service: 'user', instances: 1, up: 0, unreadable: 1 }])
    expect(list.services).toEqual(await registry.services())
    await order.deregister()
    await first(changes, (changed) => changed.some(({ service, instances }) => service === 'order' && instances === 0))
    expect(list.services.map(({ service }) => service)).toEqual(['user'])
    await list.close()
    expect((await changes.next()).done).toBe(true)
  })
})

describe.each(twoStores('registering with a password'))('with authentication on $name', (flavour) => {
  it('stays registered when the store forgets its tokens', async () => {
    const store = await flavour.start()
    const auth = { username: 'root', password: 'secret' }
    const etcd = new EtcdClient({ endpoints: store.url })
    try {
      await etcd.auth.users.add('root', 'secret')
      await etcd.auth.users.grantRole('root', 'root')
      await etcd.auth.enable()
      await using own = new EtcdClient({ endpoints: store.url, auth })
      await using registry = new Registry(own)
      const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
      await store.restart?.()
      await registration.update({ version: '2' })
      const view = await registry.discover('user')
      await until('the update is seen', () => view.instances[0]?.version === '2')
      expect(registration.state).toBe('registered')
    } finally {
      await etcd.close()
      await store.close()
    }
  })
})

describe('registering on an embedded store that is wiped', () => {
  it('registers again', async () => {
    let server = await startStore()
    await using etcd = new EtcdClient({ endpoints: server.url })
    await using registry = new Registry(etcd, { ttlSeconds: 2 })
    const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
    const feed = registration.events()
    await server.close()
    server = await startStore({ port: server.port })
    try {
      await first(feed, ({ type }) => type === 'restored')
      expect((await etcd.kv.get(registration.key))?.lease).toBe(registration.lease)
    } finally {
      await registry.close()
      await etcd.close()
      await server.close()
    }
  })
})

/** Takes uncaught exceptions away from the test runner until `end`, which returns them. */
function collectUncaught(): { end(): unknown[] } {
  const previous = process.listeners('uncaughtException')
  const errors: unknown[] = []
  const collect = (error: unknown): number => errors.push(error)
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', collect)
  return {
    end() {
      process.off('uncaughtException', collect)
      for (const listener of previous) process.on('uncaughtException', listener)
      return errors
    },
  }
}
