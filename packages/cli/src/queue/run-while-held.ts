import { onAbort, throwIfAborted } from '@waypost/core'
import { ChildCommand, onSignals } from '../process/child-command.ts'
import type { Interrupt } from '../terminal/interrupt.ts'
import { terminal } from '../terminal/terminal.ts'
import type { Place } from './place.ts'

/** What a command that runs under a lock or a lead finds in its environment. */
interface HeldEnvironment {
  /** The variable for the fencing token. */
  readonly token: string
  /** What is held, for the message when it is lost. */
  readonly what: string
  /** More variables. */
  more(revision: bigint): Readonly<Record<string, string>>
}

/**
 * Waits for the place's turn and runs a command while it is held. Signals are passed on to the command, and its exit
 * code becomes ours.
 */
export async function runWhileHeld(
  place: Place,
  program: string,
  args: readonly string[],
  { token, what, more }: HeldEnvironment,
  interrupt: Interrupt,
): Promise<void> {
  try {
    const { revision } = await place.turn(interrupt.signal)
    throwIfAborted(interrupt.signal)
    const env = { ...more(revision), [token]: String(place.token) }
    const child = await ChildCommand.start(program, args, env)
    using _ = onSignals((name) => {
      // The terminal has sent it to the command already.
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.signal(name)
    })
    // Only now, so that at no moment a signal finds nobody.
    interrupt[Symbol.dispose]()
    if (interrupt.signal.aborted) child.signal('SIGTERM')
    const release = onAbort(place.lost, () =>
      terminal.writeError(`The lease has expired: somebody else may hold the ${what} now.\n`),
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
