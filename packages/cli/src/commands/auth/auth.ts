import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Whether users have to log in.')
  addCommands(command, [
    { name: 'enable', summary: 'require a login', load: () => import('./enable.ts') },
    { name: 'disable', summary: 'require no login', load: () => import('./disable.ts') },
    { name: 'status', summary: 'show whether a login is required', load: () => import('./status.ts') },
  ])
  command.addHelpText('after', examples(['waypost auth enable', '']))
}
