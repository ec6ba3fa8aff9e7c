import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Grant a role to a user.')
    .argument('<name>')
    .argument('<role>')
    .addHelpText('after', examples(['waypost user grant-role ann reader', '']))
    .action(grantRole)
}

async function grantRole(name: string, role: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    await etcd.auth.users.grantRole(name, role)
    await reportDone(etcd, options, `Role ${role} is granted to user ${name}\n`)
  })
}
