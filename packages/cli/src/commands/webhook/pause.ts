import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { textOutput } from '../../print/output.ts'
import { withWebhooks } from './with-webhooks.ts'

export const output = textOutput

export function define(command: Command): void {
  command
    .description('Pause a webhook. Its events wait.')
    .argument('<id>', 'the webhook')
    .addHelpText('after', examples(['waypost webhook pause wh-3f2a9c01d4e5', '']))
    .action(pause)
}

async function pause(id: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withWebhooks(options, 'readwrite', async (webhooks, asker) => {
    await webhooks.update(id, { isPaused: true }, asker, { timeoutMs: options.timeout })
    await output.print(options, { simple: () => `The webhook ${id} is paused.\n` })
  })
}
