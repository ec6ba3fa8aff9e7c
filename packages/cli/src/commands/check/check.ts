import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Check whether a store can take a load, or whether the data on a disk is intact.')
  addCommands(command, [
    { name: 'perf', summary: 'write for a minute, and report pass or fail', load: () => import('./perf/perf.ts') },
    { name: 'data', summary: 'verify a data directory', load: () => import('./data.ts') },
  ])
  command.addHelpText(
    'after',
    examples(['waypost check perf --load m', ''], ['waypost check data /var/lib/waypost', '']),
  )
}
