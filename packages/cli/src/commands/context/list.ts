import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { table } from '../../print/table.ts'
import { type Contexts, readContexts } from '../../store/contexts.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('List the contexts. A star marks the current one.')
    .addHelpText('after', examples(['waypost context list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const found = await readContexts()
  await output.print(command.optsWithGlobals<GlobalOptions>(), {
    simple: () => contextsTable(found),
    table: () => contextsTable(found),
    json: () =>
      Object.entries(found.contexts).map(([name, facts]) => ({ name, current: name === found.current, ...facts })),
  })
}

function contextsTable({ current, contexts }: Contexts): string {
  const rows = Object.entries(contexts).map(([name, { endpoints, user = '', namespace = '' }]) => [
    name === current ? `${name} *` : name,
    endpoints.join(','),
    user,
    namespace,
  ])
  if (rows.length === 0) return 'No contexts.\n'
  return table(['NAME', 'ENDPOINTS', 'USER', 'NAMESPACE'], rows, terminal.tableStyle)
}
