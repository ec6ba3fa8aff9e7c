import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Alarms restrict what a store does until somebody has looked after it and disarms them.')
  addCommands(command, [
    { name: 'list', summary: 'list the alarms that are raised', load: () => import('./list.ts') },
    { name: 'disarm', summary: 'take all alarms back', load: () => import('./disarm.ts') },
  ])
  command.addHelpText('after', examples(['waypost alarm list', '']))
}
