import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Turn authentication off: nobody has to log in. Users and roles are kept.')
    .addHelpText('after', examples(['waypost auth disable --user root', '']))
    .action(disable)
}

async function disable(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    await etcd.auth.disable()
    await reportDone(etcd, options, `Authentication Disabled\n`)
  })
}
