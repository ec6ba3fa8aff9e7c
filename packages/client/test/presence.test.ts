import { EtcdClient, put } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { type ContractStore, FaultProxy, until } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { portOf, realStores } from './real-stores.test-support.ts'

describe.each(realStores('the lease of a process'))('the lease of a process on $name', (flavour) => {
  let store: ContractStore
  let client: EtcdClient
  let other: EtcdClient

  beforeAll(async () => {
    store = await flavour.start()
  })
  beforeEach(() => {
    client = new EtcdClient({ endpoints: store.url })
    other = new EtcdClient({ endpoints: store.url })
  })
  afterEach(async () => {
    await client.close()
    await other.kv.delete({ all: true })
    await other.close()
  })
  afterAll(() => store.close())

  it('is one for all who ask at once, granted when it is needed, and revoked with its last holder', async () => {
    const presence = client.presence()
    presence.hold()
    presence.hold()
    expect(await other.leases.list()).toEqual([])
    const [first, second] = await Promise.all([presence.lease(), client.presence().lease()])
    expect(second).toBe(first)
    expect(await presence.lease()).toBe(first)
    expect(await other.leases.list()).toEqual([first.id])
    expect(first.ttlSeconds).toBe(10)
    await presence.release()
    expect(first.lost.aborted).toBe(false)
    await presence.release()
    expect(await other.leases.list()).toEqual([])
    presence.hold()
    expect((await presence.lease()).id).not.toBe(first.id)
  })

  it('is not kept when nobody needs it any more once it is granted', async () => {
    const presence = client.presence()
    presence.hold()
    const granting = presence.lease()
    await presence.release()
    await expect(granting).rejects.toMatchObject({ code: 'closed' })
    expect(await other.leases.list()).toEqual([])
  })

  it('is as whoever asked first has it, unless one insists on something else', async () => {
    const presence = client.presence({ ttlSeconds: 7, heartbeat: 'worker' })
    expect(client.presence()).toBe(presence)
    expect(client.presence({ ttlSeconds: 7 })).toBe(presence)
    expect(presence.settings).toEqual({ ttlSeconds: 7, heartbeat: 'worker', hungLimitMs: 30_000 })
    expect(client.presence({ ttlSeconds: 8 }).settings).toMatchObject({ ttlSeconds: 8, heartbeat: 'worker' })
    for (const ttlSeconds of [1, 2.5, Number.NaN]) {
      expect(() => client.presence({ ttlSeconds })).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    }
  })

  it('goes with the records of a holder that leaves, and keeps those of the others', async () => {
    const presence = client.presence()
    presence.hold()
    presence.hold()
    const lease = await presence.lease()
    const records = ['a', 'b', 'c'].map((key) => put(key, 'x', { lease: lease.id }))
    await client
      .txn()
      .do(...records, put('d', 'x'))
      .commit()
    await presence.release(['a', 'b', 'd', 'none'])
    const keys = async (): Promise<string[]> => (await other.kv.range({ all: true })).kvs.map(({ key }) => key)
    // d is not its own any more: somebody has written it without the lease.
    expect(await keys()).toEqual(['c', 'd'])
    await presence.release()
    expect(await keys()).toEqual(['d'])
  })

  it('takes a record away when the store is back, if it could not be told', async () => {
    await client.close()
    client = new EtcdClient({ endpoints: store.url, timeoutMs: 500, closeTimeoutMs: 100 })
    const presence = client.presence()
    presence.hold()
    presence.hold()
    const lease = await presence.lease()
    await client.kv.put('a', 'x', { lease: lease.id })
    const { endpoints } = client
    client.setEndpoints('http://127.0.0.1:1')
    await presence.release(['a'])
    expect(await other.kv.count({ key: 'a' })).toBe(1n)
    client.setEndpoints(endpoints)
    await presence.withdrawal('a')
    expect(await other.kv.count({ key: 'a' })).toBe(0n)
    expect(lease.lost.aborted).toBe(false)
  })

  it('is replaced when it is lost, not in step with others, and says so', async () => {
    const clock = new FakeClock()
    const patient = new EtcdClient({ endpoints: store.url, clock, keepAlive: { intervalMs: 0 } })
    const presence = patient.presence()
    const events: string[] = []
    const stopListening = presence.onChange((event) => events.push(event))
    presence.hold()
    const lease = await presence.lease()
    expect(events).toEqual([])
    await lease.revoke()
    expect(events).toEqual(['lost'])
    await clock.advance(49)
    expect(await other.leases.list()).toEqual([])
    await clock.advance(51)
    await until('there is another', () => events.length > 1)
    expect(events).toEqual(['lost', 'restored'])
    expect(await other.leases.list()).toEqual([(await presence.lease()).id])

    await presence.discard(await presence.lease())
    expect((await presence.lease()).lost.aborted).toBe(false)
    expect(events).toEqual(['lost', 'restored', 'lost', 'restored'])
    stopListening()
    await (await presence.lease()).revoke()
    expect(events).toHaveLength(4)
    const closing = patient.close()
    await clock.advance(1_000)
    await closing
    expect(clock.pendingTimers).toBe(0)
    expect(await other.leases.list()).toEqual([])
  })
  it('is replaced when it was lost before its answer came', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    const clock = new FakeClock()
    const slow = new EtcdClient({ endpoints: proxy.url, clock, keepAlive: { intervalMs: 0 } })
    await slow.kv.get('/warm')
    const presence = slow.presence({ ttlSeconds: 2 })
    const events: string[] = []
    presence.onChange((event) => events.push(event))
    presence.hold()
    proxy.stalled = true
    const late = presence.lease()
    await clock.advance(2_100)
    proxy.stalled = false
    expect((await late).lost.aborted).toBe(true)
    expect(events).toEqual(['lost'])
    await clock.advance(100)
    await until('there is another', () => events.length > 1)
    expect(events).toEqual(['lost', 'restored'])
    expect((await presence.lease()).lost.aborted).toBe(false)
    const closing = slow.close()
    await clock.advance(1_000)
    await closing
  })
})
