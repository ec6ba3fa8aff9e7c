import type { Run } from '@waypost/coordination'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = listOutput

interface HistoryOptions extends GroupOptions {
  readonly limit: number
}

export function define(command: Command): void {
  addGroupOption(command)
    .description('Show the runs of a schedule, newest first.')
    .argument('<name>')
    .option('--limit <n>', 'how many', parsePositive, 20)
    .addHelpText('after', examples(['waypost schedule history nightly', '']))
    .action(history)
}

async function history(name: string, _own: HistoryOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<HistoryOptions>()
  await withSchedules(options, async (schedules) => {
    const runs = await schedules.history(name, { limit: options.limit })
    const text = (): string => runsTable(runs)
    await output.print(options, { simple: text, table: text, json: () => runs })
  })
}

function runsTable(runs: readonly Run[]): string {
  if (runs.length === 0) return 'There were no runs yet.\n'
  const rows = runs.map(({ plannedAt, state, startedAt, finishedAt, by, error, count }) => [
    plannedAt.toISOString(),
    count === undefined ? state : `${state} (${count})`,
    startedAt && finishedAt ? `${(finishedAt.getTime() - startedAt.getTime()) / 1_000} s` : '',
    oneLine(by),
    oneLine(error ?? ''),
  ])
  return table(['PLANNED', 'STATE', 'TOOK', 'BY', 'ERROR'], rows, terminal.tableStyle)
}
