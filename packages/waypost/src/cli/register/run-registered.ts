import type { Registration } from '@waypost/registry'
import { ChildCommand, onSignals } from './child-process.ts'
import { leave } from './leave.ts'

const endings: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])

/**
 * Runs a command while the instance is registered. The first signal that ends it makes the instance leave before it is
 * passed on, so that no new requests reach a process that is stopping; further ones are passed on at once.
 * The answer is the exit code.
 */
export async function runRegistered(
  registration: Registration,
  command: string,
  args: readonly string[],
): Promise<number> {
  const child = await ChildCommand.start(command, args)
  let left: Promise<void> | undefined
  using _ = onSignals((name) => {
    // The terminal has sent it to the command already.
    const pass = name === 'SIGINT' && process.stdin.isTTY ? () => {} : () => child.signal(name)
    if (left !== undefined || !endings.has(name)) pass()
    else left = leave(registration).then(pass)
  })
  const code = await child.exited
  left ??= leave(registration)
  await left
  return code
}
