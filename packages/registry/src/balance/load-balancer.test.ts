import { WaypostError } from '@waypost/core'
import { describe, expect, it } from 'vitest'
import { resolveBalance } from './balance-options.ts'
import { balance, instance, shares, weighted } from './instances.test-support.ts'
import type { LoadBalancer } from './load-balancer.ts'

const service = (count: number) => Array.from({ length: count }, (_, index) => instance(`i${index}`))

function fail(balancer: LoadBalancer, id: string, times = 5): void {
  for (let call = 0; call < times; call++) balancer.report(instance(id), { result: 'failed' })
}

function refuse(balancer: LoadBalancer, ...ids: string[]): void {
  for (const id of ids) balancer.report(instance(id), { result: 'unreachable' })
}

function picked(balancer: LoadBalancer): string[] {
  return Object.keys(shares(balancer, 400)).sort()
}

describe('ejecting outliers', () => {
  it('passes over an instance after five failures in a row, for 30 s, then 60 s', async () => {
    const { balancer, clock } = balance(weighted(1, 1, 1))
    fail(balancer, 'a', 4)
    balancer.report(instance('a'), { result: 'ok' })
    fail(balancer, 'a', 4)
    expect(picked(balancer)).toEqual(['a', 'b', 'c'])
    fail(balancer, 'a', 1)
    expect(picked(balancer)).toEqual(['b', 'c'])
    await clock.advance(29_000)
    expect(picked(balancer)).toEqual(['b', 'c'])
    await clock.advance(2_000)
    expect(picked(balancer)).toEqual(['a', 'b', 'c'])
    fail(balancer, 'a')
    await clock.advance(58_000)
    expect(picked(balancer)).toEqual(['b', 'c'])
    await clock.advance(3_000)
    expect(picked(balancer)).toEqual(['a', 'b', 'c'])
  })

  it('passes over one that was ejected and takes no connection now, also in a panic', () => {
    const { balancer } = balance(service(3), { maxEjectedShare: 1 })
    fail(balancer, 'i0')
    fail(balancer, 'i1')
    expect(picked(balancer)).toEqual(['i0', 'i1', 'i2'])
    refuse(balancer, 'i0')
    expect(picked(balancer)).not.toContain('i0')
  })

  it('gives an instance whose record is lost one call until it answers, and tries it rarely when it does not', async () => {
    const suspect = (id: string) => ({ ...instance(id), suspect: true })
    const { balancer, clock } = balance(weighted(1, 1, 1))
    for (const id of ['a', 'b']) balancer.set(suspect(id))
    expect(picked(balancer)).toEqual(['a', 'b', 'c'])
    balancer.begin(suspect('a'))
    balancer.begin(suspect('b'))
    expect(picked(balancer)).toEqual(['c'])
    balancer.end(suspect('a'), { result: 'ok' })
    expect(picked(balancer)).toEqual(['a', 'c'])
    balancer.begin(suspect('a'))
    expect(picked(balancer)).toEqual(['a', 'c'])
    balancer.end(suspect('b'), { result: 'abandoned' })
    expect(picked(balancer)).toEqual(['a', 'c'])
    await clock.advance(31_000)
    expect(picked(balancer)).toEqual(['a', 'b', 'c'])
    balancer.begin(suspect('b'))
    balancer.end(suspect('b'), { result: 'failed' })
    await clock.advance(58_000)
    expect(picked(balancer)).toEqual(['a', 'c'])
    balancer.set(instance('b'))
    expect(picked(balancer)).toEqual(['a', 'b', 'c'])
  })

  it('uses everybody when the records of all are lost and none has answered yet', () => {
    const all = service(3).map((lost) => ({ ...lost, suspect: true }))
    const { balancer } = balance(all)
    for (const lost of all) balancer.begin(lost)
    expect(picked(balancer)).toEqual(['i0', 'i1', 'i2'])
    balancer.end({ ...instance('i0'), suspect: true }, { result: 'ok' })
    expect(picked(balancer)).toEqual(['i0'])
  })

  it('forgives one who behaves', async () => {
    const { balancer, clock } = balance(weighted(1, 1, 1))
    fail(balancer, 'a')
    await clock.advance(42_000)
    fail(balancer, 'a')
    await clock.advance(32_000)
    expect(picked(balancer)).toEqual(['a', 'b', 'c'])
    await clock.advance(60_000)
    expect(clock.pendingTimers).toBe(0)
  })

  it('ejects one in ten at most, half of ten or fewer, and never the only one', () => {
    for (const [size, most] of [
      [1, 0],
      [2, 1],
      [10, 5],
      [11, 1],
      [40, 4],
    ] as const) {
      const { balancer } = balance(service(size))
      for (let index = 0; index < size; index++) fail(balancer, `i${index}`)
      expect(picked(balancer)).toHaveLength(size - most)
    }
  })

  it('passes over one that refuses connections at the first refusal, until it answers or registers again', () => {
    const { balancer } = balance(service(30))
    refuse(balancer, 'i0', 'i1', 'i2', 'i3', 'i4')
    expect(picked(balancer)).toHaveLength(25)
    balancer.report(instance('i0'), { result: 'ok' })
    expect(picked(balancer)).toHaveLength(26)
    balancer.set(instance('i1', { registeredAt: '2024-01-01T00:00:00.000Z' }))
    expect(picked(balancer)).toHaveLength(27)
    balancer.delete('/services/user/i2')
    balancer.set(instance('i2'))
    expect(picked(balancer)).toHaveLength(28)
    balancer.set(instance('i3', { weight: 2 }))
    expect(picked(balancer)).toHaveLength(28)
  })

  it('tries everybody when nobody can be reached, and those that can be when most cannot', () => {
    const { balancer } = balance(service(10))
    refuse(balancer, ...Array.from({ length: 9 }, (_, index) => `i${index}`))
    expect(picked(balancer)).toEqual(['i9'])
    refuse(balancer, 'i9')
    expect(picked(balancer)).toHaveLength(10)
    balancer.report(instance('i4'), { result: 'ok' })
    expect(picked(balancer)).toEqual(['i4'])
  })

  it('uses the ejected again when fewer than half are left', () => {
    const { balancer } = balance(service(10), { maxEjectedShare: 1 })
    for (const id of ['i0', 'i1', 'i2', 'i3', 'i4']) fail(balancer, id)
    expect(picked(balancer)).toHaveLength(5)
    fail(balancer, 'i5')
    expect(picked(balancer)).toHaveLength(10)
    balancer.delete('/services/user/i5')
    balancer.set(instance('i20', { registeredAt: '2020-01-01T00:00:00Z' }))
    expect(picked(balancer)).toHaveLength(5)
  })

  it('says nothing against an instance whose caller gave up', () => {
    const { balancer } = balance(weighted(1, 1))
    for (let call = 0; call < 20; call++) balancer.report(instance('a'), { result: 'abandoned' })
    expect(picked(balancer)).toEqual(['a', 'b'])
  })
})

describe('slow start', () => {
  it('gives one who joins a tenth of its share first, and all of it after 30 s', async () => {
    const { balancer, clock } = balance(weighted(1, 1))
    balancer.set(instance('c', { registeredAt: new Date(clock.epochMs()).toISOString() }))
    expect(shares(balancer, 2100)).toEqual({ a: 1000, b: 1000, c: 100 })
    await clock.advance(15_000)
    expect(shares(balancer, 2500)).toEqual({ a: 1000, b: 1000, c: 500 })
    await clock.advance(16_000)
    expect(shares(balancer, 300)).toEqual({ a: 100, b: 100, c: 100 })
    expect(clock.pendingTimers).toBe(0)
  })

  it('begins when an instance becomes ready, and after an ejection', async () => {
    const { balancer, clock } = balance([...weighted(1, 1), instance('c', { status: 'starting' })])
    balancer.set(instance('c'))
    expect(shares(balancer, 2100)).toEqual({ a: 1000, b: 1000, c: 100 })
    await clock.advance(31_000)
    fail(balancer, 'c')
    await clock.advance(30_000)
    expect(shares(balancer, 2100).c).toBe(100)
  })

  it('spares one who lost its lease and came back', () => {
    const { balancer, clock } = balance(weighted(1, 1))
    balancer.delete('/services/user/a')
    balancer.set(instance('a', { registeredAt: new Date(clock.epochMs() - 31_000).toISOString() }))
    expect(shares(balancer, 200)).toEqual({ a: 100, b: 100 })
  })
})

describe('preferring a zone', () => {
  const inZones = (zones: Record<string, number>) =>
    Object.entries(zones).flatMap(([zone, count]) =>
      Array.from({ length: count }, (_, index) => instance(`${zone}-${index}`, { zone })),
    )
  const byZone = (balancer: LoadBalancer, count: number, zone?: string) => {
    const counts: Record<string, number> = {}
    for (const [id, picks] of Object.entries(shares(balancer, count, { zone }))) {
      const name = id.split('-')[0] ?? ''
      counts[name] = (counts[name] ?? 0) + picks / count
    }
    return counts
  }

  it('stays in the zone when that has its even share', () => {
    const { balancer } = balance(inZones({ x: 2, y: 4 }), { zone: 'y' })
    expect(byZone(balancer, 1000)).toEqual({ y: 1 })
  })

  it('spills what the zone cannot carry into zones that can carry more', () => {
    const { balancer } = balance(inZones({ x: 1, y: 3, z: 5 }), { zone: 'x' })
    const { x = 0, y = 0, z = 0 } = byZone(balancer, 20_000)
    expect(x).toBeCloseTo(1 / 3, 1)
    expect(y).toBe(0)
    expect(z).toBeCloseTo(2 / 3, 1)
  })

  it('means nothing below six instances, or in a zone without any', () => {
    expect(Object.keys(byZone(balance(inZones({ x: 2, y: 3 })).balancer, 100, 'x'))).toHaveLength(2)
    expect(Object.keys(byZone(balance(inZones({ x: 3, y: 3 })).balancer, 100, 'w'))).toHaveLength(2)
  })

  it('follows those who come, go, move and fail', () => {
    const { balancer } = balance(inZones({ x: 4, y: 4 }), { slowStartMs: 0 })
    expect(byZone(balancer, 100, 'x')).toEqual({ x: 1 })
    refuse(balancer, 'x-0')
    balancer.delete('/services/user/x-1')
    balancer.set(instance('x-2', { zone: 'y' }))
    expect(Object.keys(shares(balancer, 4000, { zone: 'x' })).filter((id) => id.startsWith('x'))).toEqual(
      expect.arrayContaining(['x-2', 'x-3']),
    )
    expect(shares(balancer, 400, { zone: 'y' })).not.toHaveProperty('x-0')
    expect(byZone(balancer, 4000, 'y')).toEqual({ x: expect.any(Number), y: expect.any(Number) })
  })

  it('goes elsewhere when all of the zone are excluded', () => {
    const instances = inZones({ x: 3, y: 3 })
    const { balancer } = balance(instances, { zone: 'x' })
    const exclude = instances.filter(({ zone }) => zone === 'x')
    expect(balancer.pick({ exclude })?.zone).toBe('y')
  })
})

describe('the options', () => {
  it.each([
    { slowStartMs: -1 },
    { panicShare: 1.5 },
    { ejectAfterFailures: Number.NaN },
    { latencyDecayMs: 0 },
    { maxEjectedShare: 2 },
  ])('refuse %j and say what is wrong', (options) => {
    const [name = ''] = Object.keys(options)
    expect(() => resolveBalance(options, 'random')).toThrow(WaypostError)
    expect(() => resolveBalance(options, 'random')).toThrow(name)
  })
})
