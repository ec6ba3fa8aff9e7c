import type { Clock } from '@waypost/core'

/** A token bucket: allows bursts, and in the long run so much per second. The clock is read only when it runs dry. */
export class Budget {
  readonly #clock: Clock
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #filledAtMs: number

  constructor(clock: Clock, { burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#clock = clock
    this.#burst = burst
    this.#perSecond = perSecond
    this.#left = burst
    this.#filledAtMs = clock.monotonicMs()
  }

  /** False when there is not so much left. */
  take(count: number): boolean {
    this.#left -= count
    return this.#left >= 0 || this.#refill()
  }

  give(count: number): void {
    if (this.#left < this.#burst) this.#left += count
  }

  #refill(): boolean {
    const nowMs = this.#clock.monotonicMs()
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond)
    this.#filledAtMs = nowMs
    return this.#left >= 0
  }
}
