import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { headerAt, withStore } from '../../store/store.ts'
import { printAlarms } from './print-alarms.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('List active alarms: NOSPACE (the quota is exhausted) and CORRUPT.')
    .addHelpText('after', examples(['waypost alarm list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => printAlarms(await etcd.maintenance.alarms(), options, () => headerAt(etcd)))
}
