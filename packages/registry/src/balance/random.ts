import type { Algorithm, AlgorithmDefinition } from './algorithm.ts'
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

export const weightedRandom: AlgorithmDefinition = {
  create: ({ candidates }) => new WeightedRandom(candidates),
  slowStart: true,
}
