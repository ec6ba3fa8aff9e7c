import { type Command, Option } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseBoolean } from '../../command-line/parse-values.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'
import { interactiveOption, newPassword } from './new-password.ts'

export const output = doneOutput

interface AddOptions {
  readonly newUserPassword?: string
  readonly interactive: boolean
  readonly noPassword?: true
}

export function define(command: Command): void {
  command
    .description('Create a user. Prompts for the password unless it follows the name, where others may see it.')
    .argument('<name[:password]>')
    .option('--new-user-password <password>', 'the password; others may see it')
    .addOption(noPassword())
    .option(...interactiveOption, parseBoolean, true)
    .addHelpText(
      'after',
      examples(
        ['waypost user add ann', 'prompts for the password'],
        ['waypost user add ann --interactive=false < password', ''],
      ),
    )
    .action(add)
}

async function add(argument: string, own: AddOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { name, password } = await identity(argument, own)
  if (name === '') throw new UsageError('A user needs a name.')
  await withStore(options, async (etcd) => {
    await etcd.auth.users.add(name, password)
    await reportDone(etcd, options, `User ${name} created\n`)
  })
}

async function identity(argument: string, own: AddOptions): Promise<{ name: string; password: string | undefined }> {
  if (own.noPassword) return { name: argument, password: undefined }
  if (own.newUserPassword !== undefined) return { name: argument, password: own.newUserPassword }
  const colon = argument.indexOf(':')
  if (colon >= 0) return { name: argument.slice(0, colon), password: argument.slice(colon + 1) }
  return { name: argument, password: await newPassword(argument, own.interactive) }
}

/** A flag of its own, not the opposite of the global `--password`. */
function noPassword(): Option {
  const option = new Option('--no-password', 'a user without a password, who logs in with a certificate')
  option.negate = false
  return option
}
