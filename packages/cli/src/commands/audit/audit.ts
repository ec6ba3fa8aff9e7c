import type { AuditEntry } from '@waypost/config/admin'
import type { Command } from 'commander'
import { keysBelow } from '../../access/asked.ts'
import { addCommands } from '../../command-line/commands.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseInt64, parsePositive } from '../../command-line/parse-values.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = listOutput

interface AuditOptions extends GlobalOptions {
  readonly path?: string
  readonly instance?: string
  readonly limit: number
  readonly before?: bigint
}

export function define(command: Command): void {
  command
    .description('Show who did what with configuration and services, newest first.')
    .option('--path <path>', 'only entries about this document')
    .option('--instance <service/id>', 'only entries about this instance; `user/`: all of the service user')
    .option('--limit <n>', 'how many entries to read', parsePositive, 50)
    .option('--before <revision>', 'only entries before this revision of the store', parseInt64)
    .addHelpText(
      'after',
      examples(
        ['waypost audit', ''],
        ['waypost audit --path order/application.yaml --limit 500', ''],
        ['waypost audit --instance user/web-1', 'who drained it'],
        ['waypost audit verify', 'nothing is missing or changed'],
      ),
    )
    .action(audit)
  addCommands(command, [
    { name: 'verify', summary: 'check that no entry was deleted or changed', load: () => import('./verify.ts') },
    { name: 'prune', summary: 'delete old entries', load: () => import('./prune.ts') },
  ])
}

async function audit(_own: AuditOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AuditOptions>()
  const { path, instance, limit, before, timeout: timeoutMs } = options
  await withConfig(
    options,
    async (config) => {
      const { entries, damaged } = await config.audit.list({ path, instance, limit, before, timeoutMs })
      await output.print(options, {
        simple: () => auditTable(entries),
        table: () => auditTable(entries),
        json: () => entries,
      })
      for (const { key, reason } of damaged) terminal.writeError(`${key} cannot be read: ${reason}\n`)
    },
    keysBelow('read', '/waypost/audit/'),
  )
}

function auditTable(entries: readonly AuditEntry[]): string {
  const rows = entries.map(
    ({ at, author = '', address, process, action, detail, paths, instances, comment = '', revision }) => [
      at,
      oneLine(address === undefined ? author : `${author} (${address})`),
      oneLine(process ?? ''),
      oneLine(detail === undefined ? action : `${action} ${detail}`),
      oneLine([...paths, ...instances].join(' ')),
      oneLine(comment),
      String(revision),
    ],
  )
  return table(['AT', 'WHO', 'PROCESS', 'DID', 'TO', 'COMMENT', 'REVISION'], rows, terminal.tableStyle)
}
