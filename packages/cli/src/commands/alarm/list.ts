import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { printAlarms } from '../../output/alarms.ts'
import { withStore } from '../../store.ts'

export function define(command: Command): void {
  command
    .description('List the alarms that are raised: NOSPACE (the quota is used up) and CORRUPT.')
    .addHelpText('after', examples(['waypost alarm list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  printAlarms(await withStore(options, (etcd) => etcd.maintenance.alarms()), options)
}
