import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { nameLine } from '../../print/fields.ts'
import { unlessEmpty } from '../../print/json.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('List the names of all users.')
    .addHelpText('after', examples(['waypost user list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const users = await etcd.auth.users.list()
    const lines = users.map((name) => `${name}\n`).join('')
    await reportDone(etcd, options, lines, {
      json: { users: unlessEmpty(users) },
      lines: nameLine('Users', users),
    })
  })
}
