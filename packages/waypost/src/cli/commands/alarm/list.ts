import type { Command } from 'commander'
import { alarmLine } from '../../alarm-line.ts'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { withStore } from '../../store.ts'
import { terminal } from '../../terminal.ts'

export function define(command: Command): void {
  command
    .description('List the alarms that are raised: NOSPACE (the quota is used up) and CORRUPT.')
    .addHelpText('after', examples(['waypost alarm list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const alarms = await withStore(command.optsWithGlobals<GlobalOptions>(), (etcd) => etcd.maintenance.alarms())
  for (const alarm of alarms) terminal.write(alarmLine(alarm))
}
