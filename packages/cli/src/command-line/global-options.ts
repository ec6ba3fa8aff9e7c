import { type Command, InvalidArgumentError, Option } from 'commander'
import { type OutputFormat, outputFormats } from '../print/output.ts'
import type { PasswordSource } from '../store/contexts.ts'
import { parseDurationMs } from './parse-values.ts'

/** What every command takes, as given on the command line. */
export interface GlobalOptions {
  readonly endpoints?: readonly string[]
  readonly user?: string
  readonly password?: string
  readonly namespace?: string
  readonly timeout?: number
  readonly cacert?: string
  readonly cert?: string
  readonly key?: string
  readonly insecureSkipTlsVerify?: true
  readonly writeOut?: OutputFormat
  readonly hex?: true
  readonly context?: string
  /** The context that the rest was taken from, and where its password comes from. Not on the command line. */
  readonly contextName?: string
  readonly contextHub?: string
  readonly passwordSource?: PasswordSource
}

export function addGlobalOptions(program: Command): void {
  program
    .on('option:output', (format: unknown) => program.setOptionValue('writeOut', format))
    .option('--context <name>', 'the store that `waypost context add` gave this name')
    .option('--endpoints <urls>', 'the stores, separated by commas (default: "http://127.0.0.1:2379")', parseEndpoints)
    .option('--user <name[:password]>', 'the user to log in as; without a password it is asked for')
    .option('--password <password>', 'the password (better: the variable WAYPOST_PASSWORD)')
    .option('--namespace <prefix>', 'stay inside the keys that start with this prefix')
    .option('--timeout <time>', 'how long an answer may take (default: "5s")', parseDurationMs)
    .option('--cacert <file>', 'trust servers whose certificate this authority signed')
    .option('--cert <file>', 'show this client certificate to servers')
    .option('--key <file>', "the client certificate's key")
    .option('--insecure-skip-tls-verify', 'accept any certificate')
    .addOption(new Option('-w, --write-out <format>', 'how answers are printed').choices(outputFormats))
    .addOption(new Option('-o, --output <format>', 'the same as --write-out').choices(outputFormats))
    .option('--hex', 'print keys and values as \\x61\\x62')
}

function parseEndpoints(text: string): string[] {
  const endpoints = text
    .split(',')
    .map((endpoint) => endpoint.trim())
    .filter((endpoint) => endpoint !== '')
  if (endpoints.length === 0) throw new InvalidArgumentError('Name at least one endpoint.')
  return endpoints
}
