import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { factsJson } from '../../../print/service-json.ts'
import { table } from '../../../print/table.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'

export function define(command: Command): void {
  command
    .description('List which paths and folders ask for how many approvals, and by whom.')
    .addHelpText('after', examples(['waypost config policy list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(options, async (config) => {
    const policies = await config.policies.list({ timeoutMs: options.timeout })
    if (options.writeOut === 'json') for (const policy of policies) terminal.write(factsJson(policy))
    else if (policies.length === 0) terminal.write('Nothing needs approval.\n')
    else {
      const rows = policies.map(({ scope, approvals, approvers }) => [
        scope || "''",
        String(approvals),
        approvers?.join(', ') ?? 'everybody',
      ])
      terminal.write(table(['SCOPE', 'APPROVALS', 'BY'], rows, terminal.tableStyle))
    }
  })
}
