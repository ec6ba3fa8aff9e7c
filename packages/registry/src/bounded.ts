import { type Clock, delay, onAbort, WaypostError } from '@waypost/core'

export interface BoundedOptions {
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

/** Settles as `work` does, or fails when it takes longer than `timeoutMs`; the work itself goes on. */
export async function bounded<T>(what: string, work: Promise<T>, options: BoundedOptions): Promise<T> {
  const { timeoutMs, clock, signal } = options
  const done = new AbortController()
  const release = onAbort(signal, () => done.abort(signal?.reason))
  const late = delay(timeoutMs, { clock, signal: done.signal }).then(() => {
    throw new WaypostError('deadline-exceeded', `${what} did not end within ${timeoutMs} ms.`)
  })
  late.catch(() => {})
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    release()
    done.abort()
  }
}
