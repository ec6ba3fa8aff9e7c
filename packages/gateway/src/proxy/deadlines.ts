import type { Clock, Timer } from '@waypost/core'

/** Something whose time can be over. */
export interface Timed {
  /** Called about ten times a second, with the time of the clock. */
  check(nowMs: number): void
}

const tickMs = 100

/** One timer for all exchanges: a timer for each would cost every request. Deadlines are met to within 100 ms. */
export class Deadlines {
  readonly #clock: Clock
  readonly #timed = new Set<Timed>()
  #timer: Timer | undefined
  #nowMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#nowMs = clock.monotonicMs()
  }

  /** The time, at most about 100 ms old while something is timed: cheap enough for every piece of a body. */
  get roughNowMs(): number {
    return this.#nowMs
  }

  get size(): number {
    return this.#timed.size
  }

  add(timed: Timed): void {
    this.#timed.add(timed)
    if (this.#timer === undefined) this.#arm()
  }

  delete(timed: Timed): void {
    this.#timed.delete(timed)
  }

  close(): void {
    this.#timer?.cancel()
    this.#timed.clear()
  }

  #arm(): void {
    this.#nowMs = this.#clock.monotonicMs()
    this.#timer = this.#clock.after(tickMs, () => this.#tick(), { ref: false })
  }

  #tick(): void {
    this.#timer = undefined
    this.#nowMs = this.#clock.monotonicMs()
    for (const timed of this.#timed) timed.check(this.#nowMs)
    if (this.#timed.size > 0) this.#arm()
  }
}
