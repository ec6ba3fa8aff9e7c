import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { permissionLines } from '../../output/fields.ts'
import { permissionJson } from '../../output/permission-json.ts'
import { roleText } from '../../output/role-text.ts'
import { reportDone } from '../../report-done.ts'
import { withStore } from '../../store.ts'

export function define(command: Command): void {
  command
    .description('Show what a role permits.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost role get reader', '']))
    .action(get)
}

async function get(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const { permissions } = await etcd.auth.roles.get(name)
    await reportDone(etcd, options, roleText(name, permissions), {
      json: permissionJson(permissions),
      lines: permissionLines(permissions),
    })
  })
}
