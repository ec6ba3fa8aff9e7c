import type { Clock } from '@waypost/core'

/** The longest that a timer can wait. Whoever is told too early finds the login still good, and goes on. */
const longestTimerMs = 2 ** 31 - 1

/** Tells what is still being served that its login has ended. */
export class Endings {
  readonly #clock: Clock
  readonly #listeners = new Map<string, Set<() => void>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `listener` once when that login is ended, and when it expires. Returns the function that removes it. */
  add(id: string, expiresMs: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set()
    this.#listeners.set(id, listeners)
    const remove = (): void => {
      timer.cancel()
      listeners.delete(end)
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id)
    }
    const end = (): void => {
      remove()
      listener()
    }
    const leftMs = Math.max(0, expiresMs - this.#clock.epochMs())
    const timer = this.#clock.after(Math.min(leftMs, longestTimerMs), end, { ref: false })
    listeners.add(end)
    return remove
  }

  tell(id: string): void {
    for (const end of [...(this.#listeners.get(id) ?? [])]) end()
  }
}
