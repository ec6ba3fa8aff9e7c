import type { Clock, Timer } from '@waypost/core'

/** Fires again and again, at an interval with up to a tenth of jitter so that many streams do not fire together. */
export class ProgressTimer {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #notify: () => void
  #timer: Timer | undefined

  constructor(options: { readonly clock: Clock; readonly progressIntervalMs: number }, notify: () => void) {
    this.#clock = options.clock
    this.#intervalMs = options.progressIntervalMs * (1 + Math.random() / 10)
    this.#notify = notify
  }

  /** Idempotent. */
  start(): void {
    this.#timer ??= this.#clock.after(this.#intervalMs, () => this.#fire(), { ref: false })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #fire(): void {
    this.#timer = undefined
    this.start()
    this.#notify()
  }
}
