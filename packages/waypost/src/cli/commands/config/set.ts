import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { jsonLine } from '../../output/go-json.ts'
import { readStdin } from '../../stdin.ts'
import { withConfig } from '../../store.ts'
import { terminal } from '../../terminal.ts'

export function define(command: Command): void {
  command
    .description('Write a value. Without one on the command line it is read from standard input, byte for byte.')
    .argument('<path>', 'such as order/application.yaml')
    .argument('[value]')
    .addHelpText(
      'after',
      examples(
        ['waypost config set order/timeout 30', ''],
        ['waypost config set order/application.yaml < application.yaml', ''],
      ),
    )
    .action(set)
}

async function set(path: string, value: string | undefined, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const written = value ?? (await readStdin())
  await withConfig(options, async (config) => {
    const { revision } = await config.set(path, written)
    terminal.write(
      options.writeOut === 'json' ? jsonLine({ path, revision }) : `Set ${path} at revision ${revision}.\n`,
    )
  })
}
