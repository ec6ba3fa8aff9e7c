import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Measure whether a store bears a load.')
  addCommands(command, [
    { name: 'perf', summary: 'write for a minute, and judge', load: () => import('./perf/perf.ts') },
  ])
  command.addHelpText('after', examples(['waypost check perf --load m', '']))
}
