import type { Clock, Timer } from '@waypost/core'

/** Something that ends at a point in time. */
export interface Expiring {
  /** On the clock's monotonic scale. */
  readonly expiresAtMs: number
  /** Its neighbours among the `Deadlines` that it was added to. */
  sooner?: Expiring | undefined
  later?: Expiring | undefined
  expire(): void
}

/** How far apart the timer fires at least, so that many different deadlines share one scan. */
const granularityMs = 4

/**
 * Many deadlines on one timer. Calls nearly always end long before their deadline and mostly share one timeout,
 * so adding one is a comparison and the scan runs about once per timeout. Never early, late by a few milliseconds.
 *
 * The items are linked to each other: a `Set` that calls run through keeps its former tables alive, and with them the
 * calls, from one full garbage collection to the next.
 */
export class Deadlines {
  readonly #clock: Clock
  /** A ring, in the order in which the items were added. */
  readonly #ring: Expiring = { expiresAtMs: Number.POSITIVE_INFINITY, expire() {} }
  #size = 0
  #timer: Timer | undefined
  #firesAtMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#ring.sooner = this.#ring
    this.#ring.later = this.#ring
  }

  get size(): number {
    return this.#size
  }

  add(item: Expiring): void {
    const last = this.#ring.sooner ?? this.#ring
    item.sooner = last
    item.later = this.#ring
    last.later = item
    this.#ring.sooner = item
    this.#size += 1
    if (item.expiresAtMs < this.#firesAtMs) this.#arm(item.expiresAtMs)
  }

  /** Forgets the item, if it is there. */
  delete(item: Expiring): void {
    const { sooner, later } = item
    if (sooner === undefined || later === undefined) return
    sooner.later = later
    later.sooner = sooner
    item.sooner = undefined
    item.later = undefined
    this.#size -= 1
  }

  /** Stops the timer; nothing expires any more. */
  close(): void {
    for (const item of this.#items()) this.delete(item)
    this.#timer?.cancel()
    this.#timer = undefined
    this.#firesAtMs = Number.POSITIVE_INFINITY
  }

  #items(): Expiring[] {
    const items: Expiring[] = []
    for (let item = this.#ring.later; item !== undefined && item !== this.#ring; item = item.later) items.push(item)
    return items
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
    for (let item = this.#ring.later; item !== undefined && item !== this.#ring; item = item.later) {
      if (item.expiresAtMs <= nowMs) expired.push(item)
      else if (item.expiresAtMs < earliestMs) earliestMs = item.expiresAtMs
    }
    if (earliestMs < Number.POSITIVE_INFINITY) this.#arm(earliestMs)
    for (const item of expired) {
      // An earlier one's end may have been the end of this one too.
      if (item.later === undefined) continue
      this.delete(item)
      item.expire()
    }
  }
}
