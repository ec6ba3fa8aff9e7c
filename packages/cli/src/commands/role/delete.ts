import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Delete a role, also from all users who have it.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost role delete reader', '']))
    .action(deleteRole)
}

async function deleteRole(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    await etcd.auth.roles.delete(name)
    await reportDone(etcd, options, `Role ${name} deleted\n`)
  })
}
