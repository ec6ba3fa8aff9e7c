import { abortedError, onAbort } from './abort.ts'
import { type Clock, systemClock } from './clock.ts'
import { WaypostError } from './errors.ts'

export interface TimeLimitOptions {
  /** The limit in milliseconds. `Infinity` means none. */
  readonly timeoutMs: number
  /** What is limited, as the subject of the default error: "The login", "The health check". */
  readonly what: string
  readonly clock?: Clock | undefined
  /** Ends the wait early: it rejects with code `aborted`. */
  readonly signal?: AbortSignal | undefined
  /** The error when the time is up. Default: `deadline-exceeded` with a sentence made of `what` and the limit. */
  readonly error?: (() => Error) | undefined
  /** Whether the timer keeps the process alive. Default true. */
  readonly ref?: boolean | undefined
}

/**
 * Settles as `work` does, or rejects when it takes longer than `timeoutMs` or when the signal fires. The work itself
 * is not stopped; when it fails later, its error is dropped.
 *
 * @example
 * ```ts
 * const work = Promise.resolve('done')
 * console.log(await withTimeLimit(work, { what: 'The work', timeoutMs: 1_000 })) // done
 * ```
 */
export function withTimeLimit<T>(work: Promise<T>, options: TimeLimitOptions): Promise<T> {
  const { timeoutMs, what, clock = systemClock, signal, ref = true } = options
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      end()
      reject(error)
    }
    const late = (): Error =>
      options.error?.() ?? new WaypostError('deadline-exceeded', `${what} took longer than ${timeoutMs} ms.`)
    const timer = Number.isFinite(timeoutMs) ? clock.after(timeoutMs, () => fail(late()), { ref }) : undefined
    let release = (): void => {}
    const end = (): void => {
      timer?.cancel()
      release()
    }
    if (signal) release = onAbort(signal, () => fail(abortedError(signal)))
    work.then(resolve, reject).finally(end)
  })
}
