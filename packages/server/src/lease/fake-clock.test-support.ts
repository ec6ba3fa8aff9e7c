import type { Clock, Timer } from '@waypost/core'

interface Waiting {
  readonly dueMs: number
  readonly callback: () => void
}

/** A clock that only the test moves. */
export class FakeClock implements Clock {
  readonly #waiting = new Set<Waiting>()
  #nowMs = 1_000_000

  get pendingTimers(): number {
    return this.#waiting.size
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  epochMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): Timer {
    const waiting = { dueMs: this.#nowMs + delayMs, callback }
    this.#waiting.add(waiting)
    return { cancel: () => this.#waiting.delete(waiting) }
  }

  /** Moves time on and fires what falls due, in order, letting promises run in between. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      const [next] = [...this.#waiting].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)
      if (next === undefined) break
      this.#waiting.delete(next)
      this.#nowMs = next.dueMs
      next.callback()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#nowMs = untilMs
  }
}
