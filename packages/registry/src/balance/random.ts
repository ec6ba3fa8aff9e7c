import type { Algorithm } from './algorithm.ts'
import type { Candidate } from './candidate.ts'
import type { CandidateSet } from './candidate-set.ts'

/** Drawn in proportion to the weights. */
export class WeightedRandom implements Algorithm {
  readonly #candidates: CandidateSet

  constructor(candidates: CandidateSet) {
    this.#candidates = candidates
  }

  pick(): Candidate | undefined {
    return this.#candidates.draw()
  }
}
