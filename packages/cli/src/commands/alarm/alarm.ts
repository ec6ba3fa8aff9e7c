import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Alarms restrict a store until somebody fixes the cause and disarms them.')
  addCommands(command, [
    { name: 'list', summary: 'list active alarms', load: () => import('./list.ts') },
    { name: 'disarm', summary: 'disarm all alarms', load: () => import('./disarm.ts') },
  ])
  command.addHelpText('after', examples(['waypost alarm list', '']))
}
