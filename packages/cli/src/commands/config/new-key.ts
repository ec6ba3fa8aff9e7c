import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { terminal } from '../../terminal/terminal.ts'

export function define(command: Command): void {
  command
    .description('Print a new random key to encrypt with, as a line of a keys file.')
    .argument('<id>', 'the name by which encrypted values refer to it')
    .addHelpText('after', examples(['waypost config new-key k1 > keys', 'readable by its owner only: umask 077']))
    .action(async (id: string) => {
      const { generateKey } = await import('@waypost/config')
      terminal.write(`${generateKey(id)}\n`)
    })
}
