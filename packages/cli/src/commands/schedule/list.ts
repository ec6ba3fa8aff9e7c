import type { Schedule } from '@waypost/coordination'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = listOutput

export function define(command: Command): void {
  addGroupOption(command)
    .description('List the schedules, when each runs next, and who leads them.')
    .addHelpText('after', examples(['waypost schedule list', '']))
    .action(list)
}

async function list(_own: GroupOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GroupOptions>()
  await withSchedules(options, async (schedules) => {
    const [all, status] = await Promise.all([schedules.list(), schedules.status()])
    const nexts = await Promise.all(all.map(async ({ name }) => (await schedules.next(name, { count: 1 }))[0]))
    const rows = all.map((schedule, index) => [
      oneLine(schedule.name),
      timesText(schedule),
      schedule.queue === undefined ? 'function' : `queue ${schedule.queue}`,
      schedule.overlap,
      schedule.paused
        ? oneLine(`paused ${schedule.pauseReason ?? ''}`.trim())
        : (nexts[index]?.toISOString() ?? 'never'),
    ])
    const text = (): string => {
      if (all.length === 0) return 'There is no schedule.\n'
      const listed = table(['SCHEDULE', 'TIMES', 'RUNS', 'OVERLAP', 'NEXT'], rows, terminal.tableStyle)
      return `${listed}${status === undefined ? 'Nobody leads.' : `${status.leader} leads.`}\n`
    }
    const json = (): unknown => ({
      leader: status,
      schedules: all.map((schedule, index) => ({ ...schedule, next: nexts[index] })),
    })
    await output.print(options, { simple: text, table: text, json })
  })
}

function timesText({ cron, timeZone = 'UTC', everyMs, atMs }: Schedule): string {
  if (cron !== undefined) return `${cron} (${timeZone})`
  if (everyMs !== undefined) return `every ${everyMs / 1_000} s`
  return `at ${new Date(atMs ?? 0).toISOString()}`
}
