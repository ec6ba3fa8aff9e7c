import type { Policy } from '@waypost/config/admin'
import type { Command } from 'commander'
import { scopeReads } from '../../../access/asked.ts'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { listOutput } from '../../../print/output.ts'
import { table } from '../../../print/table.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('List which paths and folders require how many approvals, and by whom.')
    .addHelpText('after', examples(['waypost config policy list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(
    options,
    async (config) => {
      const policies = await config.policies.list({ timeoutMs: options.timeout })
      await output.print(options, {
        simple: () => policiesTable(policies),
        table: () => policiesTable(policies),
        json: () => policies,
      })
    },
    scopeReads('policies'),
  )
}

function policiesTable(policies: readonly Policy[]): string {
  if (policies.length === 0) return 'Nothing needs approval.\n'
  const rows = policies.map(({ scope, approvals, approvers }) => [
    scope || "''",
    String(approvals),
    approvers?.join(', ') ?? 'everybody',
  ])
  return table(['SCOPE', 'APPROVALS', 'BY'], rows, terminal.tableStyle)
}
