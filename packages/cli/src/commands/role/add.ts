import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Create a role without permissions.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost role add reader', '']))
    .action(add)
}

async function add(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    await etcd.auth.roles.add(name)
    await reportDone(etcd, options, `Role ${name} created\n`)
  })
}
