import { CommanderError } from 'commander'
import { exitCodes } from './exit-codes.ts'
import { buildProgram } from './program.ts'
import { reportError } from './report-error.ts'

/** Runs one command line and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync(withHelpAsOption(argv), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) reportError(error)
    else if (error.exitCode !== 0) process.exitCode = exitCodes.usage.code
  }
}

/** `waypost help get` is `waypost get --help`. */
function withHelpAsOption(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]
}
