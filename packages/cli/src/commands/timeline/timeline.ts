import type { TimelineEvent } from '@waypost/hub/timeline'
import type { Command } from 'commander'
import { keysBelow } from '../../access/asked.ts'
import { addCommands } from '../../command-line/commands.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withStore } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { parseMoment } from './parse-moment.ts'

export const output = listOutput

interface TimelineOptions extends GlobalOptions {
  readonly kind?: string
  readonly service?: string
  readonly instance?: string
  readonly path?: string
  readonly name?: string
  readonly by?: string
  readonly from?: ReturnType<typeof parseMoment>
  readonly to?: ReturnType<typeof parseMoment>
  readonly limit: number
  readonly oldestFirst?: true
}

export function define(command: Command): void {
  command
    .description('Tell what has happened: releases, instances up and down, overrides, leaders …, the newest first.')
    .option('--kind <kinds>', 'only these kinds, separated by commas: instance.down, release.*')
    .option('--service <name>', 'only what concerns this service')
    .option('--instance <id>', 'only what concerns the instance of this id')
    .option('--path <path>', 'only events about this document, or a folder with its slash at the end')
    .option('--name <name>', 'only this election, canary, schedule, queue or process')
    .option('--by <author>', 'only what this person did')
    .option('--from <moment>', 'only what came later: a revision or a time', parseMoment)
    .option('--to <moment>', 'only what came before', parseMoment)
    .option('--limit <n>', 'the number of events', parsePositive, 50)
    .option('--oldest-first', 'begin with the oldest')
    .addHelpText(
      'after',
      examples(
        ['waypost timeline', ''],
        ["waypost timeline --kind 'instance.down,release.*' --from 2026-12-01T03:00:00Z", 'before it broke'],
        ['waypost timeline --service user --limit 200', ''],
        ['waypost timeline at 2026-12-01T03:05:00Z', 'the state then'],
      ),
    )
    .action(list)
  addCommands(command, [{ name: 'at', summary: 'show the state at a moment', load: () => import('./at.ts') }])
}

async function list(_own: TimelineOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<TimelineOptions>()
  const { Timeline, describeEvent, revisionOf } = await import('@waypost/hub/timeline')
  const { service, instance, path, name, by, from, to, timeout: timeoutMs } = options
  await withStore(
    options,
    async (etcd) => {
      const timeline = new Timeline(etcd)
      const kinds = options.kind?.split(',').map((kind) => kind.trim())
      const order = options.oldestFirst ? 'oldest' : 'newest'
      const filter = { kinds, service, instance, path, name, by, from, to, order, timeoutMs } as const
      const events: TimelineEvent[] = []
      let cursor: string | undefined
      do {
        const limit = Math.min(1_000, options.limit - events.length)
        const page = await timeline.list({ ...filter, limit, cursor })
        events.push(...page.events)
        cursor = page.next
      } while (cursor !== undefined && events.length < options.limit)
      const text = (): string => {
        const rows = events.map((event) => [
          event.at,
          event.id,
          event.kind,
          oneLine(describeEvent(event)) + markOf(event),
        ])
        return table(['AT', 'ID', 'KIND', 'WHAT'], rows, terminal.tableStyle)
      }
      const json = (): unknown =>
        events.map((event) => ({ ...event, revision: revisionOf(event.id), summary: describeEvent(event) }))
      await output.print(options, { simple: text, table: text, json })
    },
    keysBelow('read', '/waypost/timeline/'),
  )
}

function markOf({ late, inferred }: TimelineEvent): string {
  return late ? ' (late)' : inferred ? ' (inferred)' : ''
}
