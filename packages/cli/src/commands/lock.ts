import { onAbort, throwIfAborted } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { parsePositive } from '../command-line/parse-values.ts'
import { factsOutput } from '../print/output.ts'
import { ChildCommand, onSignals } from '../process/child-command.ts'
import { holdPlace } from '../queue/hold-place.ts'
import { Place } from '../queue/place.ts'
import { withStore } from '../store/store.ts'
import { type Interrupt, onInterrupt } from '../terminal/interrupt.ts'
import { terminal } from '../terminal/terminal.ts'

export const output = factsOutput

interface LockOptions extends GlobalOptions {
  readonly ttl: number
}

export function define(command: Command): void {
  command
    .usage('[options] <name> [-- command…]')
    .description(
      'Wait for a lock and hold it until Ctrl+C, or, with a command, while that runs. Its variables ' +
        'ETCD_LOCK_KEY and ETCD_LOCK_REV name the key and the revision of the lock.',
    )
    .argument('<name>')
    .argument('[command...]', 'signals are passed on to it, and its exit code is ours')
    .option('--ttl <seconds>', 'how long the lock outlives a machine that dies', parsePositive, 10)
    .addHelpText(
      'after',
      examples(['waypost lock /locks/migration', 'until Ctrl+C'], ['waypost lock migration -- ./migrate.sh', '']),
    )
    .action(lock)
}

async function lock(
  name: string,
  [program, ...args]: readonly string[],
  { ttl }: LockOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  await withStore(options, async (etcd) => {
    const place = await Place.take(etcd, name, '', ttl)
    if (program === undefined) await holdPlace(etcd, place, options, interrupt)
    else await whileLocked(place, program, args, interrupt)
  })
}

async function whileLocked(
  place: Place,
  program: string,
  args: readonly string[],
  interrupt: Interrupt,
): Promise<void> {
  try {
    const { revision } = await place.turn(interrupt.signal)
    throwIfAborted(interrupt.signal)
    const env = { ETCD_LOCK_KEY: place.key, ETCD_LOCK_REV: String(revision) }
    const child = await ChildCommand.start(program, args, env)
    using _ = onSignals((name) => {
      // The terminal has sent it to the command already.
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.signal(name)
    })
    // Only now, so that at no moment a signal finds nobody.
    interrupt[Symbol.dispose]()
    if (interrupt.signal.aborted) child.signal('SIGTERM')
    const release = onAbort(place.lost, () =>
      terminal.writeError('The lease has expired: the lock may be in other hands by now.\n'),
    )
    process.exitCode = await child.exited
    release()
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    // Whoever goes on when this has succeeded must not: the command has not run.
    process.exitCode = interrupt.exitCode
  } finally {
    await place.leave()
  }
}
