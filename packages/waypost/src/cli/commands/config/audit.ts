import type { Command } from 'commander'
import { oneLine } from '../../config/shown-value.ts'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { factsJson } from '../../output/service-json.ts'
import { table } from '../../output/table.ts'
import { parseInt64, parsePositive } from '../../parse-values.ts'
import { withConfig } from '../../store.ts'
import { terminal } from '../../terminal.ts'

interface AuditOptions extends GlobalOptions {
  readonly limit: number
  readonly before?: bigint
}

export function define(command: Command): void {
  command
    .description('Tell who did what with the configuration, the newest first.')
    .argument('[path]', 'only what concerns this document')
    .option('--limit <n>', 'look at so many entries', parsePositive, 50)
    .option('--before <revision>', 'only what was done before this revision of the store', parseInt64)
    .addHelpText(
      'after',
      examples(['waypost config audit', ''], ['waypost config audit order/application.yaml --limit 500', '']),
    )
    .action(audit)
}

async function audit(path: string | undefined, _own: AuditOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AuditOptions>()
  const { limit, before, timeout: timeoutMs } = options
  await withConfig(options, async (config) => {
    const { entries, damaged } = await config.audit({ path, limit, before, timeoutMs })
    if (options.writeOut === 'json') for (const entry of entries) terminal.write(factsJson(entry))
    else {
      const rows = entries.map((entry) => [
        entry.at,
        oneLine(entry.author ?? ''),
        entry.action,
        oneLine(entry.paths.join(' ')),
        oneLine(entry.comment ?? ''),
        String(entry.revision),
      ])
      terminal.write(table(['AT', 'WHO', 'DID', 'TO', 'COMMENT', 'REVISION'], rows, terminal.tableStyle))
    }
    for (const { key, reason } of damaged) terminal.writeError(`${key} cannot be read: ${reason}\n`)
  })
}
