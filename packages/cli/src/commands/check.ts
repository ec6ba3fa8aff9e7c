import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('Measure whether a store bears a load.')
  addCommands(command, [
    { name: 'perf', summary: 'write for a minute, and judge', load: () => import('./check/perf.ts') },
  ])
  command.addHelpText('after', examples(['waypost check perf --load m', '']))
}
