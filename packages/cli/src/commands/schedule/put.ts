import { overlaps } from '@waypost/coordination'
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import { examples } from '../../command-line/help.ts'
import { parseDurationMs } from '../../command-line/parse-values.ts'
import { factsOutput } from '../../print/output.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = factsOutput

interface PutOptions extends GroupOptions {
  readonly cron?: string
  readonly timeZone?: string
  readonly every?: number
  readonly at?: Date
  readonly queue?: string
  readonly payload?: unknown
  readonly overlap?: string
  readonly catchUp?: number
  readonly jitter?: number
}

export function define(command: Command): void {
  addGroupOption(command)
    .description(
      'Create or replace a schedule. It adds a job to a queue or, without --queue, runs the function that the processes ' +
        'of the group have for it. At least one process of the group must be running.',
    )
    .argument('<name>')
    .option('--cron <pattern>', 'five fields, or six with seconds first')
    .option('--time-zone <name>', 'of the pattern, such as Asia/Shanghai; default UTC')
    .option('--every <duration>', 'at this interval, such as 90s or 2h', parseDurationMs)
    .option('--at <time>', 'once, such as 2026-12-24T18:00:00Z', parseTime)
    .option('--queue <name>', 'the queue that gets a job for each run')
    .option('--payload <json>', 'the data of the job', parseJson)
    .option('--overlap <rule>', overlaps.join(', '))
    .option('--catch-up <duration>', 'catch up on missed runs that are no older than this', parseDurationMs)
    .option('--jitter <duration>', 'delay each run by up to this much, at random', parseDurationMs)
    .addHelpText('after', examples(["waypost schedule put nightly --cron '0 3 * * *' --queue reports", '']))
    .action(put)
}

async function put(name: string, _own: PutOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<PutOptions>()
  const { cron, timeZone, every: everyMs, at, queue, payload } = options
  const overlap = overlaps.find((each) => each === options.overlap)
  if (options.overlap !== undefined && overlap === undefined) {
    throw new UsageError(`There is no rule ${options.overlap}; the rules are ${overlaps.join(', ')}.`)
  }
  const times = { cron, timeZone, everyMs, at }
  const rules = { queue, payload, overlap, catchUpMs: options.catchUp, jitterMs: options.jitter }
  await withSchedules(options, async (schedules) => {
    await schedules.put(name, { ...times, ...rules }, { takePart: false })
    const [next] = await schedules.next(name, { count: 1 })
    const sentence = `${name} runs next at ${next?.toISOString() ?? 'no time'}.\n`
    await output.print(options, { simple: () => sentence, json: () => ({ name, next }) })
  })
}

function parseTime(text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('It is not a time such as 2026-12-24T18:00:00Z.')
  return time
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('It is not JSON.')
  }
}
