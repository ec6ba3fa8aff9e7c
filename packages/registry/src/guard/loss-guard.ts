import type { ResolvedGuard } from './guard-options.ts'

/** How long a refused connection counts against an instance whose record is lost later, in milliseconds. */
const refusalCountsMs = 60_000

/**
 * Decides which lost instances are gone. Pure: it is told of losses and of the time, and holds no timer.
 *
 * - A lost key waits for `settleMs` and is then given up.
 * - When there are too many losses in the window, holding begins. Leases of processes that fail together expire one
 *   after the other, so the keys that were given up in the window count, and wait again. Every key waits for `holdMs`.
 * - When enough keys are back, holding ends. The rest wait for another `windowMs`, since not all come back at once.
 */
export class LossGuard {
  readonly #options: ResolvedGuard
  /** Lost keys that are not given up yet, and until when they wait. */
  readonly #waiting = new Map<string, number>()
  /** Keys that were given up within the window, and when. */
  readonly #givenUp = new Map<string, number>()
  /** Keys that refused a connection, and when. */
  readonly #refusals = new Map<string, number>()
  #holdingSinceMs: number | undefined
  /** How many instances were up when holding began. */
  #heldUp = 0

  constructor(options: ResolvedGuard) {
    this.#options = options
  }

  /** Since when instances are kept although their records are gone. */
  get holdingSinceMs(): number | undefined {
    return this.#holdingSinceMs
  }

  /** The keys that are lost and not given up. Those that were given up and wait again are among them. */
  get waiting(): Iterable<string> {
    return this.#waiting.keys()
  }

  /** When a key may have to be given up next. */
  get nextDueMs(): number | undefined {
    let nextMs: number | undefined
    for (const dueMs of this.#waiting.values()) if (nextMs === undefined || dueMs < nextMs) nextMs = dueMs
    return nextMs
  }

  isWaiting(key: string): boolean {
    return this.#waiting.has(key)
  }

  /**
   * Records went without intent. Returns those that are gone for certain, because they refused connections.
   * @param up how many instances are shown as up, these included
   */
  lose(keys: readonly string[], up: number, nowMs: number): string[] {
    const { share, minimum, windowMs, settleMs, holdMs } = this.#options
    const certain: string[] = []
    for (const key of keys) {
      const refusedMs = this.#refusals.get(key)
      this.#refusals.delete(key)
      if (refusedMs !== undefined && nowMs - refusedMs <= refusalCountsMs) certain.push(key)
      else this.#waiting.set(key, nowMs + (this.#holdingSinceMs === undefined ? settleMs : holdMs))
    }
    for (const [key, atMs] of this.#givenUp) {
      // They are in the order in which they were given up.
      if (nowMs - atMs <= windowMs) break
      this.#givenUp.delete(key)
    }
    if (this.#holdingSinceMs !== undefined) return certain
    const lost = this.#waiting.size + this.#givenUp.size
    const of = up - certain.length + this.#givenUp.size
    if (this.#waiting.size > 0 && lost >= minimum && lost > share * of) {
      this.#holdingSinceMs = nowMs
      this.#heldUp = of
      for (const key of [...this.#givenUp.keys(), ...this.#waiting.keys()]) this.#waiting.set(key, nowMs + holdMs)
      this.#givenUp.clear()
    }
    return certain
  }

  /** The key has a record. */
  present(key: string, nowMs: number): void {
    this.#givenUp.delete(key)
    if (this.#waiting.delete(key)) this.#ease(nowMs)
  }

  /** Nobody asks about the key any more. */
  forget(key: string): void {
    this.#refusals.delete(key)
  }

  /** The instance refused a connection. True when its key waited, and is now given up. */
  refused(key: string, nowMs: number): boolean {
    if (this.gone(key, nowMs)) return true
    this.#refusals.set(key, nowMs)
    return false
  }

  /** It is known that the instance is gone. True when its key waited. */
  gone(key: string, nowMs: number): boolean {
    const waited = this.#waiting.delete(key)
    if (waited) this.#ease(nowMs)
    return waited
  }

  /** The loss of the key says nothing about the store: it does not count any more. */
  discount(key: string): void {
    this.#givenUp.delete(key)
  }

  /** The instance has answered. */
  answered(key: string): void {
    this.#refusals.delete(key)
  }

  /** Gives up those that have waited long enough, `limit` at most. */
  giveUp(nowMs: number, limit = Number.POSITIVE_INFINITY): string[] {
    const keys: string[] = []
    for (const [key, dueMs] of this.#waiting) {
      if (keys.length === limit) break
      if (dueMs <= nowMs) keys.push(key)
    }
    for (const key of keys) {
      this.#waiting.delete(key)
      this.#givenUp.delete(key)
      this.#givenUp.set(key, nowMs)
    }
    if (keys.length > 0) this.#ease(nowMs)
    return keys
  }

  #ease(nowMs: number): void {
    const { share, minimum, windowMs } = this.#options
    const { size } = this.#waiting
    if (this.#holdingSinceMs === undefined || (size >= minimum && size > share * this.#heldUp)) return
    this.#holdingSinceMs = undefined
    for (const [key, dueMs] of this.#waiting) this.#waiting.set(key, Math.min(dueMs, nowMs + windowMs))
  }
}
