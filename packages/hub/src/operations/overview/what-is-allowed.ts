import { WaypostError } from '@waypost/core'

/** `undefined` when the caller may not read it. */
export async function whatIsAllowed<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (WaypostError.is(error, 'permission-denied')) return undefined
    throw error
  }
}
