import type { Clock, Timer } from '@waypost/core'

/** Something that ends at a point in time. */
export interface Expiring {
  /** On the clock's monotonic scale. */
  readonly expiresAtMs: number
  expire(): void
}

/** How far apart the timer fires at least, so that many different deadlines share one scan. */
const granularityMs = 4

/**
 * Many deadlines on one timer. Calls nearly always end long before their deadline and mostly share one timeout,
 * so adding one is a comparison and the scan runs about once per timeout. Never early, late by a few milliseconds.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #running = new Set<Expiring>()
  #timer: Timer | undefined
  #firesAtMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#running.size
  }

  add(item: Expiring): void {
    this.#running.add(item)
    if (item.expiresAtMs < this.#firesAtMs) this.#arm(item.expiresAtMs)
  }

  delete(item: Expiring): void {
    this.#running.delete(item)
  }

  /** Stops the timer; nothing expires any more. */
  close(): void {
    this.#running.clear()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#firesAtMs = Number.POSITIVE_INFINITY
  }

  #arm(deadlineMs: number): void {
    this.#timer?.cancel()
    const delayMs = Math.max(granularityMs, deadlineMs - this.#clock.monotonicMs())
    this.#firesAtMs = deadlineMs
    this.#timer = this.#clock.after(delayMs, () => this.#fire(), { ref: false })
  }

  #fire(): void {
    this.#timer = undefined
    this.#firesAtMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.monotonicMs()
    let earliestMs = Number.POSITIVE_INFINITY
    const expired: Expiring[] = []
    for (const item of this.#running) {
      if (item.expiresAtMs <= nowMs) expired.push(item)
      else if (item.expiresAtMs < earliestMs) earliestMs = item.expiresAtMs
    }
    if (earliestMs < Number.POSITIVE_INFINITY) this.#arm(earliestMs)
    for (const item of expired) {
      this.#running.delete(item)
      item.expire()
    }
  }
}
