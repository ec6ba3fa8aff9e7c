import type { Clock, Timer, TimerOptions } from '../clock.ts'

interface Waiting {
  readonly dueMs: number
  readonly order: number
  readonly callback: () => void
}

/**
 * A clock for tests: it stands still until the test moves it.
 *
 * @example
 * ```ts
 * const clock = new FakeClock()
 * let rang = false
 * clock.after(60_000, () => (rang = true))
 * await clock.advance(60_000)
 * console.log(rang) // true
 * ```
 */
export class FakeClock implements Clock {
  readonly #waiting = new Set<Waiting>()
  #nowMs = 0
  #epochMs: number
  #order = 0

  /** @param epochMs the wall time at the start */
  constructor(epochMs = Date.UTC(2024, 0, 1)) {
    this.#epochMs = epochMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  epochMs(): number {
    return this.#epochMs
  }

  after(delayMs: number, callback: () => void, _options?: TimerOptions): Timer {
    const waiting = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#waiting.add(waiting)
    return {
      cancel: () => {
        this.#waiting.delete(waiting)
      },
    }
  }

  /** The number of timers that wait. It is 0 after everything that uses the clock was closed. */
  get pendingTimers(): number {
    return this.#waiting.size
  }

  /** Milliseconds until the next timer is due, or `undefined` when none waits. */
  get nextDueInMs(): number | undefined {
    const next = this.#next()
    return next && next.dueMs - this.#nowMs
  }

  /**
   * Moves both times forward and runs the timers that become due, in order, each at its own time.
   * After each timer, and before it returns, it lets promises and pending input run.
   */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs
    await settle()
    while (this.#fireNext(untilMs)) await settle()
    this.#moveTo(untilMs)
    await settle()
  }

  /** Like `advance`, in one turn: promises do not run in between. */
  advanceSync(byMs: number): void {
    const untilMs = this.#nowMs + byMs
    while (this.#fireNext(untilMs));
    this.#moveTo(untilMs)
  }

  /** Sets the wall clock forward or back, as an administrator or NTP does. Timers are not affected. */
  jump(byMs: number): void {
    this.#epochMs += byMs
  }

  /** Runs the next timer that is due by `untilMs`. Returns whether there was one. */
  #fireNext(untilMs: number): boolean {
    const next = this.#next()
    if (next === undefined || next.dueMs > untilMs) return false
    this.#moveTo(next.dueMs)
    this.#waiting.delete(next)
    next.callback()
    return true
  }

  #moveTo(nowMs: number): void {
    this.#epochMs += nowMs - this.#nowMs
    this.#nowMs = nowMs
  }

  #next(): Waiting | undefined {
    let next: Waiting | undefined
    for (const waiting of this.#waiting) {
      if (!next || waiting.dueMs < next.dueMs || (waiting.dueMs === next.dueMs && waiting.order < next.order)) {
        next = waiting
      }
    }
    return next
  }
}

/** One turn of the event loop, with every promise that is ready before and after it. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
