import { abortedError, type CallOptions, onAbort } from './abort.ts'
import type { Clock } from './clock.ts'
import type { WaypostError } from './errors.ts'

/**
 * Ends a wait when its caller aborts or when its time is up, and says which of the two it was. For work that listens
 * to a signal; `withTimeLimit` is for work that does not.
 *
 * @example
 * ```ts
 * const late = () => new WaypostError('deadline-exceeded', 'The door did not open within 100 ms.')
 * using limit = new WaitLimit({ timeoutMs: 100 }, systemClock, late)
 * try {
 *   await delay(5, { signal: limit.signal })
 * } catch (error) {
 *   throw limit.reason(error)
 * }
 * ```
 */
export class WaitLimit implements Disposable {
  readonly #controller: AbortController | undefined
  readonly #release: () => void = () => {}
  #error: WaypostError | undefined

  /** @param late the error when the time is up */
  constructor({ signal, timeoutMs }: CallOptions, clock: Clock, late: () => WaypostError) {
    const endsAfterMs = timeoutMs !== undefined && Number.isFinite(timeoutMs) ? timeoutMs : undefined
    // Most waits have no limit, and are short.
    if (signal === undefined && endsAfterMs === undefined) return
    this.#controller = new AbortController()
    const timer = endsAfterMs === undefined ? undefined : clock.after(endsAfterMs, () => this.#end(late()))
    const release = onAbort(signal, () => signal && this.#end(abortedError(signal)))
    this.#release = () => {
      timer?.cancel()
      release()
    }
  }

  /** Undefined: nothing ends the wait. */
  get signal(): AbortSignal | undefined {
    return this.#controller?.signal
  }

  /** Why the wait ended; `error` when neither the caller nor the clock ended it. */
  reason(error: unknown): unknown {
    return this.#error ?? error
  }

  [Symbol.dispose](): void {
    this.#release()
  }

  #end(error: WaypostError): void {
    this.#error ??= error
    this.#controller?.abort(error)
  }
}
