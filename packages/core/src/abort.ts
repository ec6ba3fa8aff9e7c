import { callSafely } from './call-safely.ts'
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

/** What a signal of `anySignal` was made of. */
const sources = new WeakMap<AbortSignal, readonly AbortSignal[]>()

/**
 * `AbortSignal.any` whose deadline fires in Node 20, too: there nothing holds an `AbortSignal.timeout` that is only
 * part of another signal, and once it is collected it never fires. Here it lives as long as the signal that it is part of.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const any = AbortSignal.any([...signals])
  sources.set(any, signals)
  return any
}

/**
 * Who waits for a signal. It has one listener of ours however many wait: adding one to those that are there takes the
 * longer the more there are, and node warns of more than ten.
 */
const waiting = new WeakMap<AbortSignal, { readonly listeners: Set<() => void>; readonly tell: () => void }>()

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
  const { listeners, tell } = waiting.get(signal) ?? beginToWait(signal)
  // The same function may be given twice.
  const entry = (): void => listener()
  listeners.add(entry)
  return () => {
    if (!listeners.delete(entry) || listeners.size > 0 || signal.aborted) return
    signal.removeEventListener('abort', tell)
    waiting.delete(signal)
  }
}

function beginToWait(signal: AbortSignal): { readonly listeners: Set<() => void>; readonly tell: () => void } {
  const listeners = new Set<() => void>()
  const tell = (): void => {
    waiting.delete(signal)
    for (const listener of listeners) {
      listeners.delete(listener)
      callSafely(listener)
    }
  }
  signal.addEventListener('abort', tell, { once: true })
  const entry = { listeners, tell }
  waiting.set(signal, entry)
  return entry
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
