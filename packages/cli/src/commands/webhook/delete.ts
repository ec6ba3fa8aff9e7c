import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { textOutput } from '../../print/output.ts'
import { withWebhooks } from './with-webhooks.ts'

export const output = textOutput

export function define(command: Command): void {
  command
    .description('Delete a webhook with its log.')
    .argument('<id>', 'the webhook')
    .addHelpText('after', examples(['waypost webhook delete wh-3f2a9c01d4e5', '']))
    .action(remove)
}

async function remove(id: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withWebhooks(options, 'readwrite', async (webhooks, asker) => {
    await webhooks.delete(id, asker, { timeoutMs: options.timeout })
    await output.print(options, { simple: () => `The webhook ${id} is deleted.\n` })
  })
}
