export interface BackoffOptions {
  /** The upper bound of the first delay. Default 100. */
  readonly initialMs?: number | undefined
  /** The upper bound of every delay. Default 10,000. */
  readonly maxMs?: number | undefined
  /** A source of numbers in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/**
 * Delays that double up to a bound, with equal jitter: each lies between half the bound and the bound,
 * so that many clients do not return in step.
 *
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export class Backoff {
  readonly #initialMs: number
  readonly #maxMs: number
  readonly #random: () => number
  #attempt = 0

  constructor(options: BackoffOptions = {}) {
    this.#initialMs = options.initialMs ?? 100
    this.#maxMs = options.maxMs ?? 10_000
    this.#random = options.random ?? Math.random
  }

  get attempt(): number {
    return this.#attempt
  }

  /** The next delay in milliseconds. */
  nextMs(): number {
    const boundMs = Math.min(this.#maxMs, this.#initialMs * 2 ** Math.min(this.#attempt, 30))
    this.#attempt += 1
    return boundMs / 2 + (this.#random() * boundMs) / 2
  }

  /** To be called after a success. */
  reset(): void {
    this.#attempt = 0
  }
}
