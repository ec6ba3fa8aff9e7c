import type { Registration } from '@waypost/registry'
import { ChildCommand, onSignals } from '../../process/child-command.ts'
import type { Interrupt } from '../../terminal/interrupt.ts'
import { announceWhenReady } from './announce-when-ready.ts'
import { drain, leave } from './leave.ts'

const endings: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])

/**
 * Runs a command while the instance is registered. The first signal that ends it is passed on when everybody who sends
 * requests has seen that the instance is leaving, so that none reaches a process that is stopping; the next one is
 * passed on at once.
 * The instance is `up` from when its port takes connections; see `announceWhenReady`.
 * `interrupt`, which waited for Ctrl+C until here, is disposed of.
 * The answer is the exit code.
 */
export async function runRegistered(
  registration: Registration,
  command: string,
  args: readonly string[],
  interrupt: Interrupt,
  waitTimeoutMs: number,
): Promise<number> {
  const child = await ChildCommand.start(command, args)
  const ready = announceWhenReady(registration, child, waitTimeoutMs)
  const hurry = new AbortController()
  let left: Promise<void> | undefined
  using _ = onSignals((name) => {
    // The terminal has sent it to the command already.
    const pass = name === 'SIGINT' && process.stdin.isTTY ? () => {} : () => child.signal(name)
    const stop = (): Promise<unknown> => {
      pass()
      return child.exited
    }
    if (!endings.has(name)) pass()
    else if (left === undefined) left = drain(registration, stop, hurry.signal)
    else {
      hurry.abort()
      pass()
    }
  })
  // Only now, so that at no moment a signal finds nobody.
  interrupt[Symbol.dispose]()
  if (interrupt.signal.aborted) child.signal('SIGTERM')
  const code = await child.exited
  await ready
  left ??= leave(registration)
  await left
  return code
}
