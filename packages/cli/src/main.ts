import { packageVersion } from './version.ts'

/** Runs one command line and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // Only in front: `register --version 1.4` speaks of another program's version.
  if (argv[0] === '--version' || argv[0] === '-V') {
    process.stdout.write(`${packageVersion()}\n`)
    return
  }
  const { runCommand } = await import('./run-command.ts')
  await runCommand(withHelpAsOption(argv))
}

/** `waypost help get` is `waypost get --help`. */
function withHelpAsOption(argv: readonly string[]): readonly string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
}
