import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseHub } from '../../hub-api/hub-option.ts'
import { factsOutput } from '../../print/output.ts'
import { contextsFile, type PasswordSource, readContexts, writeContexts } from '../../store/contexts.ts'

export const output = factsOutput

interface AddOptions extends GlobalOptions {
  readonly passwordEnv?: string
  readonly passwordCommand?: string
  readonly hub?: URL
}

export function define(command: Command): void {
  command
    .description(
      'Add a context with the endpoints, user, namespace and certificates that are given as global options. One of ' +
        'that name is replaced. The first context becomes the current one.',
    )
    .argument('<name>')
    .option('--password-env <variable>', 'the environment variable that holds the password')
    .option('--password-command <command>', 'a command that prints the password, such as `pass show prod`')
    .option('--hub <url>', 'a hub of the store, for changes that are asked of one, as strict mode wants it', parseHub)
    .addHelpText(
      'after',
      examples(
        ['waypost context add local --endpoints http://127.0.0.1:2379', ''],
        ['waypost context add prod --endpoints https://10.0.0.1:2379 --cacert ca.pem --user ann --namespace /prod', ''],
        ['waypost context add shop --endpoints https://10.0.0.1:2379 --user ann --hub https://hub.example.com', ''],
      ),
    )
    .action(add)
}

async function add(name: string, _own: AddOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AddOptions>()
  const { endpoints, user, namespace, cacert, cert, key, hub } = options
  if (endpoints === undefined) throw new UsageError('A context needs --endpoints.')
  const password = passwordSource(options)
  const before = await readContexts()
  const added = { endpoints, user, password, namespace, cacert, cert, key, hub: hub?.origin }
  const contexts = { ...before.contexts, [name]: added }
  await writeContexts({ current: before.current ?? name, contexts })
  await output.print(options, {
    simple: () => `Saved the context ${name} in ${contextsFile()}.\n`,
    json: () => ({ name, file: contextsFile() }),
  })
}

function passwordSource({ user, password, passwordEnv, passwordCommand }: AddOptions): PasswordSource | undefined {
  if (password !== undefined || user?.includes(':')) {
    throw new UsageError('A context holds no password: give --password-env or --password-command.')
  }
  if (passwordEnv !== undefined && passwordCommand !== undefined) {
    throw new UsageError('Give --password-env or --password-command, not both.')
  }
  if (passwordEnv !== undefined) return { env: passwordEnv }
  return passwordCommand === undefined ? undefined : { command: passwordCommand }
}
