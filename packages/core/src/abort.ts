import { type Clock, systemClock } from './clock.ts'
import { WaypostError } from './errors.ts'

/** What every call takes. */
export interface CallOptions {
  /** Ends the call early: it rejects with code `aborted`. */
  readonly signal?: AbortSignal | undefined
  /** The call's deadline in milliseconds from now. */
  readonly timeoutMs?: number | undefined
}

/** The error of a call that its caller ended. */
export function abortedError(signal: AbortSignal): WaypostError {
  return new WaypostError('aborted', 'The call was aborted by its AbortSignal.', { cause: signal.reason })
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal)
}

/**
 * Calls `listener` once when `signal` aborts, at once if it already has.
 * Returns the function that takes the listener off again: call it when the work ends.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return noop
  if (signal.aborted) {
    listener()
    return noop
  }
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

function noop(): void {}

export interface DelayOptions {
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  /** Whether the wait keeps the process alive. Default true. */
  readonly ref?: boolean
}

/** Resolves after `delayMs`; rejects with code `aborted` when the signal fires first. */
export function delay(delayMs: number, options: DelayOptions = {}): Promise<void> {
  const { signal, clock = systemClock } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortedError(signal))
      return
    }
    const timer = clock.after(
      delayMs,
      () => {
        release()
        resolve()
      },
      { ref: options.ref ?? true },
    )
    const release = onAbort(signal, () => {
      timer.cancel()
      if (signal) reject(abortedError(signal))
    })
  })
}

/**
 * Settles as `promise` does, or rejects with code `aborted` as soon as the signal fires.
 * A result that comes too late goes to `discard`, so that what it holds can be released.
 */
export function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  discard?: (late: T) => void,
): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    let settled = false
    const release = onAbort(signal, () => {
      settled = true
      reject(abortedError(signal))
    })
    promise.then(
      (value) => {
        if (settled) discard?.(value)
        else {
          release()
          resolve(value)
        }
      },
      (error: unknown) => {
        if (settled) return
        release()
        reject(error)
      },
    )
  })
}
