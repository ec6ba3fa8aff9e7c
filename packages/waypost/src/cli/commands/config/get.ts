import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { jsonLine } from '../../output/go-json.ts'
import { withConfig } from '../../store.ts'
import { terminal } from '../../terminal.ts'

export function define(command: Command): void {
  command
    .description('Print a value exactly as it is stored. A path that does not exist ends with exit code 4.')
    .argument('<path>', 'such as order/application.yaml')
    .addHelpText(
      'after',
      examples(
        ['waypost config get order/timeout', ''],
        ['waypost config get order/application.yaml > application.yaml', ''],
      ),
    )
    .action(get)
}

async function get(path: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(options, async (config) => {
    const value = await config.getBytes(path)
    if (value === undefined) throw new WaypostError('not-found', `There is no configuration at ${path}.`)
    if (options.writeOut === 'json') terminal.write(jsonLine({ path, value: Buffer.from(value).toString() }))
    else {
      terminal.write(value)
      // For eyes, not for files: what is redirected stays exact.
      if (terminal.isTty && value.at(-1) !== 0x0a) terminal.write('\n')
    }
  })
}
