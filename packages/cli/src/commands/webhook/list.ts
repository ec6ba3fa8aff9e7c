import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'
import { withWebhooks } from './with-webhooks.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('List the webhooks, without their secrets.')
    .addHelpText('after', examples(['waypost webhook list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { shownWebhook } = await import('@waypost/hub/timeline')
  await withWebhooks(options, 'read', async (webhooks) => {
    const shown = (await webhooks.list({ timeoutMs: options.timeout })).map(shownWebhook)
    const text = (): string => {
      if (shown.length === 0) return 'There is no webhook.\n'
      const rows = shown.map(({ id, name, format, kinds, isPaused, url }) => [
        id,
        oneLine(name),
        format,
        kinds.join(','),
        isPaused ? 'paused' : 'on',
        oneLine(url),
      ])
      return table(['ID', 'NAME', 'FORMAT', 'KINDS', 'STATE', 'ADDRESS'], rows, terminal.tableStyle)
    }
    await output.print(options, { simple: text, table: text, json: () => shown })
  })
}
