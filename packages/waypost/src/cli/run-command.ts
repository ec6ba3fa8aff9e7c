import { CommanderError } from 'commander'
import { withUsualSpelling } from './etcdctl-spelling.ts'
import { exitCodes } from './exit-codes.ts'
import { buildProgram } from './program.ts'
import { reportError } from './report-error.ts'

/** Parses the command line, does what it says, and turns what goes wrong into a line and an exit code. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  process.on('uncaughtException', endAfterDefect)
  try {
    await buildProgram().parseAsync(withUsualSpelling(argv), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) reportError(error)
    else if (error.exitCode !== 0) process.exitCode = exitCodes.usage.code
  }
}

/** Nothing is known of the state any more, so the process ends; unhandled rejections come here too. */
function endAfterDefect(error: unknown): void {
  reportError(error)
  process.exit()
}
