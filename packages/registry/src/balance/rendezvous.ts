import type { Instance } from '../record/instance.ts'
import type { Algorithm, AlgorithmDefinition } from './algorithm.ts'
import type { Candidate } from './candidate.ts'
import type { CandidateSet } from './candidate-set.ts'
import { hash, nthHash } from './hash.ts'
import { type Best, HashCircle } from './hash-circle.ts'
import { KeyMemo } from './key-memo.ts'

/** Places of each key. More places make the shares more even, and every pick dearer. */
const placesPerKey = 32

const nobody: readonly Instance[] = []

/**
 * Equal keys go to the same candidate. For a key, each candidate has a score that depends on nobody else, and the lowest
 * one wins. So when a candidate leaves, only its keys move, and when one comes, it takes its share from all. Every
 * consumer chooses the same, in whatever order it learned of the instances.
 *
 * Candidates have 16 points on a circle, a key has 32 places there. The score is the shortest distance from a place of
 * the key to a following point of the candidate, divided by the candidate's weight. Short distances are distributed
 * exponentially, so shares follow the weights; among equal weights they deviate by 3 % (standard deviation). The nearest
 * points are found through the circle, so a pick takes the same time among 10 candidates and among 100,000. There is
 * one circle for each power of two of the weights.
 *
 * Without a key it draws by weight.
 *
 * Sources: Ben Appleton and Michael O'Reilly, "Multi-Probe Consistent Hashing", 2015 (points and places); David G. Thaler
 * and Chinya V. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998 (the lowest score wins); Jason
 * Resch, "New Hashing Algorithms for Data Storage", 2015 (dividing by the weight).
 */
export class Rendezvous implements Algorithm {
  readonly #candidates: CandidateSet
  /** By the exponent of the weights. */
  readonly #circles = new Map<number, HashCircle>()
  /** The exponent under which each candidate was added. */
  readonly #exponents = new Map<Candidate, number>()
  /** Made with the first key. */
  #memo: KeyMemo | undefined

  constructor(candidates: CandidateSet) {
    this.#candidates = candidates
  }

  pick(key: string | undefined): Candidate | undefined {
    if (key === undefined) return this.#candidates.draw()
    const keyHash = hash(key)
    this.#memo ??= new KeyMemo()
    const known = this.#memo.get(keyHash)
    if (known !== undefined) return known
    const best = this.#best(keyHash, nobody)
    this.#memo.set(keyHash, best)
    return best
  }

  pickExcept(key: string, exclude: readonly Instance[]): Candidate | undefined {
    return this.#best(hash(key), exclude)
  }

  added(candidate: Candidate): void {
    const exponent = Math.ceil(Math.log2(candidate.weight))
    let circle = this.#circles.get(exponent)
    if (circle === undefined) {
      circle = new HashCircle(2 ** exponent)
      this.#circles.set(exponent, circle)
    }
    circle.add(candidate)
    this.#exponents.set(candidate, exponent)
    this.#memo?.forget()
  }

  removed(candidate: Candidate): void {
    const exponent = this.#exponents.get(candidate)
    if (exponent === undefined) return
    const circle = this.#circles.get(exponent)
    circle?.remove(candidate)
    if (circle?.isEmpty) this.#circles.delete(exponent)
    this.#exponents.delete(candidate)
    this.#memo?.forget()
  }

  reweighed(candidate: Candidate): void {
    this.removed(candidate)
    this.added(candidate)
  }

  #best(keyHash: number, exclude: readonly Instance[]): Candidate | undefined {
    const best: Best = { candidate: undefined, score: Number.POSITIVE_INFINITY, tie: 0 }
    for (const circle of this.#circles.values()) {
      for (let n = 1; n <= placesPerKey; n++) circle.improve(best, nthHash(keyHash, n), keyHash, exclude)
    }
    return best.candidate
  }
}

export const rendezvous: AlgorithmDefinition = {
  create: ({ candidates }) => new Rendezvous(candidates),
  slowStart: false,
}
