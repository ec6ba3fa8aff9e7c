import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withStore } from '../../store/store.ts'
import { printAlarms } from './print-alarms.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Disarm all alarms, and print them. Free space first (compact, defrag), or NOSPACE is raised again.')
    .addHelpText('after', examples(['waypost alarm disarm', '']))
    .action(disarm)
}

async function disarm(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const alarms = await etcd.maintenance.alarms()
    for (const alarm of alarms) await etcd.maintenance.disarm(alarm)
    await printAlarms(alarms, options)
  })
}
