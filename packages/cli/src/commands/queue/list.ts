import type { Coordination } from '@waypost/coordination'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { withCoordination } from '../../store/store.ts'
import { redrawEachSecond } from '../../terminal/redraw-each-second.ts'
import { terminal } from '../../terminal/terminal.ts'
import { type QueueLine, queueTable } from './queue-table.ts'

export const output = listOutput

interface ListOptions extends GlobalOptions {
  readonly watch?: true
}

export function define(command: Command): void {
  command
    .description('List the queues and the number of their jobs by state, or those of one queue.')
    .argument('[name]', 'a queue')
    .option('--watch', 'redraw the table every second')
    .addHelpText('after', examples(['waypost queue list', ''], ['waypost queue list --watch', 'until Ctrl+C']))
    .action(list)
}

async function list(name: string | undefined, _own: ListOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ListOptions>()
  await withCoordination(options, async (coordination) => {
    if (!options.watch) {
      await print(await linesOf(coordination, name), options)
      return
    }
    await redrawEachSecond({
      read: () => linesOf(coordination, name),
      draw: queueTable,
      print: (lines) => print(lines, options),
      isLive: terminal.isTty && output.choose(options, { simple: true, table: true, json: false }),
    })
  })
}

async function linesOf(coordination: Coordination, name: string | undefined): Promise<readonly QueueLine[]> {
  const names = name === undefined ? await coordination.queues() : [name]
  return Promise.all(names.map(async (each) => ({ name: each, ...(await coordination.queue(each).counts()) })))
}

async function print(lines: readonly QueueLine[], options: ListOptions): Promise<void> {
  await output.print(options, { simple: () => queueTable(lines), table: () => queueTable(lines), json: () => lines })
}
