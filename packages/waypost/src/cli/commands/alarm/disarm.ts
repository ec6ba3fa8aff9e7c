import type { Command } from 'commander'
import { alarmLine } from '../../alarm-line.ts'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { withStore } from '../../store.ts'
import { terminal } from '../../terminal.ts'

export function define(command: Command): void {
  command
    .description('Take all alarms back, and print them. Make room first (compact, defrag), or NOSPACE comes back.')
    .addHelpText('after', examples(['waypost alarm disarm', '']))
    .action(disarm)
}

async function disarm(_own: GlobalOptions, command: Command): Promise<void> {
  await withStore(command.optsWithGlobals<GlobalOptions>(), async (etcd) => {
    for (const alarm of await etcd.maintenance.alarms()) {
      await etcd.maintenance.disarm(alarm)
      terminal.write(alarmLine(alarm))
    }
  })
}
