import type { Clock } from '@waypost/core'

/** What a promise resolves to, or `undefined` after `waitMs`. The promise goes on. */
export function orWaited<T>(promise: Promise<T>, waitMs: number, clock: Clock): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(Math.max(0, waitMs), () => resolve(undefined), { ref: false })
    promise.then(
      (value) => {
        timer.cancel()
        resolve(value)
      },
      (error: unknown) => {
        timer.cancel()
        reject(error)
      },
    )
  })
}
