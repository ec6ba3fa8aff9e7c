import { describe, expect, it } from 'vitest'
import type { Instance } from '../instance.ts'
import { readInstance } from '../read-instance.ts'
import { SmoothRoundRobin } from './round-robin.ts'

function instances(...weights: number[]): Instance[] {
  return weights.flatMap((weight, index) => {
    const value = Buffer.from(JSON.stringify({ host: 'a', port: index + 1, weight }))
    return readInstance(`/services/user/${'abcdefghij'[index]}`, value, 1n).instance ?? []
  })
}

function picks(balancer: SmoothRoundRobin, count: number): string {
  return Array.from({ length: count }, () => balancer.pick()?.id).join('')
}

describe('SmoothRoundRobin', () => {
  it('has nothing to pick from nothing', () => {
    const balancer = new SmoothRoundRobin()
    expect(balancer.pick()).toBeUndefined()
    balancer.update([])
    expect(balancer.pick()).toBeUndefined()
  })

  it('takes equal instances in turn', () => {
    const balancer = new SmoothRoundRobin(() => 0)
    balancer.update(instances(1, 1, 1))
    expect(picks(balancer, 7)).toBe('abcabca')
  })

  it('starts at different instances', () => {
    const balancer = new SmoothRoundRobin(() => 0.5)
    balancer.update(instances(1, 1, 1))
    expect(picks(balancer, 3)).toBe('bca')
  })

  it('spreads the picks of a heavy instance instead of bursting', () => {
    const balancer = new SmoothRoundRobin(() => 0)
    balancer.update(instances(5, 1, 1))
    expect(picks(balancer, 7)).toBe('aabacaa')
  })

  it('gives every instance its share, wherever it starts', () => {
    const balancer = new SmoothRoundRobin()
    balancer.update(instances(1, 2, 3, 4))
    const counts = new Map<string, number>()
    for (const id of picks(balancer, 1000)) counts.set(id, (counts.get(id) ?? 0) + 1)
    for (const [id, share] of [
      ['a', 100],
      ['b', 200],
      ['c', 300],
      ['d', 400],
    ] as const) {
      expect(Math.abs((counts.get(id) ?? 0) - share)).toBeLessThanOrEqual(2)
    }
  })

  it('goes on where it was when the candidates change', () => {
    const balancer = new SmoothRoundRobin(() => 0)
    balancer.update(instances(1, 1, 1))
    expect(picks(balancer, 2)).toBe('ab')
    balancer.update(instances(1, 1))
    expect(picks(balancer, 2)).toBe('ab')
  })
})
