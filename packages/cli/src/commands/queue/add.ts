import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseDurationMs, parseNumber, parsePositive } from '../../command-line/parse-values.ts'
import { factsOutput } from '../../print/output.ts'
import { withCoordination } from '../../store/store.ts'

export const output = factsOutput

interface AddOptions extends GlobalOptions {
  readonly id?: string
  readonly delay?: number
  readonly priority?: number
  readonly group?: string
  readonly attempts?: number
}

export function define(command: Command): void {
  command
    .description('Add a job. Its data is JSON, otherwise text.')
    .argument('<queue>')
    .argument('<data>')
    .option('--id <id>', 'the id of the job; a second job with the same id is not added')
    .option('--delay <duration>', 'wait this long before it may be taken, such as 90s or 2h', parseDurationMs)
    .option('--priority <n>', 'from -1000 to 1000; higher ones are taken first', parseNumber)
    .option('--group <name>', 'jobs of a group run one at a time, in order')
    .option('--attempts <n>', 'the maximum number of attempts', parsePositive)
    .addHelpText('after', examples([`waypost queue add mail '{"to":"ada"}' --delay 90s`, '']))
    .action(add)
}

async function add(name: string, data: string, _own: AddOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AddOptions>()
  const { id, delay: delayMs, priority, group, attempts } = options
  if (priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) <= 1_000)) {
    throw new UsageError('A priority is a whole number from -1000 to 1000.')
  }
  await withCoordination(options, async (coordination) => {
    const queue = coordination.queue(name)
    const job = await queue.add(parse(data), { id, delayMs, priority, group, attempts })
    if (!job.added) throw new WaypostError('already-exists', `The queue ${name} has had a job ${job.id} already.`)
    await output.print(options, { simple: () => `Added the job ${job.id}.\n`, json: () => job })
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
