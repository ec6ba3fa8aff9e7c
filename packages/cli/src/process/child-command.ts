import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { UsageError } from '../command-line/exit-codes.ts'

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/** A command that runs on this terminal as if it had been started without us. */
export class ChildCommand {
  /** The exit code: the command's own, or 128 plus the number of the signal that ended it, as shells do. */
  readonly exited: Promise<number>
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
  }

  /** @param env what is added to the environment */
  static start(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ChildCommand> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
      child.once('error', (error) => reject(new UsageError(`${command} cannot be run: ${error.message}`)))
      child.once('spawn', () => resolve(new ChildCommand(child)))
    })
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
}

/**
 * Tells `listener` of each signal that asks this process to end or to do something, until disposed.
 * Ctrl+C on a terminal reaches the command without our help: the listener must not pass that one on.
 */
export function onSignals(listener: (name: NodeJS.Signals) => void): Disposable {
  for (const name of forwarded) process.on(name, listener)
  return {
    [Symbol.dispose]() {
      for (const name of forwarded) process.off(name, listener)
    },
  }
}
