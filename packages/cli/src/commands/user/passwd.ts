import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseBoolean } from '../../command-line/parse-values.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'
import { interactiveOption, newPassword } from './new-password.ts'

export const output = doneOutput

interface PasswdOptions extends GlobalOptions {
  readonly interactive: boolean
}

export function define(command: Command): void {
  command
    .description("Change a user's password. Prompts for it.")
    .argument('<name>')
    .option(...interactiveOption, parseBoolean, true)
    .addHelpText('after', examples(['waypost user passwd ann', '']))
    .action(changePassword)
}

async function changePassword(name: string, { interactive }: PasswdOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const password = await newPassword(name, interactive)
  await withStore(options, async (etcd) => {
    await etcd.auth.users.changePassword(name, password)
    await reportDone(etcd, options, 'Password updated\n')
  })
}
