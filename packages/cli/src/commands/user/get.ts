import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { nameLine } from '../../print/fields.ts'
import { unlessEmpty } from '../../print/json.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { roleText } from '../../print/role-text.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

interface GetOptions extends GlobalOptions {
  readonly detail?: true
}

export function define(command: Command): void {
  command
    .description('Show the roles of a user.')
    .argument('<name>')
    .option('--detail', 'also show the permissions of the roles')
    .addHelpText('after', examples(['waypost user get ann --detail', '']))
    .action(get)
}

async function get(name: string, { detail }: GetOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const { roles } = await etcd.auth.users.get(name)
    let text = `User: ${name}\n`
    if (!detail) text += `Roles:${roles.map((role) => ` ${role}`).join('')}\n`
    else for (const role of roles) text += `\n${roleText(role, (await etcd.auth.roles.get(role)).permissions)}`
    await reportDone(etcd, options, text, { json: { roles: unlessEmpty(roles) }, lines: nameLine('Roles', roles) })
  })
}
