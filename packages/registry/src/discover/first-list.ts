import { type TimeLimitOptions, WaypostError, withTimeLimit } from '@waypost/core'

/** Something that follows the store. */
interface Following {
  readonly ready: Promise<void>
  readonly lastError: WaypostError | undefined
}

/** Resolves when the view is ready. Fails with `unavailable` when that takes too long, or as the store refuses. */
export async function firstList(view: Following, options: TimeLimitOptions): Promise<void> {
  try {
    await withTimeLimit(view.ready, options)
  } catch (error) {
    if (!WaypostError.is(error, 'deadline-exceeded')) throw error
    const cause = view.lastError
    const why = cause === undefined ? '' : ` ${cause.message}`
    throw new WaypostError('unavailable', `${error.message}${why}`, { cause, endpoint: cause?.endpoint })
  }
}
