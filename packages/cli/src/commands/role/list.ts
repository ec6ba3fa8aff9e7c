import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { nameLine } from '../../output/fields.ts'
import { unlessEmpty } from '../../output/json.ts'
import { reportDone } from '../../report-done.ts'
import { withStore } from '../../store.ts'

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
