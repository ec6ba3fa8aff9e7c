import { invalidArgument, quoted } from '@waypost/core'
import Type from 'typebox'
import type { Moment } from '../../timeline/timeline.ts'

/** A moment in a query: digits are a revision, anything else a time. */
export function momentSchema(description: string) {
  return Type.String({ description: `${description} A revision, or a time in ISO 8601.`, minLength: 1, maxLength: 40 })
}

/** Throws `invalid-argument` when it is neither. */
export function readMoment(name: string, text: string): Moment {
  if (/^\d{1,19}$/.test(text)) return { revision: BigInt(text) }
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return { time }
  throw invalidArgument(`${name} must be a revision or a time such as 2026-01-31T12:00:00Z, not ${quoted(text)}.`)
}
