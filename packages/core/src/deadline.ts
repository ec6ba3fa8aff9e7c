import { type CallOptions, throwIfAborted } from './abort.ts'
import { type Clock, systemClock } from './clock.ts'
import { WaypostError } from './errors.ts'

export interface DeadlineOptions extends CallOptions {
  readonly clock?: Clock | undefined
}

/** The limit of a call of several requests when its caller gives none. */
const defaultTimeoutMs = 10_000

/** The part of the remaining time that a write may use. */
const writeShare = 0.6

/**
 * One deadline for all requests of a call.
 *
 * @example
 * ```ts
 * const deadline = new Deadline({ timeoutMs: 5_000 })
 * await etcd.kv.put('/a', '1', deadline.write())
 * await etcd.kv.get('/a', deadline.call())
 * ```
 */
export class Deadline {
  readonly #clock: Clock
  readonly #endMs: number
  readonly signal: AbortSignal | undefined

  /** @throws `aborted` when the signal has fired already. */
  constructor({ signal, timeoutMs = defaultTimeoutMs, clock = systemClock }: DeadlineOptions = {}) {
    throwIfAborted(signal)
    this.#clock = clock
    this.#endMs = clock.monotonicMs() + timeoutMs
    this.signal = signal
  }

  get remainingMs(): number {
    return Math.max(0, this.#endMs - this.#clock.monotonicMs())
  }

  /** The options of the next request. @throws `deadline-exceeded` when no time is left, `aborted` after the signal. */
  call(): CallOptions {
    throwIfAborted(this.signal)
    const timeoutMs = Math.ceil(this.remainingMs)
    if (timeoutMs > 0) return { signal: this.signal, timeoutMs }
    throw new WaypostError('deadline-exceeded', 'The deadline passed; nothing was changed.')
  }

  /** The options of a write. The rest of the time is for finding out what happened when its answer is lost. */
  write(): CallOptions {
    const { timeoutMs = 0 } = this.call()
    return { signal: this.signal, timeoutMs: Math.ceil(timeoutMs * writeShare) }
  }
}
