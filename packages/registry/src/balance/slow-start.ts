import type { BalanceSettings } from './balance-options.ts'
import type { Candidate } from './candidate.ts'

/**
 * Gives an instance that begins to take traffic time to warm up: its weight grows linearly over a window.
 *
 * Source of the defaults: Envoy, "Slow start mode".
 */
export class SlowStart {
  readonly #windowMs: number
  readonly #leastShare: number
  readonly #starting = new Set<Candidate>()

  constructor({ slowStartMs, slowStartShare }: BalanceSettings) {
    this.#windowMs = slowStartMs
    this.#leastShare = slowStartShare
  }

  get starting(): ReadonlySet<Candidate> {
    return this.#starting
  }

  get windowMs(): number {
    return this.#windowMs
  }

  begin(candidate: Candidate, nowMs: number): void {
    if (this.#windowMs === 0) return
    candidate.slowSinceMs = nowMs
    this.#starting.add(candidate)
  }

  end(candidate: Candidate): void {
    candidate.slowSinceMs = undefined
    this.#starting.delete(candidate)
  }

  /** The weight that the candidate has now. Ends the slow start when its window is over. */
  weight(candidate: Candidate, nowMs: number): number {
    const { weight } = candidate.instance
    if (candidate.slowSinceMs === undefined) return weight
    const share = (nowMs - candidate.slowSinceMs) / this.#windowMs
    if (share < 1) return weight * Math.max(this.#leastShare, share)
    this.end(candidate)
    return weight
  }
}
