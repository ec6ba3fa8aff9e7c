import type { Algorithm, AlgorithmDefinition } from './algorithm.ts'
import type { Candidate } from './candidate.ts'
import type { CandidateSet } from './candidate-set.ts'

/**
 * Of two candidates, drawn in proportion to the weights, the one with fewer calls in flight for its weight. Idle
 * candidates get their share of the weights, busy ones are evened out.
 *
 * Source: Michael Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
 */
export class LeastInFlight implements Algorithm {
  readonly #candidates: CandidateSet

  constructor(candidates: CandidateSet) {
    this.#candidates = candidates
  }

  pick(): Candidate | undefined {
    const one = this.#candidates.draw()
    if (one === undefined || one.inFlight === 0) return one
    const other = this.#candidates.drawOther() ?? one
    return other.inFlight * one.weight < one.inFlight * other.weight ? other : one
  }
}

export const leastInFlight: AlgorithmDefinition = {
  create: ({ candidates }) => new LeastInFlight(candidates),
  slowStart: true,
}
