import type { DocumentStatus, ProcessStatus, StateCounts } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('Show which live processes use a document, and which of them have applied its current text.')
    .argument('<path>')
    .addHelpText('after', examples(['waypost config status order/application.yaml', '']))
    .action(showStatus)
}

async function showStatus(path: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(
    options,
    async (config) => {
      const status = await config.consumers.status(path, { timeoutMs: options.timeout })
      await output.print(options, {
        simple: () => statusText(status),
        table: () => processesTable(status.processes),
        json: () => status,
      })
      for (const { key, reason } of status.damaged) terminal.writeError(`${key} cannot be read: ${reason}\n`)
    },
    { action: 'read', subject: path },
  )
}

function statusText({ path, release, changedByHand, released, canaries, processes }: DocumentStatus): string {
  const at = release === 0 ? 'has no release' : `is at release ${release}`
  const byHand = changedByHand ? ', and has been changed by hand since' : ''
  const lines = [`${path} ${at}${byHand}: ${countsText(released)}.\n`]
  for (const { name, counts } of canaries) lines.push(`Canary ${name}: ${countsText(counts)}.\n`)
  if (processes.length > 0) lines.push('\n', processesTable(processes))
  return lines.join('')
}

function countsText({ applied, rejected, pending }: StateCounts): string {
  return `${applied} applied, ${rejected} rejected, ${pending} pending`
}

/** Columns that no process fills are left out. */
function processesTable(processes: readonly ProcessStatus[]): string {
  const columns: readonly (readonly [string, (process: ProcessStatus) => string])[] = [
    ['APP', ({ app }) => app],
    ['PROFILE', ({ profile }) => profile ?? ''],
    ['INSTANCE', ({ instance }) => instance],
    ['PROCESS', ({ process }) => process],
    ['VERSION', ({ version }) => version ?? ''],
    ['STATE', ({ state }) => coloured(state)],
    ['RELEASE', ({ release }) => String(release ?? '')],
    ['CANARY', ({ canary }) => canary ?? ''],
    ['REASON', ({ reason }) => oneLine(reason ?? '')],
  ]
  const filled = columns.filter(([, cell]) => processes.some((process) => cell(process) !== ''))
  return table(
    filled.map(([title]) => title),
    processes.map((process) => filled.map(([, cell]) => cell(process))),
    terminal.tableStyle,
  )
}

function coloured(state: ProcessStatus['state']): string {
  const { green, red, yellow } = terminal.colors
  if (state === 'applied') return green(state)
  return state === 'rejected' ? red(state) : yellow(state)
}
