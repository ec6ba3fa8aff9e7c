import type { Command } from 'commander'
import { keysBelow } from '../access/asked.ts'
import { UsageError } from '../command-line/exit-codes.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { factsOutput } from '../print/output.ts'
import { holdPlace } from '../queue/hold-place.ts'
import { observeLeader } from '../queue/observe-leader.ts'
import { Place } from '../queue/place.ts'
import { printKeyValue } from '../queue/print-key-value.ts'
import { runWhileHeld } from '../queue/run-while-held.ts'
import { withStore } from '../store/store.ts'
import { onInterrupt } from '../terminal/interrupt.ts'
import { terminal } from '../terminal/terminal.ts'

export const output = factsOutput

interface ElectOptions extends GlobalOptions {
  readonly listen?: true
  readonly token: string
}

/** How long a leader outlives a machine that dies. */
const ttlSeconds = 60

export function define(command: Command): void {
  command
    .description(
      'Take part in an election with a proposal: print it once elected, and lead until Ctrl+C. With --listen: print ' +
        'the leader, now and whenever it changes.',
    )
    .argument('<name>')
    .argument('[proposal]')
    .argument('[command...]', 'runs while it leads; signals are forwarded to it, and its exit code is returned')
    .option('-l, --listen', 'only show who leads')
    .option('--token <variable>', "the command's variable for the fencing token, which only rises", 'WAYPOST_TOKEN')
    .addHelpText(
      'after',
      examples(
        ['waypost elect scheduler host-1', ''],
        ['waypost elect scheduler host-1 -- ./schedule.sh', 'while it leads'],
        ['waypost elect scheduler --listen', ''],
      ),
    )
    .action(elect)
}

async function elect(
  name: string,
  proposal: string | undefined,
  [program, ...args]: readonly string[],
  own: ElectOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  if ((proposal === undefined) !== (own.listen === true)) throw new UsageError('Give a proposal, or --listen.')
  using interrupt = onInterrupt()
  await withStore(
    options,
    async (etcd) => {
      if (proposal !== undefined) {
        terminal.surviveReaders()
        const place = await Place.take(etcd, name, proposal, ttlSeconds)
        if (program === undefined) await holdPlace(etcd, place, options, interrupt)
        else {
          const more = () => ({ WAYPOST_ELECTION_KEY: place.key })
          await runWhileHeld(place, program, args, { token: own.token, what: 'lead', more }, interrupt)
        }
        return
      }
      await observeLeader(etcd, name, interrupt.signal, (leader) => printKeyValue(etcd, leader, options)).catch(
        (error: unknown) => {
          if (!interrupt.signal.aborted) throw error
        },
      )
    },
    keysBelow('readwrite', `${name}/`),
  )
}
