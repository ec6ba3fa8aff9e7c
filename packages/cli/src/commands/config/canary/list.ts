import type { Canary } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { listOutput } from '../../../print/output.ts'
import { oneLine } from '../../../print/shown-value.ts'
import { table } from '../../../print/table.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { ruleText } from './canary-rule.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('List the canaries of a document in their order: the first that is for an instance wins.')
    .argument('<path>')
    .addHelpText('after', examples(['waypost config canary list order/application.yaml', '']))
    .action(list)
}

async function list(path: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(
    options,
    async (config) => {
      const { canaries } = await config.canaries.list(path, { timeoutMs: options.timeout })
      await output.print(options, {
        simple: () => canariesTable(path, canaries),
        table: () => canariesTable(path, canaries),
        json: () => canaries.map(({ content: _, ...facts }) => ({ path, ...facts })),
      })
    },
    { action: 'read', subject: path },
  )
}

function canariesTable(path: string, canaries: readonly Canary[]): string {
  if (canaries.length === 0) return `${path} has no canaries.\n`
  const rows = canaries.map(({ name, rule, author, at, comment }) => [
    name,
    oneLine(ruleText(rule)),
    oneLine(author ?? ''),
    at,
    oneLine(comment ?? ''),
  ])
  return table(['NAME', 'FOR', 'AUTHOR', 'AT', 'COMMENT'], rows, terminal.tableStyle)
}
