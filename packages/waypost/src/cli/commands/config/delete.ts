import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { jsonLine } from '../../output/go-json.ts'
import { withConfig } from '../../store.ts'
import { terminal } from '../../terminal.ts'

export function define(command: Command): void {
  command
    .description('Delete a value. A path that does not exist ends with exit code 4.')
    .argument('<path>')
    .addHelpText('after', examples(['waypost config delete order/timeout', '']))
    .action(remove)
}

async function remove(path: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(options, async (config) => {
    if (!(await config.delete(path))) throw new WaypostError('not-found', `There is no configuration at ${path}.`)
    terminal.write(options.writeOut === 'json' ? jsonLine({ path, deleted: true }) : `Deleted ${path}.\n`)
  })
}
