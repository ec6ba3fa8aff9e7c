import { readFile } from 'node:fs/promises'
import { messageOf, WaypostError } from '@waypost/core'
import type { Hub, HubOptions } from '@waypost/hub'
import { type Command, Option } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parsePort, parseUrls } from '../../command-line/parse-values.ts'
import { documentChecks } from '../../store/document-checks.ts'
import { storeOptions } from '../../store/store-options.ts'
import { onHangUp } from '../../terminal/hang-up.ts'
import { aborted, onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'
import { applySettings } from '../serve/serve-settings.ts'
import { type LogFormat, type LogLevel, lineLogger, logFormats, logLevels } from '../serve/server-logger.ts'
import { tlsFiles } from '../serve/tls-files.ts'
import { type AllDnsFlags, addAllDnsFlags, dnsOptionsOf } from './dns-options.ts'
import { addPeopleAndEventsOptions, type PeopleAndEventsOptions, peopleAndEvents } from './people-and-events.ts'

interface HubCommandOptions extends GlobalOptions, AllDnsFlags, PeopleAndEventsOptions {
  readonly config?: string
  readonly checkConfig?: true
  readonly host: string
  readonly port: number
  readonly certFile?: string
  readonly keyFile?: string
  readonly trustedCaFile?: string
  readonly clientCertAuth?: true
  readonly insecure?: true
  readonly allowedHosts?: string[]
  readonly allowedOrigins?: string[]
  readonly sessionSecretFile?: string
  readonly consoleDir?: string
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

export function define(command: Command): void {
  addPeopleAndEventsOptions(command)
  command
    .description(
      'Serve the HTTP API of a store: names, configuration, coordination and maintenance, for every language. Run as many ' +
        'as you like. --user is the login of the hub itself; callers use their own.',
    )
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0 takes a free one', parsePort, 8379)
    .option('--cert-file <file>', 'serve over TLS with the certificate in this PEM file')
    .option('--key-file <file>', "the certificate's private key, a PEM file")
    .option('--trusted-ca-file <file>', 'the authorities that sign the certificates of clients')
    .option('--client-cert-auth', 'accept only clients with a certificate signed by --trusted-ca-file')
    .option('--allowed-hosts <names>', 'host names that requests may use; * for all', parseUrls)
    .option('--allowed-origins <origins>', 'other origins whose pages may use the hub; * for all', parseUrls)
    .option(
      '--session-secret-file <file>',
      'a file with a secret of 32 characters or more: hubs that share it accept each other’s sessions',
    )
    .option('--console-dir <directory>', 'the files of the web console (default: the included ones)')
    .option('--insecure', 'listen on other addresses although the store requires no login')
  addAllDnsFlags(command)
    .option('--config <file>', 'options from a YAML file; also WAYPOST_<OPTION>')
    .option('--check-config', 'check the options, and do not start')
    .addOption(
      new Option('--log-level <level>', 'the level of the log on standard error').choices(logLevels).default('info'),
    )
    .addOption(new Option('--log-format <format>', 'the format of the log').choices(logFormats).default('text'))
    .addHelpText(
      'after',
      examples(
        ['waypost hub --endpoints http://10.0.0.1:2379,http://10.0.0.2:2379', ''],
        ['waypost hub --host 0.0.0.0 --cert-file hub.pem --key-file hub.key', 'for the network'],
        ['waypost hub --config /etc/waypost-hub.yaml --check-config', ''],
      ),
    )
    .action(run)
}

async function run(given: HubCommandOptions, command: Command): Promise<void> {
  await applySettings(command, given.config)
  const options = command.optsWithGlobals<HubCommandOptions>()
  const hubOptions = await optionsOf(options, command)
  if (options.checkConfig) {
    terminal.write(`The options are fine: ${options.host}:${options.port}.\n`)
    return
  }
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  const { startHub } = await import('@waypost/hub')
  const hub = await startHub(hubOptions).catch((error: unknown) => {
    throw explained(error)
  })
  using _ = hubOptions.tls && onHangUp(() => void reload(hub))
  terminal.write(welcome(hub, hubOptions))
  await aborted(interrupt.signal)
  terminal.writeError('Stopping. Ctrl+C again stops at once.\n')
  await hub.close()
}

async function optionsOf(options: HubCommandOptions, command: Command): Promise<HubOptions> {
  const { endpoints, auth, tls: storeTls, namespace } = await storeOptions(options)
  return {
    endpoints,
    auth,
    storeTls,
    checks: documentChecks,
    namespace,
    host: options.host,
    port: options.port,
    tls: tlsFiles(options),
    insecure: options.insecure,
    allowedHosts: options.allowedHosts,
    allowedOrigins: options.allowedOrigins,
    ...(await peopleAndEvents(options)),
    sessionSecret: await secretIn(options.sessionSecretFile),
    consoleDir: options.consoleDir,
    dns: dnsOptionsOf(options, command),
    drainMs: 1_000,
    logger: options.logLevel === 'silent' ? false : await lineLogger(options.logLevel, options.logFormat),
  }
}

async function secretIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw new UsageError(`--session-secret-file cannot be read: ${messageOf(error)}`)
  }
}

function explained(error: unknown): unknown {
  const isOpen = WaypostError.is(error, 'failed-precondition') && error.details.reason === 'login-not-required'
  return isOpen
    ? new UsageError(
        `${error.message.replace(/, or allow it with the option insecure\.$/, ', or allow it with --insecure.')}`,
      )
    : error
}

function welcome({ url, host, dns }: Hub, { endpoints }: HubOptions): string {
  const { bold, dim } = terminal.colors
  const reach = host === '0.0.0.0' || host === '::' ? url.replace(/\/\/[^/]*:/, '//127.0.0.1:') : url
  return `${[
    `${bold('The hub is ready.')} The HTTP API is on ${bold(reach)}`,
    `  store     ${[endpoints].flat().join(', ')}`,
    `  docs      ${reach}/docs`,
    ...(dns === undefined ? [] : [`  dns       ${dns.host}, port ${dns.port}`]),
    '',
    dim('Ctrl+C stops it.'),
  ].join('\n')}\n`
}

async function reload(hub: Hub): Promise<void> {
  try {
    await hub.reloadCertificates()
    terminal.writeError('The certificates were reloaded.\n')
  } catch (error) {
    terminal.writeError(`The old certificates stay in use. ${messageOf(error)}\n`)
  }
}
