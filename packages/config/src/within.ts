import type { Clock } from '@waypost/core'

/** Settles as `promise` does, or rejects with what `error` makes when it takes longer. */
export function within<T>(promise: Promise<T>, ms: number, clock: Clock, error: () => Error): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return promise
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(error()), { ref: false })
    promise.then(resolve, reject).finally(() => timer.cancel())
  })
}
