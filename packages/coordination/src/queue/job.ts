import { messageOf } from '@waypost/core'

/** A job, as its handler sees it. */
export interface Job<Data> {
  readonly id: string
  readonly data: Data
  /** Which attempt this is, from 1. */
  readonly attempt: number
  /** After how many attempts it becomes a dead letter. */
  readonly attempts: number
  readonly priority: number
  readonly group: string | undefined
  readonly addedAt: Date
}

/** Throw it in a handler when trying again would not help: the job becomes a dead letter at once. */
export class DeadLetter extends Error {
  override readonly name = 'DeadLetter'
}

/** What an error is kept as. */
export function errorText(error: unknown): string {
  return messageOf(error).slice(0, 2_000)
}
