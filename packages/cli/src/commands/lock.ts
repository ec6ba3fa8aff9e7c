import type { Command } from 'commander'
import { keysBelow } from '../access/asked.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { parsePositive } from '../command-line/parse-values.ts'
import { factsOutput } from '../print/output.ts'
import { holdPlace } from '../queue/hold-place.ts'
import { Place } from '../queue/place.ts'
import { runWhileHeld } from '../queue/run-while-held.ts'
import { withStore } from '../store/store.ts'
import { onInterrupt } from '../terminal/interrupt.ts'
import { terminal } from '../terminal/terminal.ts'

export const output = factsOutput

interface LockOptions extends GlobalOptions {
  readonly ttl: number
  readonly token: string
}

export function define(command: Command): void {
  command
    .usage('[options] <name> [-- command…]')
    .description(
      'Wait for a lock and hold it until Ctrl+C or, with a command, while the command runs. Its variables ' +
        'ETCD_LOCK_KEY and ETCD_LOCK_REV name the key and the revision of the lock.',
    )
    .argument('<name>')
    .argument('[command...]', 'signals are forwarded to it, and its exit code is returned')
    .option('--ttl <seconds>', 'how long the lock survives a crashed machine', parsePositive, 10)
    .option('--token <variable>', "the command's variable for the fencing token, which only rises", 'WAYPOST_TOKEN')
    .addHelpText(
      'after',
      examples(['waypost lock /locks/migration', 'until Ctrl+C'], ['waypost lock migration -- ./migrate.sh', '']),
    )
    .action(lock)
}

async function lock(
  name: string,
  [program, ...args]: readonly string[],
  { ttl, token }: LockOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  await withStore(
    options,
    async (etcd) => {
      const place = await Place.take(etcd, name, '', ttl)
      if (program === undefined) await holdPlace(etcd, place, options, interrupt)
      else {
        const more = (revision: bigint) => ({ ETCD_LOCK_KEY: place.key, ETCD_LOCK_REV: String(revision) })
        await runWhileHeld(place, program, args, { token, what: 'lock', more }, interrupt)
      }
    },
    keysBelow('readwrite', `${name}/`),
  )
}
