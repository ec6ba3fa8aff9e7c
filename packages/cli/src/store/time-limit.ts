import { WaypostError } from '@waypost/core'

const defaultMs = 5000

/** Settles as `promise` does, or fails with `unavailable` when that takes longer than `timeoutMs`. */
export async function withTimeLimit<T>(promise: Promise<T>, timeoutMs = defaultMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new WaypostError('unavailable', `No store answered within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    )
  })
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}
