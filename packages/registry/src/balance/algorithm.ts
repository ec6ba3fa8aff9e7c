import type { Clock } from '@waypost/core'
import type { Instance } from '../record/instance.ts'
import type { Candidate } from './candidate.ts'
import type { CandidateSet } from './candidate-set.ts'

/** A way to choose among the candidates of one pool. */
export interface Algorithm {
  /** The next, or `undefined` when the pool is empty. Allocates nothing. */
  pick(key: string | undefined): Candidate | undefined
  /** The next for a key that is not excluded. For algorithms whose answer does not change when asked again. */
  pickExcept?(key: string, exclude: readonly Instance[]): Candidate | undefined
  added?(candidate: Candidate): void
  removed?(candidate: Candidate): void
  reweighed?(candidate: Candidate): void
}

/** What an algorithm is made of. */
export interface AlgorithmParts {
  /** The candidates of the pool, with their weights. Kept up to date by the pool. */
  readonly candidates: CandidateSet
  readonly clock: Clock
  /** Returns numbers in [0, 1). */
  readonly random: () => number
  readonly latencyDecayMs: number
}

/** An entry in the list of algorithms. */
export interface AlgorithmDefinition {
  readonly create: (parts: AlgorithmParts) => Algorithm
  /** Whether a newcomer begins with less than its weight. Without it, a key never moves twice for one newcomer. */
  readonly slowStart: boolean
}

export function isExcluded(candidate: Candidate, exclude: readonly Instance[]): boolean {
  const { key } = candidate.instance
  for (const instance of exclude) if (instance.key === key) return true
  return false
}
