import type { Candidate } from './candidate.ts'
import type { Pool } from './pool.ts'

/**
 * Pools by zone, and which of them a caller's next call goes to: its own zone's, as long as that holds an even share
 * of the weight. When it holds less, the callers there would overload it, so the rest of their calls spills into the
 * zones that hold more than an even share, in proportion to what they hold more. Callers are taken to be spread evenly.
 *
 * Source: Envoy, "Zone aware routing".
 */
export class Zones {
  readonly #random: () => number
  readonly #newPool: () => Pool
  readonly #pools = new Map<string | undefined, Pool>()

  constructor(random: () => number, newPool: () => Pool, candidates: readonly Candidate[]) {
    this.#random = random
    this.#newPool = newPool
    for (const candidate of candidates) this.add(candidate)
  }

  add(candidate: Candidate): void {
    const { zone } = candidate.instance
    let pool = this.#pools.get(zone)
    if (pool === undefined) {
      pool = this.#newPool()
      this.#pools.set(zone, pool)
    }
    pool.add(candidate)
  }

  remove(candidate: Candidate): void {
    const { zone } = candidate.instance
    const pool = this.#pools.get(zone)
    pool?.remove(candidate)
    if (pool?.size === 0) this.#pools.delete(zone)
  }

  reweigh(candidate: Candidate): void {
    this.#pools.get(candidate.instance.zone)?.reweigh(candidate)
  }

  /** @param everyone the pool of all zones; it is the answer when the caller's zone has no instance */
  route(zone: string, everyone: Pool): Pool {
    const local = this.#pools.get(zone)
    if (local === undefined) return everyone
    const even = everyone.totalWeight / this.#pools.size
    const isLocal = local.totalWeight >= even || this.#random() * even < local.totalWeight
    return isLocal ? local : this.#spill(even, everyone)
  }

  #spill(even: number, everyone: Pool): Pool {
    let surplus = 0
    for (const pool of this.#pools.values()) surplus += Math.max(0, pool.totalWeight - even)
    let point = this.#random() * surplus
    for (const pool of this.#pools.values()) {
      point -= Math.max(0, pool.totalWeight - even)
      if (point < 0) return pool
    }
    return everyone
  }
}
