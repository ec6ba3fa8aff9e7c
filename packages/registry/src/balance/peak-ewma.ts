import type { Clock } from '@waypost/core'
import type { Algorithm, AlgorithmDefinition } from './algorithm.ts'
import type { Outcome } from './balancer.ts'
import type { Candidate } from './candidate.ts'
import type { CandidateSet } from './candidate-set.ts'

/** What a call to an instance costs that has calls in flight and has never answered one: more than any other. */
const unknownCostMs = 1e9

/**
 * Of two candidates, drawn in proportion to the weights, the one where a call costs less: the latency to be expected
 * times the calls that it would share the instance with.
 *
 * Source: Finagle, "Power of Two Choices: Peak EWMA", https://twitter.github.io/finagle/guide/Clients.html#balancer.
 */
export class PeakEwma implements Algorithm {
  readonly #candidates: CandidateSet
  readonly #clock: Clock
  readonly #decayMs: number

  constructor(candidates: CandidateSet, clock: Clock, decayMs: number) {
    this.#candidates = candidates
    this.#clock = clock
    this.#decayMs = decayMs
  }

  pick(): Candidate | undefined {
    const one = this.#candidates.draw()
    if (one === undefined) return undefined
    const other = this.#candidates.drawOther() ?? one
    if (one === other) return one
    const nowMs = this.#clock.monotonicMs()
    return this.#costMs(other, nowMs) < this.#costMs(one, nowMs) ? other : one
  }

  /** An instance of twice the mean weight costs the same with twice the calls in flight. */
  #costMs({ inFlight, latencyMs, latencyAtMs, weight }: Candidate, nowMs: number): number {
    const load = inFlight === 0 ? 0 : (inFlight * this.#candidates.meanWeight) / weight
    if (latencyMs === 0) return inFlight === 0 ? 0 : unknownCostMs + load
    return latencyMs * Math.exp((latencyAtMs - nowMs) / this.#decayMs) * (load + 1)
  }
}

/**
 * Takes an outcome into the average. A slower answer than the average is believed at once, a quicker one gradually.
 * A failure counts as twice the average, so that an instance that fails quickly does not look quick.
 */
export function observeLatency(candidate: Candidate, outcome: Outcome, nowMs: number, decayMs: number): void {
  const { latencyMs: average } = candidate
  const { result } = outcome
  const latencyMs = result === 'failed' ? Math.max(outcome.latencyMs ?? 0, 2 * average) : outcome.latencyMs
  if (latencyMs === undefined || latencyMs <= 0 || result === 'abandoned' || result === 'unreachable') return
  const kept = Math.exp((candidate.latencyAtMs - nowMs) / decayMs)
  candidate.latencyMs = latencyMs > average * kept ? latencyMs : average * kept + latencyMs * (1 - kept)
  candidate.latencyAtMs = nowMs
}

export const peakEwma: AlgorithmDefinition = {
  create: ({ candidates, clock, latencyDecayMs }) => new PeakEwma(candidates, clock, latencyDecayMs),
  slowStart: true,
}
