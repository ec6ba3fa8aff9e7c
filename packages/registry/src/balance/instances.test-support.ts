import { FakeClock } from '@waypost/core/testing'
import type { Instance } from '../record/instance.ts'
import { readInstance } from '../record/read-instance.ts'
import { type BalanceOptions, resolveBalance } from './balance-options.ts'
import { LoadBalancer } from './load-balancer.ts'

/** An instance of the service `user` as a view shows it. */
export function instance(id: string, record: Record<string, unknown> = {}): Instance {
  const value = Buffer.from(JSON.stringify({ host: id, port: 80, ...record }))
  const read = readInstance(`/services/user/${id}`, value, 1n).instance
  if (read === undefined) throw new Error(`The record of ${id} cannot be read.`)
  return read
}

/** Instances `a`, `b` … with these weights. */
export function weighted(...weights: number[]): Instance[] {
  return weights.map((weight, index) => instance(String.fromCharCode(97 + index), { weight }))
}

/** Numbers in [0, 1) that depend on the seed alone: a linear congruential generator with Knuth's MMIX constants. */
export function seeded(seed: number): () => number {
  let state = BigInt(seed)
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn
    return Number(state >> 11n) / 2 ** 53
  }
}

export interface Balanced {
  readonly balancer: LoadBalancer
  readonly clock: FakeClock
}

export function balance(first: Iterable<Instance>, options: BalanceOptions = {}, random = seeded(1)): Balanced {
  const clock = new FakeClock()
  return { balancer: new LoadBalancer(resolveBalance(options, 'round-robin'), first, clock, random), clock }
}

/** How often each id is picked. */
export function shares(
  balancer: LoadBalancer,
  count: number,
  options?: Parameters<LoadBalancer['pick']>[0],
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let pick = 0; pick < count; pick++) {
    const id = balancer.pick(options)?.id ?? 'none'
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

/**
 * Pearson's statistic of counts against weights: with k counts, it exceeds k + 4 √(2k) + 8 less than once in a
 * thousand times when the weights are true.
 */
export function chiSquare(counts: Readonly<Record<string, number>>, instances: readonly Instance[]): number {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const weights = instances.reduce((sum, { weight }) => sum + weight, 0)
  return instances.reduce((sum, { id, weight }) => {
    const expected = (total * weight) / weights
    return sum + ((counts[id] ?? 0) - expected) ** 2 / expected
  }, 0)
}

export function chiSquareLimit(kinds: number): number {
  return kinds + 4 * Math.sqrt(2 * kinds) + 8
}
