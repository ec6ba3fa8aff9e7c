import { systemClock, WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withWebhooks } from './with-webhooks.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Send a test to a webhook, once, from this machine, and say what the receiver answers.')
    .argument('<id>', 'the webhook')
    .addHelpText('after', examples(['waypost webhook test wh-3f2a9c01d4e5', '']))
    .action(test)
}

async function test(id: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withWebhooks(options, 'read', async (webhooks) => {
    const webhook = await webhooks.get(id, { timeoutMs: options.timeout })
    const { AllowedNetworks, WebhookSender } = await import('@waypost/hub/timeline')
    const sender = new WebhookSender(new AllowedNetworks(['public', 'private', 'loopback']), systemClock)
    try {
      const epochMs = systemClock.epochMs()
      const message = { id: `test.${epochMs}`, epochMs, webhook, events: [] }
      const attempt = await sender.send(message, AbortSignal.timeout(options.timeout ?? 15_000))
      if (attempt.error !== undefined) {
        throw new WaypostError('failed-precondition', `The test was not taken: ${attempt.error}`)
      }
      await output.print(options, {
        simple: () => `The receiver took it, with status ${attempt.status}, in ${attempt.tookMs} ms.\n`,
        json: () => attempt,
      })
    } finally {
      await sender.close()
    }
  })
}
