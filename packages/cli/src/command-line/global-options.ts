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
    .option('--context <name>', 'use the store with this name (see `waypost context add`)')
    .option('--endpoints <urls>', 'the stores, separated by commas (default: "http://127.0.0.1:2379")', parseEndpoints)
    .option('--user <name[:password]>', 'the user to log in as; prompts for a missing password')
    .option('--password <password>', 'the password (better: the variable WAYPOST_PASSWORD)')
    .option('--namespace <prefix>', 'use only keys that start with this prefix')
    .option('--timeout <time>', 'time limit for an answer (default: "5s")', parseDurationMs)
    .option('--cacert <file>', 'trust server certificates signed by this authority')
    .option('--cert <file>', 'authenticate with this client certificate')
    .option('--key <file>', "the client certificate's key")
    .option('--insecure-skip-tls-verify', 'accept any certificate')
    .addOption(new Option('-w, --write-out <format>', 'the output format').choices(outputFormats))
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
