import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withCoordination } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = listOutput

interface PeekOptions extends GlobalOptions {
  readonly limit: number
  readonly dead?: true
}

export function define(command: Command): void {
  command
    .description('Show the jobs that are taken next, without taking them, or the dead letters.')
    .argument('<queue>')
    .option('--limit <n>', 'how many', parsePositive, 10)
    .option('--dead', 'the dead letters, and why')
    .addHelpText('after', examples(['waypost queue peek mail', ''], ['waypost queue peek mail --dead', '']))
    .action(peek)
}

async function peek(name: string, _own: PeekOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<PeekOptions>()
  await withCoordination(options, async (coordination) => {
    const queue = coordination.queue(name)
    if (options.dead) {
      const letters = (await queue.deadLetters()).slice(0, options.limit)
      const rows = letters.map(({ id, attempt, error, finishedAt }) => [
        oneLine(id),
        String(attempt),
        finishedAt?.toISOString() ?? '',
        oneLine(error ?? ''),
      ])
      const text = (): string => table(['JOB', 'ATTEMPTS', 'SINCE', 'ERROR'], rows, terminal.tableStyle)
      await output.print(options, { simple: text, table: text, json: () => letters })
      return
    }
    const jobs = await queue.peek(options.limit)
    const rows = jobs.map(({ id, priority, group = '', addedAt, data }) => [
      oneLine(id),
      String(priority),
      oneLine(group),
      addedAt.toISOString(),
      oneLine(JSON.stringify(data)),
    ])
    const text = (): string => table(['JOB', 'PRIORITY', 'GROUP', 'ADDED', 'DATA'], rows, terminal.tableStyle)
    await output.print(options, { simple: text, table: text, json: () => jobs })
  })
}
