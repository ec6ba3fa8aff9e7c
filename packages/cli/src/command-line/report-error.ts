import { errorCodes, messageOf, WaypostError } from '@waypost/core'
import { terminal } from '../terminal/terminal.ts'
import { exitCodeOf, UsageError } from './exit-codes.ts'

/** Says on standard error, in one line, what went wrong and what to do, and sets the exit code. */
export function reportError(thrown: unknown): void {
  const error = firstOf(thrown)
  process.exitCode = exitCodeOf(error)
  terminal.writeError(`${describe(error)}\n`)
  if (process.env.WAYPOST_DEBUG === '1') terminal.writeError(`${stackOf(error)}\n`)
}

/** When closing failed as well, what went wrong before is what the user must hear. */
function firstOf(thrown: unknown): unknown {
  return thrown instanceof Error && thrown.name === 'SuppressedError' && 'suppressed' in thrown
    ? firstOf(thrown.suppressed)
    : thrown
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return `error: ${oneLine(error.message)}`
  if (!WaypostError.is(error)) return `error: ${oneLine(messageOf(error))} (WAYPOST_DEBUG=1 shows where.)`
  return `error (${error.code}): ${sentence(oneLine(error.message))} ${errorCodes[error.code].cure}`
}

function oneLine(message: string): string {
  return message.trim().replaceAll(/\s*\n\s*/g, ' ')
}

function sentence(message: string): string {
  return /[.!?:)]$/.test(message) ? message : `${message}.`
}

/** For people who debug: the stack, and those of the causes. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const stack = error.stack ?? error.message
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`
}
