import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { jsonLine } from '../../../print/go-json.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'

export function define(command: Command): void {
  command
    .description('List the paths and folders that have a schema of their own, one on each line.')
    .addHelpText('after', examples(['waypost config schema list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(options, async (config) => {
    for (const scope of await config.schemas.list({ timeoutMs: options.timeout })) {
      terminal.write(options.writeOut === 'json' ? jsonLine({ scope }) : `${scope || "''"}\n`)
    }
  })
}
