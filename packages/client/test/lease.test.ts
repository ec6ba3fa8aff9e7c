import { EtcdClient, type Lease } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { RpcError, StatusCode } from '@waypost/rpc'
import { type ContractStore, FaultProxy, retryIfStalled } from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'
import { type KeepAliveCall, ScriptedStore } from './scripted-store.test-support.ts'

describe('a lease', () => {
  let clock: FakeClock
  let store: ScriptedStore
  let client: EtcdClient

  beforeEach(async () => {
    clock = new FakeClock()
    store = await ScriptedStore.start()
    client = new EtcdClient({ endpoints: store.url, clock, keepAlive: { intervalMs: 0 } })
  })
  afterEach(async () => {
    const closing = client.close()
    await clock.advance(1_000)
    await closing
    await store.close()
    expect(clock.pendingTimers).toBe(0)
  })

  function answering(ttlSeconds = 9n): void {
    store.onKeepAlive = ({ id }, call) => answer(call, id, ttlSeconds)
  }

  function answer(call: KeepAliveCall | undefined, id: bigint, ttl: bigint): void {
    call?.send({ header: store.header(), id, ttl })
  }

  async function keepAlives(count: number): Promise<void> {
    await expect.poll(() => store.keepAlives.length).toBe(count)
  }

  /** Lets what is on the wire arrive: the lease has had its answer when its remaining time says so. */
  async function renewed(lease: Lease, remainingMs: number): Promise<void> {
    await expect.poll(() => lease.remainingMs).toBeGreaterThan(remainingMs)
  }

  it('is renewed at a third of its time to live, and again after that', async () => {
    answering()
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    await clock.advance(2_000)
    expect(store.keepAlives.length).toBe(0)
    await clock.advance(1_000)
    await keepAlives(1)
    await renewed(lease, 8_900)
    await clock.advance(3_000)
    await keepAlives(2)
    await renewed(lease, 8_900)
    expect(lease.lost.aborted).toBe(false)
  })

  it('is lost no later than the store can expire it: by the sending of the last acknowledged renewal', async () => {
    answering()
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    await clock.advance(3_000)
    await renewed(lease, 8_900)
    let lostAtMs = Number.NaN
    lease.lost.addEventListener('abort', () => {
      lostAtMs = clock.monotonicMs()
    })
    store.onKeepAlive = () => {}
    await clock.advance(8_900)
    expect(lease.lost.aborted).toBe(false)
    await clock.advance(100)
    expect(lostAtMs).toBeGreaterThan(11_900)
    expect(lostAtMs).toBeLessThanOrEqual(12_000)
    expect(lease.lost.reason).toMatchObject({ code: 'lease-not-found' })
    expect(lease.remainingMs).toBe(0)
  })

  it('counts from when a renewal was sent, not from when its answer came', async () => {
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    await clock.advance(3_000)
    await keepAlives(1)
    await clock.advance(900)
    answer(store.keepAliveCalls[0], lease.id, 9n)
    await renewed(lease, 6_000)
    expect(lease.remainingMs).toBeLessThanOrEqual(8_100)
  })

  it('is seen to be lost by whoever looks right after a blocked event loop, before any timer ran', async () => {
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    const frozen = clock.monotonicMs.bind(clock)
    clock.monotonicMs = () => frozen() + 20_000
    expect(lease.lost.aborted).toBe(true)
    clock.monotonicMs = frozen
  })

  it('is lost at once when the store says that it does not exist', async () => {
    answering(0n)
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    await clock.advance(3_000)
    await expect.poll(() => lease.lost.aborted).toBe(true)
    await expect(lease.keepAliveOnce()).rejects.toMatchObject({ code: 'lease-not-found' })
  })

  it('shares one stream with all others, and their renewals share turns', async () => {
    answering()
    const leases: Lease[] = []
    for (let index = 0; index < 20; index++) {
      leases.push(await client.leases.grant({ ttlSeconds: 9 }))
      await clock.advance(10)
    }
    await clock.advance(3_000)
    await keepAlives(20)
    expect(store.keepAliveCalls.length).toBe(1)
    expect(new Set(store.keepAlives)).toEqual(new Set(leases.map(({ id }) => id)))
  })

  it('is renewed again at once, with backoff, when the stream breaks', async () => {
    store.onKeepAlive = ({ id }, call) => {
      if (store.keepAliveCalls.length < 3) call.end(new RpcError(StatusCode.UNAVAILABLE, 'etcdserver: no leader'))
      else answer(call, id, 9n)
    }
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    await clock.advance(3_000)
    for (let turn = 0; turn < 20 && lease.remainingMs < 7_000; turn++) {
      await clock.advance(25)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(store.keepAlives.length).toBe(3)
    expect(lease.remainingMs).toBeGreaterThan(7_000)
  })

  it('is renewed on another stream, again and again, when a member takes renewals and does not answer', async () => {
    store.onKeepAlive = ({ id }, call) => {
      if (store.keepAliveCalls.length === 4) answer(call, id, 9n)
    }
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    await clock.advance(3_000)
    await keepAlives(1)
    for (let turn = 0; turn < 55 && store.keepAlives.length < 4; turn++) {
      await clock.advance(100)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await renewed(lease, 8_000)
    expect(lease.lost.aborted).toBe(false)
  })

  it('takes the time to live that the store grants, not the one asked for', async () => {
    answering(60n)
    const lease = await client.leases.grant({ ttlSeconds: 9 })
    expect(await lease.keepAliveOnce()).toBe(60)
    expect(lease.ttlSeconds).toBe(60)
    expect(lease.remainingMs).toBeGreaterThan(59_000)
  })

  it('without keepAlive is not renewed, and its time is still told', async () => {
    const lease = await client.leases.grant({ ttlSeconds: 9, keepAlive: false })
    await clock.advance(8_000)
    expect(lease.lost.aborted).toBe(false)
    await clock.advance(1_000)
    expect(lease.lost.aborted).toBe(true)
    expect(store.keepAlives.length).toBe(0)
  })

  it('refuses a time to live that is not whole seconds', async () => {
    for (const ttlSeconds of [0, -1, 1.5, Number.NaN]) {
      await expect(client.leases.grant({ ttlSeconds })).rejects.toMatchObject({ code: 'invalid-argument' })
    }
  })
})

describe.each(realStores('leases'))('a lease, $name', (flavour) => {
  let store: ContractStore
  let direct: EtcdClient

  runStore(flavour, (started, client) => {
    store = started
    direct = client
  })

  it('carries keys, tells its time, and takes the keys along when revoked', async () => {
    const lease = await direct.leases.grant({ ttlSeconds: 60 })
    await direct.kv.put('/l/a', '1', { lease: lease.id })
    await direct.kv.put('/l/b', '2', { lease: lease.id })
    const { grantedTtlSeconds, keys } = await lease.timeToLive({ keys: true })
    // etcd tells them in any order.
    expect({ grantedTtlSeconds, keys: [...keys].sort() }).toEqual({ grantedTtlSeconds: 60, keys: ['/l/a', '/l/b'] })
    expect(await direct.leases.list()).toEqual([lease.id])
    await lease.revoke()
    expect(lease.lost.reason).toMatchObject({ code: 'closed' })
    expect(await direct.kv.count({ prefix: '/l/' })).toBe(0n)
    await expect(lease.revoke()).rejects.toMatchObject({ code: 'lease-not-found' })
    expect(await lease.timeToLive()).toMatchObject({ ttlSeconds: -1 })
  })

  it('granted without its answer is not granted twice', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    await client.kv.get('/warm')
    proxy.swallowing = true
    const granting = client.leases.grant({ ttlSeconds: 60 })
    await expect.poll(async () => (await direct.leases.list()).length).toBe(1)
    proxy.cut()
    proxy.swallowing = false
    const lease = await granting
    expect(await direct.leases.list()).toEqual([lease.id])
    expect(lease.ttlSeconds).toBe(60)
  })

  it('outlives a broken connection and a restart of the store', () =>
    retryIfStalled(async () => {
      await using proxy = await FaultProxy.start(portOf(store))
      await using client = new EtcdClient({ endpoints: proxy.url })
      const grantedAtMs = performance.now()
      const lease = await client.leases.grant({ ttlSeconds: 5 })
      await client.kv.put('/keeps', '1', { lease: lease.id })
      proxy.cut()
      await store.restart?.()
      await new Promise((resolve) => setTimeout(resolve, grantedAtMs + 5_300 - performance.now()))
      expect(lease.lost.aborted).toBe(false)
      expect((await client.kv.get('/keeps'))?.lease).toBe(lease.id)
    }))

  it('of someone else can be renewed, and closing then does not revoke it', async () => {
    const lease = await direct.leases.grant({ ttlSeconds: 30, id: 77, keepAlive: false })
    expect(lease.id).toBe(77n)
    await using client = new EtcdClient({ endpoints: store.url })
    const adopted = await client.leases.keepAlive(77)
    await adopted.close()
    expect((await direct.leases.timeToLive(77)).ttlSeconds).toBeGreaterThan(20)
    await expect(client.leases.keepAlive(78n)).rejects.toMatchObject({ code: 'lease-not-found' })
    await expect(client.leases.grant({ ttlSeconds: 30, id: 77 })).rejects.toMatchObject({ code: 'already-exists' })
    await direct.leases.revoke(77)
  })
})
