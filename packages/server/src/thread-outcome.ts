import { EngineError } from './engine-error.ts'

/** What a thread answers: what it was asked for, or why that failed. */
export type ThreadOutcome<T> = { readonly result: T } | { readonly error: unknown; readonly isCorrupt: boolean }

/** Throws what the thread's work threw; `EngineError` with `corrupt` for what is not as it was written. */
export function resultOf<T>(outcome: ThreadOutcome<T>): T {
  if ('result' in outcome) return outcome.result
  throw outcome.isCorrupt ? new EngineError('corrupt', { cause: outcome.error }) : outcome.error
}
