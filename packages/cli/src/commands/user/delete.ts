import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Delete a user. Its tokens become invalid.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost user delete ann', '']))
    .action(deleteUser)
}

async function deleteUser(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    await etcd.auth.users.delete(name)
    await reportDone(etcd, options, `User ${name} deleted\n`)
  })
}
