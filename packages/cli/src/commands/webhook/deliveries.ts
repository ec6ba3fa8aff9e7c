import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'
import { withWebhooks } from './with-webhooks.ts'

export const output = listOutput

interface DeliveriesOptions extends GlobalOptions {
  readonly limit: number
}

export function define(command: Command): void {
  command
    .description('Show the deliveries of a webhook, newest first.')
    .argument('<id>', 'the webhook')
    .option('--limit <n>', 'the number of deliveries', parsePositive, 20)
    .addHelpText('after', examples(['waypost webhook deliveries wh-3f2a9c01d4e5', '']))
    .action(show)
}

async function show(id: string, _own: DeliveriesOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DeliveriesOptions>()
  await withWebhooks(options, 'read', async (webhooks) => {
    const deliveries = await webhooks.deliveries(id, options.limit, { timeoutMs: options.timeout })
    const text = (): string => {
      const rows = deliveries.map(({ id: delivery, events, state, tries, attempts }) => {
        const last = attempts.at(-1)
        return [last?.at ?? '', delivery, String(events), state, String(tries), oneLine(last?.error ?? '')]
      })
      return table(['AT', 'DELIVERY', 'EVENTS', 'STATE', 'TRIES', 'ERROR'], rows, terminal.tableStyle)
    }
    await output.print(options, { simple: text, table: text, json: () => deliveries })
  })
}
