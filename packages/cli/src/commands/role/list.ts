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
    .description('List the names of all roles.')
    .addHelpText('after', examples(['waypost role list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const roles = await etcd.auth.roles.list()
    const lines = roles.map((name) => `${name}\n`).join('')
    await reportDone(etcd, options, lines, {
      json: { roles: unlessEmpty(roles) },
      lines: nameLine('Roles', roles),
    })
  })
}
