import type { Algorithm, AlgorithmDefinition } from './algorithm.ts'
import type { Candidate } from './candidate.ts'
import { WeightRing } from './weight-ring.ts'

/**
 * By weight in turn, evenly spread: among whole weights with the sum S, every S picks give each its exact share.
 * Candidates of one weight form a ring; each pick goes to the ring that is due first, and puts off its next turn by
 * the inverse of the weight of the whole ring. So a pick costs O(log n) for n different weights, and O(1) for one.
 * Consumers start at different places, so that a restart of all of them does not hit the same instance first.
 *
 * Source: Carl A. Waldspurger and William E. Weihl, "Stride Scheduling: Deterministic Proportional-Share Resource
 * Management", 1995.
 */
export class RoundRobin implements Algorithm {
  readonly #random: () => number
  readonly #rings = new Map<number, WeightRing>()
  readonly #ringOf = new Map<Candidate, WeightRing>()
  /** A binary heap by the time at which each ring is due. */
  readonly #heap: WeightRing[] = []
  /** The time of the last pick, in turns of a weight of 1. */
  #now = 0

  constructor(random: () => number) {
    this.#random = random
  }

  pick(): Candidate | undefined {
    const ring = this.#heap[0]
    if (ring === undefined) return undefined
    if (this.#heap.length > 1) {
      this.#now = ring.due
      ring.postpone()
      this.#sink(0)
    }
    return ring.next()
  }

  added(candidate: Candidate): void {
    const { weight } = candidate
    let ring = this.#rings.get(weight)
    if (ring === undefined) {
      ring = new WeightRing(weight, this.#random())
      this.#rings.set(weight, ring)
      this.#heap.push(ring)
    }
    this.#ringOf.set(candidate, ring)
    ring.add(candidate, this.#now)
    this.#order(ring)
  }

  removed(candidate: Candidate): void {
    const ring = this.#ringOf.get(candidate)
    if (ring === undefined) return
    this.#ringOf.delete(candidate)
    ring.remove(candidate, this.#now)
    if (ring.size > 0) {
      this.#order(ring)
      return
    }
    this.#rings.delete(ring.weight)
    const at = this.#heap.indexOf(ring)
    const last = this.#heap.pop()
    if (last === undefined || last === ring) return
    this.#heap[at] = last
    this.#order(last)
  }

  reweighed(candidate: Candidate): void {
    if (this.#ringOf.get(candidate)?.weight === candidate.weight) return
    this.removed(candidate)
    this.added(candidate)
  }

  /** Puts a ring whose turn has moved into its place. */
  #order(ring: WeightRing): void {
    if (this.#heap.length < 2) return
    let at = this.#heap.indexOf(ring)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = this.#heap[parent]
      if (above === undefined || !ring.isBefore(above)) break
      this.#heap[at] = above
      this.#heap[parent] = ring
      at = parent
    }
    this.#sink(at)
  }

  #sink(start: number): void {
    const heap = this.#heap
    const ring = heap[start]
    if (ring === undefined) return
    let at = start
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const rightFirst = right !== undefined && left !== undefined && right.isBefore(left)
      const child = rightFirst ? right : left
      if (child === undefined || !child.isBefore(ring)) break
      heap[at] = child
      at = 2 * at + (rightFirst ? 2 : 1)
    }
    heap[at] = ring
  }
}

export const roundRobin: AlgorithmDefinition = {
  create: ({ random }) => new RoundRobin(random),
  slowStart: true,
}
