import { type Clock, WaypostError } from '@waypost/core'

const freeFailures = 5
const firstDelayMs = 1_000
const longestDelayMs = 60_000
const maxEntries = 10_000
/** Logins that are checked at a time: the store hashes each password, which is costly. */
const maxConcurrent = 8

interface Failures {
  count: number
  untilMs: number
}

/** Slows down who tries passwords: by address, and by user name, so that many addresses do not help. */
export class LoginThrottle {
  readonly #clock: Clock
  readonly #failures = new Map<string, Failures>()
  #running = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Checks a login. Fails with `overloaded` and `details.retryAfterSeconds` while it has to wait. */
  async attempt<T>(address: string, username: string, check: () => Promise<T>): Promise<T> {
    const keys = [`address ${address}`, `user ${username}`]
    const waitMs = Math.max(...keys.map((key) => this.#waitMs(key)))
    if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000))
    if (this.#running >= maxConcurrent) throw tooMany(1)
    this.#running += 1
    try {
      const result = await check()
      for (const key of keys) this.#failures.delete(key)
      return result
    } catch (error) {
      if (WaypostError.is(error, 'unauthenticated')) for (const key of keys) this.#failed(key)
      throw error
    } finally {
      this.#running -= 1
    }
  }

  #waitMs(key: string): number {
    return (this.#failures.get(key)?.untilMs ?? 0) - this.#clock.monotonicMs()
  }

  #failed(key: string): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1
    const excess = count - freeFailures
    const delayMs = excess < 0 ? 0 : Math.min(firstDelayMs * 2 ** excess, longestDelayMs)
    this.#failures.delete(key)
    this.#failures.set(key, { count, untilMs: this.#clock.monotonicMs() + delayMs })
    // The oldest are forgotten first: a map keeps the order of insertion.
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= maxEntries) break
      this.#failures.delete(oldest)
    }
  }
}

function tooMany(retryAfterSeconds: number): WaypostError {
  return new WaypostError('overloaded', `Too many logins have failed. Try again in ${retryAfterSeconds} s.`, {
    details: { retryAfterSeconds, reason: 'login-throttled' },
  })
}
