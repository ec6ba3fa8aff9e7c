import type { RecordProblem } from '@waypost/registry'

/** The line about a record that cannot be read, for standard error. A key that others chose cannot move the cursor. */
export function problemLine({ key, message, isPartial }: RecordProblem): string {
  const name = /\p{Cc}/u.test(key) ? JSON.stringify(key) : key
  return isPartial ? `${name} was read in part. ${message}\n` : `${name} cannot be read: ${message}\n`
}
