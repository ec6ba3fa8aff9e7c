import { callSafely } from './call-safely.ts'

/**
 * The listeners of one event. A listener that throws becomes an uncaught exception of its owner, as with an
 * `EventTarget`; the other listeners and the caller of `tell` are not affected.
 *
 * @example
 * ```ts
 * const listeners = new Listeners<[revision: bigint]>()
 * const release = listeners.add((revision) => console.log(revision))
 * listeners.tell(7n)
 * release()
 * ```
 */
export class Listeners<Args extends readonly unknown[] = []> {
  readonly #entries = new Set<{ readonly listener: (...args: Args) => void }>()

  get size(): number {
    return this.#entries.size
  }

  /** Adds a listener; the same function may be added twice. Returns an idempotent function that removes it. */
  add(listener: (...args: Args) => void): () => void {
    const entry = { listener }
    this.#entries.add(entry)
    return () => {
      this.#entries.delete(entry)
    }
  }

  /**
   * Calls every listener that is there when it begins, in the order in which they were added. A listener that another
   * one removes meanwhile is not called.
   */
  tell(...args: Args): void {
    for (const entry of [...this.#entries]) {
      if (this.#entries.has(entry)) callSafely(entry.listener, ...args)
    }
  }

  clear(): void {
    this.#entries.clear()
  }
}
