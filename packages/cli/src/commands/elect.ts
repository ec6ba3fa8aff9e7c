import type { Command } from 'commander'
import { UsageError } from '../command-line/exit-codes.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { factsOutput } from '../print/output.ts'
import { holdPlace } from '../queue/hold-place.ts'
import { observeLeader } from '../queue/observe-leader.ts'
import { Place } from '../queue/place.ts'
import { printKeyValue } from '../queue/print-key-value.ts'
import { withStore } from '../store/store.ts'
import { onInterrupt } from '../terminal/interrupt.ts'
import { terminal } from '../terminal/terminal.ts'

export const output = factsOutput

interface ElectOptions extends GlobalOptions {
  readonly listen?: true
}

/** How long a leader outlives a machine that dies. */
const ttlSeconds = 60

export function define(command: Command): void {
  command
    .description(
      'Take part in an election with a proposal: print it once elected, and lead until Ctrl+C. With --listen: print ' +
        'who leads, now and whenever it changes.',
    )
    .argument('<name>')
    .argument('[proposal]')
    .option('-l, --listen', 'only look who leads')
    .addHelpText('after', examples(['waypost elect scheduler host-1', ''], ['waypost elect scheduler --listen', '']))
    .action(elect)
}

async function elect(name: string, proposal: string | undefined, own: ElectOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  if ((proposal === undefined) !== (own.listen === true)) throw new UsageError('Give a proposal, or --listen.')
  using interrupt = onInterrupt()
  await withStore(options, async (etcd) => {
    if (proposal !== undefined) {
      terminal.surviveReaders()
      await holdPlace(etcd, await Place.take(etcd, name, proposal, ttlSeconds), options, interrupt)
      return
    }
    await observeLeader(etcd, name, interrupt.signal, (leader) => printKeyValue(etcd, leader, options)).catch(
      (error: unknown) => {
        if (!interrupt.signal.aborted) throw error
      },
    )
  })
}
