import type { Instance } from '../instance.ts'
import type { Balancer } from './balancer.ts'

interface Entry {
  readonly instance: Instance
  current: number
}

/**
 * Smooth weighted round robin: each instance gets its share, spread evenly and never in a burst.
 * Every pick adds each weight to its instance's count, takes the largest and subtracts the sum from it.
 * Consumers start at different instances, so that a restart of all of them does not hit the same one first.
 *
 * Source: nginx, commit 52327e0627f4 "Upstream: smooth weighted round-robin balancing", 2012.
 */
export class SmoothRoundRobin implements Balancer {
  readonly #random: () => number
  #entries: Entry[] = []
  #totalWeight = 0
  #equal = true
  #next = 0

  /** @param random a source of numbers in [0, 1), used for the start */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  update(candidates: readonly Instance[]): void {
    const counts = new Map(this.#entries.map(({ instance, current }) => [instance.key, current]))
    this.#entries = candidates.map((instance) => ({ instance, current: counts.get(instance.key) ?? 0 }))
    this.#totalWeight = candidates.reduce((sum, { weight }) => sum + weight, 0)
    this.#equal = candidates.every(({ weight }) => weight === candidates[0]?.weight)
    if (counts.size === 0) this.#start()
  }

  pick(): Instance | undefined {
    return this.#equal ? this.#pickInTurn() : this.#pickSmooth()
  }

  #start(): void {
    this.#next = Math.floor(this.#random() * this.#entries.length)
    for (const entry of this.#entries) entry.current = this.#random() * entry.instance.weight
  }

  #pickInTurn(): Instance | undefined {
    if (this.#next >= this.#entries.length) this.#next = 0
    const entry = this.#entries[this.#next]
    this.#next += 1
    return entry?.instance
  }

  #pickSmooth(): Instance | undefined {
    let best: Entry | undefined
    for (const entry of this.#entries) {
      entry.current += entry.instance.weight
      if (best === undefined || entry.current > best.current) best = entry
    }
    if (best) best.current -= this.#totalWeight
    return best?.instance
  }
}
