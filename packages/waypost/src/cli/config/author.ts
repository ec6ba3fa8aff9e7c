import { hostname, userInfo } from 'node:os'
import type { Authorship } from '@waypost/config'
import type { Command } from 'commander'
import { readEnvironment } from '../../environment.ts'
import type { GlobalOptions } from '../global-options.ts'

export interface AuthorOptions extends GlobalOptions {
  readonly author?: string
  readonly comment?: string
}

export function addAuthorOptions(command: Command): Command {
  return command
    .option('-m, --comment <text>', 'why, for others who look')
    .option('--author <name>', 'who does it (default: the user of the store, else the user on this machine)')
}

/** Who does it, why, and how long that may take. */
export function authorship(options: AuthorOptions): Authorship & {
  readonly author: string
  readonly timeoutMs: number | undefined
} {
  return {
    author: options.author ?? storeUser(options) ?? `${userInfo().username}@${hostname()}`,
    comment: options.comment,
    timeoutMs: options.timeout,
  }
}

function storeUser({ user, password }: GlobalOptions): string | undefined {
  if (user === undefined) return readEnvironment().username
  return password === undefined ? user.split(':')[0] : user
}
