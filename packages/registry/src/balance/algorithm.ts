import type { Instance } from '../instance.ts'
import type { Candidate } from './candidate.ts'

/** A way to choose among the candidates of one pool. */
export interface Algorithm {
  /** The next, or `undefined` when the pool is empty. Allocates nothing. */
  pick(key: string | undefined): Candidate | undefined
  /** The next for a key that is not excluded; for algorithms that give the same when asked again. */
  pickExcept?(key: string, exclude: readonly Instance[]): Candidate | undefined
  added?(candidate: Candidate): void
  removed?(candidate: Candidate): void
  reweighed?(candidate: Candidate): void
}

export const algorithmNames = ['peak-ewma', 'round-robin', 'least-in-flight', 'random', 'rendezvous'] as const

/**
 * `peak-ewma`: of two drawn by weight, the one with the lower latency × calls in flight. `least-in-flight`: of two
 * drawn by weight, the one with fewer calls in flight for its weight. `round-robin`: by weight in turn, evenly spread.
 * `random`: drawn by weight. `rendezvous`: by a key, so that equal keys meet the same instance.
 */
export type AlgorithmName = (typeof algorithmNames)[number]

export function isExcluded(candidate: Candidate, exclude: readonly Instance[]): boolean {
  const { key } = candidate.instance
  for (const instance of exclude) if (instance.key === key) return true
  return false
}
