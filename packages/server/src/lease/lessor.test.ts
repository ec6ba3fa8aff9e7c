import { atOnce } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStorage } from '../storage/memory-storage.ts'
import { Lessor } from './lessor.ts'

function setUp(revoke?: (id: bigint) => Promise<unknown>) {
  const clock = new FakeClock()
  const storage = new MemoryStorage()
  const lessor = new Lessor(clock)
  const revoked: bigint[] = []
  lessor.start(
    revoke ??
      (async (id) => {
        revoked.push(id)
        lessor.remove(id, storage)
      }),
  )
  return { clock, storage, lessor, revoked, grant: (id: bigint, ttl: bigint) => lessor.grant(id, ttl, storage) }
}

describe('Lessor', () => {
  it.each([
    { asked: -1n, given: 2 },
    { asked: 0n, given: 2 },
    { asked: 2n, given: 2 },
    { asked: 3n, given: 3 },
    { asked: 9_000_000_000n, given: 9_000_000_000 },
  ])('makes a TTL of $asked s one of $given s', ({ asked, given }) => {
    const { grant } = setUp()
    expect(grant(7n, asked).ttlSeconds).toBe(given)
  })

  it('refuses a TTL that is too large and an id that is taken', () => {
    const { grant } = setUp()
    expect(() => grant(7n, 9_000_000_001n)).toThrow('too large lease TTL')
    grant(7n, 5n)
    expect(() => grant(7n, 5n)).toThrow('lease already exists')
    expect(() => grant(7n, 9_000_000_001n)).toThrow('too large lease TTL')
  })

  it('expires a lease when its time is up, not before', async () => {
    const { clock, grant, revoked } = setUp()
    grant(7n, 10n)
    await clock.advance(9_999)
    expect(revoked).toEqual([])
    await clock.advance(1)
    expect(revoked).toEqual([7n])
  })

  it('gives the full time again with each renewal', async () => {
    const { clock, lessor, grant, revoked } = setUp()
    grant(7n, 10n)
    await clock.advance(6_000)
    expect(lessor.keepAlive(7n)).toBe(10)
    await clock.advance(9_999)
    expect(revoked).toEqual([])
    await clock.advance(1)
    expect(revoked).toEqual([7n])
    expect(lessor.keepAlive(7n)).toBe(0)
  })

  it('does not renew what has expired and is not revoked yet', async () => {
    const { clock, lessor, grant } = setUp(() => new Promise(() => {}))
    grant(7n, 10n)
    await clock.advance(10_000)
    expect(lessor.has(7n)).toBe(true)
    expect(lessor.keepAlive(7n)).toBe(0)
    expect(lessor.timeToLive(7n)?.ttlSeconds).toBe(0)
  })

  it('tells the remaining time in whole seconds, and the keys sorted', async () => {
    const { clock, lessor, grant } = setUp()
    grant(7n, 10n)
    for (const key of ['c', 'a', 'b']) lessor.attach(7n, key)
    lessor.detach(7n, 'b')
    await clock.advance(1)
    expect(lessor.timeToLive(7n)).toEqual({ ttlSeconds: 9, grantedTtlSeconds: 10 })
    expect(lessor.keysOf(7n)).toEqual(['a', 'c'])
    expect(lessor.timeToLive(8n)).toBeUndefined()
  })

  it('lists leases by expiry', async () => {
    const { clock, lessor, grant } = setUp()
    grant(1n, 30n)
    grant(-2n, 10n)
    grant(3n, 20n)
    expect(atOnce(lessor.list())).toEqual([-2n, 3n, 1n])
    await clock.advance(5_000)
    lessor.keepAlive(3n)
    lessor.keepAlive(-2n)
    lessor.keepAlive(1n)
    expect(atOnce(lessor.list())).toEqual([-2n, 3n, 1n])
    grant(4n, 25n)
    expect(atOnce(lessor.list())).toEqual([-2n, 3n, 4n, 1n])
  })

  it('tries again when a revocation fails', async () => {
    let failures = 2
    const tried: bigint[] = []
    const { clock, storage, lessor, grant } = setUp(async (id) => {
      tried.push(id)
      if (failures-- > 0) throw new Error('disk full')
      lessor.remove(id, storage)
    })
    grant(7n, 2n)
    await clock.advance(2_000)
    expect(tried).toEqual([7n])
    await clock.advance(2_000)
    expect(tried).toEqual([7n, 7n, 7n])
    expect(lessor.has(7n)).toBe(false)
  })

  it('spreads a mass expiry, a thousand leases a second', async () => {
    const { clock, lessor, grant, revoked } = setUp()
    for (let id = 1n; id <= 2_500n; id++) grant(id, 5n)
    await clock.advance(5_000)
    expect(revoked.length).toBe(250)
    await clock.advance(1_000)
    expect(revoked.length).toBe(1_250)
    await clock.advance(2_000)
    expect(revoked.length).toBe(2_500)
    expect(atOnce(lessor.list())).toEqual([])
  })

  it('gives restored leases their full time', async () => {
    const clock = new FakeClock()
    const lessor = new Lessor(clock, [{ id: 7n, ttlSeconds: 10 }])
    await clock.advance(60_000)
    lessor.start(() => Promise.resolve())
    expect(lessor.timeToLive(7n)?.ttlSeconds).toBe(10)
    lessor.stop()
  })

  it('has one timer for all leases, and none after it was stopped', () => {
    const { clock, lessor, grant } = setUp()
    for (let id = 1n; id <= 1_000n; id++) grant(id, 2n + (id % 50n))
    for (let id = 1n; id <= 1_000n; id++) lessor.keepAlive(id)
    expect(clock.pendingTimers).toBe(1)
    lessor.stop()
    expect(clock.pendingTimers).toBe(0)
  })
})
