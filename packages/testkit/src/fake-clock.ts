import type { Clock, Timer, TimerOptions } from '@waypost/core'

interface Waiting {
  readonly dueMs: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  readonly #waiting = new Set<Waiting>()
  #nowMs = 0
  #epochMs: number
  #order = 0

  /** @param epochMs the wall time that it starts at */
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

  /** How many timers wait: 0 after everything that uses the clock was closed. */
  get pendingTimers(): number {
    return this.#waiting.size
  }

  /** Milliseconds until the next timer is due, if one waits. */
  get nextDueInMs(): number | undefined {
    const next = this.#next()
    return next && next.dueMs - this.#nowMs
  }

  /**
   * Moves both times forward and runs the timers that become due, in order, each at its own time.
   * Between them, and before returning, what they woke gets to run: promises, and input that is already there.
   */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs
    await settle()
    for (let next = this.#next(); next && next.dueMs <= untilMs; next = this.#next()) {
      this.#moveTo(next.dueMs)
      this.#waiting.delete(next)
      next.callback()
      await settle()
    }
    this.#moveTo(untilMs)
    await settle()
  }

  /** Sets the wall clock forward or back, as an administrator or NTP does; no timer notices. */
  jump(byMs: number): void {
    this.#epochMs += byMs
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
