import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { permissionLines } from '../../print/fields.ts'
import { permissionJson } from '../../print/permission-json.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { roleText } from '../../print/role-text.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

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
