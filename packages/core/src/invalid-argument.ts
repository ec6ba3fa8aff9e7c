import { WaypostError } from './errors.ts'

/** The error for a value that a caller gave and that is malformed or out of range. */
export function invalidArgument(message: string, cause?: unknown): WaypostError {
  return new WaypostError('invalid-argument', message, { cause })
}
