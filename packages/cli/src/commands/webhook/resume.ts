import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { textOutput } from '../../print/output.ts'
import { withWebhooks } from './with-webhooks.ts'

export const output = textOutput

export function define(command: Command): void {
  command
    .description('Resume a webhook from the event at which it was paused.')
    .argument('<id>', 'the webhook')
    .addHelpText('after', examples(['waypost webhook resume wh-3f2a9c01d4e5', '']))
    .action(resume)
}

async function resume(id: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withWebhooks(options, 'readwrite', async (webhooks, asker) => {
    await webhooks.update(id, { isPaused: false }, asker, { timeoutMs: options.timeout })
    await output.print(options, { simple: () => `The webhook ${id} is resumed.\n` })
  })
}
