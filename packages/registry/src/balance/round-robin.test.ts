import { describe, expect, it } from 'vitest'
import { balance, instance, seeded, shares, weighted } from './instances.test-support.ts'
import type { LoadBalancer } from './load-balancer.ts'

function picks(balancer: LoadBalancer, count: number): string {
  return Array.from({ length: count }, () => balancer.pick()?.id).join('')
}

describe('round robin', () => {
  it('has nothing to pick from nothing', () => {
    expect(balance([]).balancer.pick()).toBeUndefined()
  })

  it('goes round when all weights are equal', () => {
    expect(picks(balance(weighted(1, 1, 1), {}, () => 0).balancer, 7)).toBe('abcabca')
  })

  it('begins at a place that depends on the random source', () => {
    expect(picks(balance(weighted(1, 1, 1), {}, () => 0.5).balancer, 3)).toBe('bca')
  })

  it('spreads unequal weights evenly', () => {
    expect(picks(balance(weighted(5, 1, 1), {}, () => 0.5).balancer, 14)).toBe('acaaabaacaaaba')
  })

  it.each([
    [1, 2, 3, 4],
    [100, 1],
    [7, 7, 7, 3],
    [1, 1, 1, 1, 20],
  ])('gives exact shares in every cycle of the weights %j', (...weights) => {
    for (const seed of [1, 2, 3]) {
      const { balancer } = balance(weighted(...weights), {}, seeded(seed))
      const cycle = weights.reduce((sum, weight) => sum + weight)
      for (let turn = 0; turn < 5; turn++) {
        const expected = Object.fromEntries(weights.map((weight, index) => ['abcde'[index], weight]))
        expect(shares(balancer, cycle)).toEqual(expected)
      }
    }
  })

  it('keeps exact shares with weights that are no whole numbers', () => {
    const { balancer } = balance(weighted(0.1, 0.2, 0.3), {}, () => 0)
    expect(shares(balancer, 600)).toEqual({ a: 100, b: 200, c: 300 })
  })

  it('never repeats an instance more often than its share demands', () => {
    const order = picks(balance(weighted(3, 2, 1), {}, () => 0.5).balancer, 600)
    expect(order).not.toMatch(/aaa|bb|cc/)
  })

  it('goes on where it was when others come, go and change', () => {
    const { balancer } = balance(weighted(1, 1, 1, 1), { slowStartMs: 0 }, () => 0)
    expect(picks(balancer, 2)).toBe('ab')
    balancer.set(instance('e', { weight: 1 }))
    expect(picks(balancer, 3)).toBe('cde')
    balancer.delete('/services/user/e')
    expect(shares(balancer, 40)).toEqual({ a: 10, b: 10, c: 10, d: 10 })
    balancer.set(instance('d', { weight: 3 }))
    expect(shares(balancer, 60)).toEqual({ a: 10, b: 10, c: 10, d: 30 })
  })

  it('gives no instance extra turns when weights change all the time', () => {
    const { balancer } = balance(weighted(4, 4, 1), { slowStartMs: 0 })
    const counts: Record<string, number> = {}
    const random = seeded(3)
    for (let round = 0; round < 3000; round++) {
      balancer.set(instance('x', { weight: Math.ceil(random() * 4) }))
      for (const [id, count] of Object.entries(shares(balancer, Math.ceil(random() * 20))))
        counts[id] = (counts[id] ?? 0) + count
    }
    const { a = 0, b = 0, c = 0 } = counts
    expect(a / c).toBeCloseTo(4, 0)
    expect(b / c).toBeCloseTo(4, 0)
  })
})
