import type { Clock } from '@waypost/core'
import type { BreakerRule } from '../routes/route.ts'

/** `half-open`: the pause is over, and one request finds out whether it goes better. */
export type BreakerState = 'closed' | 'open' | 'half-open'

const slots = 10

/**
 * Stops requests to a service of which too many fail. Counts over a sliding window of ten slots; with fewer requests
 * than the minimum in the window it never opens.
 */
export class Breaker {
  readonly rule: BreakerRule
  readonly #clock: Clock
  readonly #requests = new Float64Array(slots)
  readonly #failures = new Float64Array(slots)
  #slot: number
  #openUntilMs = 0
  #state: BreakerState = 'closed'
  #isProbing = false

  constructor(rule: BreakerRule, clock: Clock) {
    this.rule = rule
    this.#clock = clock
    this.#slot = this.#now()
  }

  get state(): BreakerState {
    return this.#state === 'open' && this.#clock.monotonicMs() >= this.#openUntilMs ? 'half-open' : this.#state
  }

  /** How long it stays open, in milliseconds. */
  get remainingMs(): number {
    return this.#state === 'open' ? Math.max(0, this.#openUntilMs - this.#clock.monotonicMs()) : 0
  }

  /** Whether a request may go on. One that may must be reported with `record` or `forget`. */
  allow(): boolean {
    if (this.#state === 'closed') return true
    if (this.state === 'open' || this.#isProbing) return false
    this.#state = 'half-open'
    this.#isProbing = true
    return true
  }

  /** A request says nothing about the service: its client gave up. */
  forget(): void {
    this.#isProbing = false
  }

  record(hasFailed: boolean): void {
    if (this.#state === 'half-open') {
      this.#isProbing = false
      if (hasFailed) this.#open()
      else this.#close()
      return
    }
    if (this.#state === 'open') return
    this.#turn()
    const slot = this.#slot % slots
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1
    if (!hasFailed) return
    this.#failures[slot] = (this.#failures[slot] ?? 0) + 1
    const requests = sum(this.#requests)
    if (requests >= this.rule.minRequests && sum(this.#failures) >= requests * this.rule.failureShare) this.#open()
  }

  #open(): void {
    this.#state = 'open'
    this.#openUntilMs = this.#clock.monotonicMs() + this.rule.openMs
  }

  #close(): void {
    this.#state = 'closed'
    this.#requests.fill(0)
    this.#failures.fill(0)
  }

  #now(): number {
    return Math.floor(this.#clock.monotonicMs() / (this.rule.windowMs / slots))
  }

  #turn(): void {
    const now = this.#now()
    for (let slot = Math.max(this.#slot, now - slots) + 1; slot <= now; slot++) {
      this.#requests[slot % slots] = 0
      this.#failures[slot % slots] = 0
    }
    this.#slot = Math.max(this.#slot, now)
  }
}

function sum(counts: Float64Array): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
