import type { LeaderStatus, Schedule, Schedules } from '@waypost/coordination'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { redrawEachSecond } from '../../terminal/redraw-each-second.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = listOutput

interface ListOptions extends GroupOptions {
  readonly watch?: true
}

interface Listed {
  readonly leader: LeaderStatus | undefined
  readonly schedules: readonly (Schedule & { readonly next: Date | undefined })[]
}

export function define(command: Command): void {
  addGroupOption(command)
    .description('List the schedules, when each runs next, and who leads them.')
    .option('--watch', 'redraw the table every second')
    .addHelpText('after', examples(['waypost schedule list', ''], ['waypost schedule list --watch', 'until Ctrl+C']))
    .action(list)
}

async function list(_own: ListOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ListOptions>()
  await withSchedules(options, async (schedules) => {
    if (!options.watch) {
      await print(await read(schedules), options)
      return
    }
    await redrawEachSecond({
      read: () => read(schedules),
      draw: scheduleTable,
      print: (listed) => print(listed, options),
      isLive: terminal.isTty && output.choose(options, { simple: true, table: true, json: false }),
    })
  })
}

async function read(schedules: Schedules): Promise<Listed> {
  const [all, leader] = await Promise.all([schedules.list(), schedules.status()])
  const listed = await Promise.all(
    all.map(async (schedule) => ({ ...schedule, next: (await schedules.next(schedule, { count: 1 }))[0] })),
  )
  return { leader, schedules: listed }
}

async function print(listed: Listed, options: ListOptions): Promise<void> {
  const text = (): string => scheduleTable(listed)
  await output.print(options, { simple: text, table: text, json: () => listed })
}

function scheduleTable({ leader, schedules }: Listed): string {
  if (schedules.length === 0) return 'There is no schedule.\n'
  const rows = schedules.map(({ next, ...schedule }) => [
    oneLine(schedule.name),
    timesText(schedule),
    schedule.queue === undefined ? 'function' : `queue ${schedule.queue}`,
    schedule.overlap,
    schedule.paused ? oneLine(`paused ${schedule.pauseReason ?? ''}`.trim()) : (next?.toISOString() ?? 'never'),
  ])
  const listed = table(['SCHEDULE', 'TIMES', 'RUNS', 'OVERLAP', 'NEXT'], rows, terminal.tableStyle)
  return `${listed}${leader === undefined ? 'Nobody leads.' : `${leader.leader} leads.`}\n`
}

function timesText({ cron, timeZone = 'UTC', everyMs, atMs }: Schedule): string {
  if (cron !== undefined) return `${cron} (${timeZone})`
  if (everyMs !== undefined) return `every ${everyMs / 1_000} s`
  return `at ${new Date(atMs ?? 0).toISOString()}`
}
