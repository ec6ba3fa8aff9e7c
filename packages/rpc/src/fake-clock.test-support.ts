import type { Clock, Timer } from '@waypost/core'

/** A clock that only the test moves. */
export class FakeClock implements Clock {
  #nowMs = 1000
  readonly #timers = new Set<{ dueMs: number; callback: () => void }>()

  get timers(): number {
    return this.#timers.size
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  epochMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  /** Moves time on, firing what falls due in order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      let next: { dueMs: number; callback: () => void } | undefined
      for (const timer of this.#timers)
        if (timer.dueMs <= endMs && timer.dueMs < (next?.dueMs ?? Infinity)) next = timer
      if (!next) break
      this.#timers.delete(next)
      this.#nowMs = next.dueMs
      next.callback()
    }
    this.#nowMs = endMs
  }
}
