import { WaypostError, type WaypostErrorCode } from '@waypost/core'

/** How the process ends, for scripts. `docs/reference/cli.md` documents the same set; a test holds the two together. */
export const exitCodes = {
  ok: { code: 0, meaning: 'Done. A missing key is an empty answer, not a failure.' },
  failed: { code: 1, meaning: 'The store or the machine could not do it.' },
  usage: { code: 2, meaning: 'The command line is wrong; nothing was tried.' },
  unreachable: { code: 3, meaning: 'No store answered in time; nothing was changed.' },
  notFound: { code: 4, meaning: 'The named thing does not exist.' },
  outcomeUnknown: { code: 5, meaning: 'A write was sent but its answer was lost: it may or may not have happened.' },
  refused: { code: 6, meaning: 'The store rejects the login, or the user may not do this.' },
} as const satisfies Record<string, { code: number; meaning: string }>

export type ExitName = keyof typeof exitCodes

const exitNames: Partial<Record<WaypostErrorCode, ExitName>> = {
  unavailable: 'unreachable',
  'deadline-exceeded': 'unreachable',
  'not-found': 'notFound',
  'lease-not-found': 'notFound',
  'outcome-unknown': 'outcomeUnknown',
  unauthenticated: 'refused',
  'permission-denied': 'refused',
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage.code
  return exitCodes[(WaypostError.is(error) && exitNames[error.code]) || 'failed'].code
}

/** A command line that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
