import { type CallOptions, type Clock, throwIfAborted, WaypostError } from '@waypost/core'

/** How long a call of several requests may take when its caller does not say. */
const defaultTimeoutMs = 10_000

/** One deadline for all the requests of a call. */
export class Deadline {
  readonly #clock: Clock
  readonly #endMs: number
  readonly signal: AbortSignal | undefined

  constructor(clock: Clock, { signal, timeoutMs = defaultTimeoutMs }: CallOptions = {}) {
    throwIfAborted(signal)
    this.#clock = clock
    this.#endMs = clock.monotonicMs() + timeoutMs
    this.signal = signal
  }

  get remainingMs(): number {
    return Math.max(0, this.#endMs - this.#clock.monotonicMs())
  }

  /** The options of the next request. Throws when the time is up. */
  call(): CallOptions {
    throwIfAborted(this.signal)
    const timeoutMs = Math.ceil(this.remainingMs)
    if (timeoutMs > 0) return { signal: this.signal, timeoutMs }
    throw new WaypostError('deadline-exceeded', 'The time for the call is up; nothing was changed.')
  }

  /** The options of a write: part of the time is kept back, to find out what became of it if its answer is lost. */
  write(): CallOptions {
    const { timeoutMs = 0 } = this.call()
    return { signal: this.signal, timeoutMs: Math.ceil(timeoutMs * 0.6) }
  }
}
