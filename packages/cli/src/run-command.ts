import { CommanderError } from 'commander'
import { exitCodes, UsageError } from './command-line/exit-codes.ts'
import { globalOptionsText } from './command-line/help-format.ts'
import { reportError } from './command-line/report-error.ts'
import { buildProgram } from './program.ts'
import { terminal } from './terminal/terminal.ts'

/** Parses the command line, does what it says, and turns what goes wrong into a line and an exit code. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  process.on('uncaughtException', endAfterDefect)
  try {
    refuseLostBytes(argv)
    const program = buildProgram()
    if (argv[0] === 'options' && argv[1] === '--help') terminal.write(globalOptionsText(program))
    else await program.parseAsync(argv, { from: 'user' })
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

/** Where the command line is not UTF-8, node hands over U+FFFD: what was meant is lost, and must not be written. */
function refuseLostBytes(argv: readonly string[]): void {
  if (!argv.some((word) => word.includes('\ufffd'))) return
  throw new UsageError(
    'The command line is not valid UTF-8. A value of any bytes can come on standard input, a key in a txn, as "\\xff".',
  )
}
