import type { Instance } from '../record/instance.ts'
import { type Algorithm, isExcluded } from './algorithm.ts'
import type { PickOptions } from './balancer.ts'
import type { Candidate } from './candidate.ts'
import { CandidateSet } from './candidate-set.ts'

/** Candidates among which one algorithm chooses: those of a service that can be used, or those of one zone. */
export class Pool {
  readonly #random: () => number
  readonly #candidates: CandidateSet
  readonly #algorithm: Algorithm

  constructor(random: () => number, algorithmFor: (candidates: CandidateSet) => Algorithm) {
    this.#random = random
    this.#candidates = new CandidateSet(random)
    this.#algorithm = algorithmFor(this.#candidates)
  }

  get size(): number {
    return this.#candidates.size
  }

  get totalWeight(): number {
    return this.#candidates.totalWeight
  }

  get candidates(): readonly Candidate[] {
    return this.#candidates.list
  }

  add(candidate: Candidate): void {
    this.#candidates.add(candidate)
    this.#algorithm.added?.(candidate)
  }

  remove(candidate: Candidate): void {
    this.#candidates.remove(candidate)
    this.#algorithm.removed?.(candidate)
  }

  reweigh(candidate: Candidate): void {
    this.#candidates.reweigh(candidate)
    this.#algorithm.reweighed?.(candidate)
  }

  pick({ exclude, key }: PickOptions): Candidate | undefined {
    if (exclude === undefined || exclude.length === 0) return this.#algorithm.pick(key)
    if (key === undefined || this.#algorithm.pickExcept === undefined) return this.#pickExcept(exclude)
    return this.#algorithm.pickExcept(key, exclude)
  }

  /** Asks a few times; when it always meets those excluded, takes the first other from a random place on. */
  #pickExcept(exclude: readonly Instance[]): Candidate | undefined {
    for (let attempt = 0; attempt < 2 * exclude.length + 2; attempt++) {
      const candidate = this.#algorithm.pick(undefined)
      if (candidate === undefined || !isExcluded(candidate, exclude)) return candidate
    }
    const { list, size } = this.#candidates
    const start = Math.floor(this.#random() * size)
    for (let offset = 0; offset < size; offset++) {
      const candidate = list[(start + offset) % size]
      if (candidate && !isExcluded(candidate, exclude)) return candidate
    }
    return undefined
  }
}
