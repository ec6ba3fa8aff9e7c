import type { CallOptions } from '@waypost/core'
import type { RegisterOptions as InstanceOptions, Registration, Registry } from '@waypost/registry'
import { type Command, InvalidArgumentError } from 'commander'
import { parseAddress } from '../../command-line/address.ts'
import { exitCodes } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseDurationMs, parsePositive, parseWeight } from '../../command-line/parse-values.ts'
import { reportError } from '../../command-line/report-error.ts'
import { withRegistry } from '../../store/store.ts'
import { aborted, onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'
import { announce } from './announce.ts'
import { leave } from './leave.ts'
import { runRegistered } from './run-registered.ts'

interface RegisterOptions extends GlobalOptions {
  readonly id?: string
  readonly ttl?: number
  readonly version?: string
  readonly zone?: string
  readonly weight?: number
  readonly scheme?: string
  readonly tag?: readonly string[]
  readonly meta?: Readonly<Record<string, string>>
  readonly waitTimeout: number
}

export function define(command: Command): void {
  command
    .usage('[options] <service> <host:port> [-- command…]')
    .description(
      'Register an instance of a service while this or, with a command after `--`, that command runs. ' +
        'At the end it is marked as leaving, then deleted; a signal is forwarded to the command once its consumers know.',
    )
    .argument('<service>')
    .argument('<address>', 'the address of the instance: host:port')
    .argument('[command...]', 'signals are forwarded to it, and its exit code is returned')
    .option('--id <id>', "the instance's id within the service (default: from host, process and a random part)")
    .option('--ttl <seconds>', 'how long the record survives a crashed machine', parsePositive, 10)
    .option('--version <version>', 'the version of the instance')
    .option('--zone <zone>', 'the zone of the instance')
    .option('--weight <weight>', 'its share of traffic relative to the others', parseWeight)
    .option('--scheme <scheme>', 'its protocol, such as http or grpc')
    .option('--tag <tag>', 'a label; may be repeated', collectTag)
    .option('--meta <name=value>', 'metadata; may be repeated', collectMeta)
    .option(
      '--wait-timeout <time>',
      'time limit for the command to accept connections; 0 does not wait (default: "60s")',
      parseWait,
      60_000,
    )
    .addHelpText(
      'after',
      examples(
        ['waypost register user 127.0.0.1:8080', 'until Ctrl+C'],
        ['waypost register user 127.0.0.1:8080 -- node server.js', 'while the server runs'],
        ['waypost register user 10.0.0.5:8080 --version 1.4.0 --zone eu-1 --tag canary', ''],
      ),
    )
    .action(register)
}

async function register(
  service: string,
  address: string,
  [program, ...args]: readonly string[],
  _own: RegisterOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<RegisterOptions>()
  const instance: InstanceOptions & CallOptions = {
    service,
    ...parseAddress(address),
    id: options.id,
    ttlSeconds: options.ttl,
    version: options.version,
    zone: options.zone,
    weight: options.weight,
    scheme: options.scheme,
    tags: options.tag,
    metadata: options.meta,
    status: program === undefined || options.waitTimeout === 0 ? 'up' : 'starting',
    timeoutMs: options.timeout,
  }
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  let commandExitCode: number | undefined
  const run = withRegistry(
    options,
    async (registry) => {
      const registration = await registerUnless(interrupt.signal, registry, instance)
      if (registration !== undefined) {
        announce(registration)
        if (program !== undefined && !interrupt.signal.aborted) {
          commandExitCode = await runRegistered(registration, program, args, interrupt, options.waitTimeout)
          return
        }
        await stay(registration, interrupt.signal)
      }
      // Whoever goes on when this has succeeded must not: the command has not run.
      if (program !== undefined) process.exitCode = interrupt.exitCode
    },
    { action: 'register', subject: service },
  )
  await run.catch((error: unknown) => {
    // What goes wrong after the command has ended is said, and changes nothing about how it ended.
    if (commandExitCode === undefined) throw error
    reportError(error)
  })
  if (commandExitCode !== undefined) process.exitCode = commandExitCode
}

/** `undefined` when the signal fires before the registration is complete. */
async function registerUnless(
  signal: AbortSignal,
  registry: Registry,
  instance: InstanceOptions & CallOptions,
): Promise<Registration | undefined> {
  try {
    return await registry.register({ ...instance, signal })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** Waits for Ctrl+C, or for the day on which another process takes the id. */
async function stay(registration: Registration, interrupted: AbortSignal): Promise<void> {
  const superseded = new Promise<void>((resolve) => {
    registration.onEvent((event) => {
      if (event.type !== 'superseded') return
      process.exitCode = exitCodes.failed.code
      resolve()
    })
  })
  await Promise.race([aborted(interrupted), superseded])
  await leave(registration)
}

function parseWait(text: string): number {
  return text === '0' ? 0 : parseDurationMs(text)
}

function collectTag(tag: string, before: readonly string[] = []): readonly string[] {
  return [...before, tag]
}

function collectMeta(pair: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const equals = pair.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Write name=value.')
  return { ...before, [pair.slice(0, equals)]: pair.slice(equals + 1) }
}
