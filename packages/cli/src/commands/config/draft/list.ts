import type { Draft } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { listOutput } from '../../../print/output.ts'
import { oneLine } from '../../../print/shown-value.ts'
import { table } from '../../../print/table.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { draftFacts, stateText } from './draft-action.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('List all drafts and their states.')
    .addHelpText('after', examples(['waypost config draft list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(
    options,
    async (config) => {
      const { drafts, damaged } = await config.drafts.list({ timeoutMs: options.timeout })
      await output.print(options, {
        simple: () => draftsTable(drafts),
        table: () => draftsTable(drafts),
        json: () => drafts.map(draftFacts),
      })
      for (const { key, reason } of damaged) terminal.writeError(`${key} cannot be read: ${reason}\n`)
    },
    { action: 'read', subject: '' },
  )
}

function draftsTable(drafts: readonly Draft[]): string {
  if (drafts.length === 0) return 'No drafts.\n'
  const rows = drafts.map((draft) => [
    draft.path,
    oneLine(stateText(draft)),
    oneLine(draft.author),
    draft.at,
    String(draft.base),
    oneLine(draft.comment ?? ''),
  ])
  return table(['PATH', 'STATE', 'AUTHOR', 'AT', 'BASE', 'COMMENT'], rows, terminal.tableStyle)
}
