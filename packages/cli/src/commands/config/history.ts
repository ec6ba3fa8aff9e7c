import type { ReleaseHistory, ReleaseInfo } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = listOutput

interface HistoryOptions extends GlobalOptions {
  readonly limit: number
  readonly before?: number
}

export function define(command: Command): void {
  command
    .description('List the releases of a document, newest first.')
    .argument('<path>')
    .option('--limit <n>', 'at most this many', parsePositive, 20)
    .option('--before <release>', 'only those before this one', parsePositive)
    .addHelpText(
      'after',
      examples(
        ['waypost config history order/application.yaml', ''],
        ['waypost config diff order/application.yaml 3 4', 'what release 4 changed'],
      ),
    )
    .action(history)
}

async function history(path: string, _own: HistoryOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<HistoryOptions>()
  const { limit, before, timeout: timeoutMs } = options
  await withConfig(
    options,
    async (config) => {
      const found = await config.releases.history(path, { limit, before, timeoutMs })
      if (found.current === 0 && !found.changedByHand) {
        throw new WaypostError('not-found', `There is no history of ${path}.`)
      }
      await output.print(options, {
        simple: () => historyTable(found),
        table: () => historyTable(found),
        json: () => found.releases,
      })
      reportFaults(found)
    },
    { action: 'read', subject: path },
  )
}

function historyTable({ releases, current, changedByHand }: ReleaseHistory): string {
  if (releases.length === 0) return 'No releases.\n'
  const { green } = terminal.colors
  const rows = releases.map((release) => {
    const isCurrent = release.release === current && !changedByHand
    return [
      isCurrent ? green(`${release.release} *`) : String(release.release),
      kindText(release),
      oneLine(release.author ?? ''),
      release.at,
      release.deleted ? '' : String(release.size),
      oneLine(release.comment ?? ''),
    ]
  })
  return table(['RELEASE', 'KIND', 'AUTHOR', 'AT', 'BYTES', 'COMMENT'], rows, terminal.tableStyle)
}

function kindText({ kind, restores, canary }: ReleaseInfo): string {
  if (restores !== undefined) return `${kind} to ${restores}`
  return canary === undefined ? kind : `${kind} ${canary}`
}

function reportFaults({ path, changedByHand, damaged }: ReleaseHistory): void {
  if (changedByHand) terminal.writeError(`${path} was changed by hand since.\n`)
  for (const { key, reason } of damaged) terminal.writeError(`${key} cannot be read: ${reason}\n`)
}
