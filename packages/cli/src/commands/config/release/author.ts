import type { Authorship } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { actingUser } from '../../../store/acting-user.ts'

export interface AuthorOptions extends GlobalOptions {
  readonly author?: string
  readonly comment?: string
}

export function addAuthorOptions(command: Command): Command {
  return command
    .option('-m, --comment <text>', 'the reason, for others')
    .option('--author <name>', 'the author (default: the user of the store, otherwise the user of this machine)')
}

/** Who does it, why, and how long that may take. */
export function authorship(options: AuthorOptions): Authorship & {
  readonly author: string
  readonly timeoutMs: number | undefined
} {
  return {
    author: options.author ?? actingUser(options),
    comment: options.comment,
    timeoutMs: options.timeout,
  }
}
