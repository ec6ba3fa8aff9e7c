import { randomBytes, scryptSync } from 'node:crypto'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import { examples } from '../../command-line/help.ts'
import { readSomeStdin } from '../../command-line/stdin.ts'
import { terminal } from '../../terminal/terminal.ts'

/** 16 MiB and about 40 ms for each attempt. */
const cost = { ln: 14, r: 8, p: 1 }

export function define(command: Command): void {
  command
    .description('Print the hash of a password on standard input, for a basic policy of the routes.')
    .addHelpText('after', examples(['waypost gateway hash-password < password.txt', '']))
    .action(hashPassword)
}

async function hashPassword(): Promise<void> {
  const given = await readSomeStdin('Nothing came on standard input: give the password there.')
  const password = given.toString('utf8').replace(/\r?\n$/, '')
  if (password === '') throw new UsageError('The password is empty.')
  const { ln, r, p } = cost
  const salt = randomBytes(16)
  const hashed = scryptSync(password, salt, 32, { N: 2 ** ln, r, p, maxmem: 64 * 1024 * 1024 })
  terminal.write(`$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64')}$${hashed.toString('base64')}\n`)
}
