import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { messageOf, WaypostError } from '@waypost/core'
import type { EmbeddedServer, TlsFiles } from '@waypost/server'
import { type Command, Option } from 'commander'
import { isLoopback } from '../../command-line/address.ts'
import { UsageError } from '../../command-line/exit-codes.ts'
import { examples } from '../../command-line/help.ts'
import {
  parseBoolean,
  parseDurationMs,
  parseInt64,
  parsePort,
  parsePositive,
  parseUrls,
} from '../../command-line/parse-values.ts'
import { onHangUp } from '../../terminal/hang-up.ts'
import { aborted, onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addDnsFlags, type DnsFlags, dnsOptionsOf } from '../hub/dns-options.ts'
import { authToken } from './auth-token.ts'
import { autoCompaction } from './auto-compaction.ts'
import { addEtcdFlags, etcdFlagNotes, etcdVariableNotes } from './etcd-flags.ts'
import { hubSecret } from './hub-secret.ts'
import { HubThread } from './hub-thread.ts'
import { hubTlsOf } from './hub-tls.ts'
import { listenAddress } from './listen-url.ts'
import { explainPortInUse } from './port-in-use.ts'
import { rootPassword } from './root-password.ts'
import { applySettings } from './serve-settings.ts'
import { type LogFormat, type LogLevel, logFormats, logLevels, serverLogger } from './server-logger.ts'
import { tlsFiles } from './tls-files.ts'
import { welcome } from './welcome.ts'

interface ServeOptions extends DnsFlags {
  readonly config?: string
  readonly checkConfig?: true
  readonly host: string
  readonly port: number
  readonly dataDir?: string
  readonly memory?: true
  readonly rootPasswordFile?: string
  readonly authToken?: string
  readonly authTokenTtl?: number
  readonly insecure?: true
  readonly certFile?: string
  readonly keyFile?: string
  readonly trustedCaFile?: string
  readonly clientCertAuth?: true
  readonly quotaBackendBytes?: bigint
  readonly autoCompactionMode?: string
  readonly autoCompactionRetention?: string
  readonly listenClientUrls?: string[]
  readonly advertiseClientUrls?: string[]
  readonly initialAdvertisePeerUrls?: string[]
  readonly name?: string
  readonly hostWhitelist?: string[]
  readonly cors?: string[]
  readonly bcryptCost?: number
  readonly maxRequestBytes?: number
  readonly maxTxnOps?: number
  readonly maxConcurrentStreams?: number
  readonly watchProgressNotifyInterval?: number
  readonly grpcKeepaliveInterval?: number
  readonly grpcKeepaliveTimeout?: number
  readonly enableGrpcGateway?: boolean
  readonly hub: boolean
  readonly hubPort: number
  readonly hubCertFile?: string
  readonly hubKeyFile?: string
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
  readonly warningUnaryRequestDuration?: number
}

const defaultDataDir = '.waypost'

export function define(command: Command): void {
  command
    .description('Run the embedded store: one process that speaks the etcd v3 API. Ctrl+C stops it.')
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0 takes a free one', parsePort, 2379)
    .option('--data-dir <directory>', `where the data is kept (default: "./${defaultDataDir}")`)
    .option('--memory', 'keep nothing on disk: all data is lost when it stops')
    .option(
      '--root-password-file <file>',
      'at the first start: create the user root with the password in this file, and require a login ' +
        '(env: WAYPOST_ROOT_PASSWORD, ETCD_ROOT_PASSWORD)',
    )
    .option(
      '--auth-token <spec>',
      'the kind of token: simple, or jwt,sign-method=…,pub-key=<file>,priv-key=<file>,ttl=10m ' + '(default: "simple")',
    )
    .option(
      '--auth-token-ttl <seconds>',
      'how long a simple token is valid after its last use (default: 300 s)',
      parsePositive,
    )
    .option('--cert-file <file>', 'serve over TLS with the certificate in this PEM file')
    .option('--key-file <file>', "the certificate's private key, a PEM file")
    .option('--trusted-ca-file <file>', 'the authorities that sign client certificates')
    .option('--client-cert-auth', 'accept only clients with a certificate signed by --trusted-ca-file')
    .option('--quota-backend-bytes <bytes>', 'the maximum size (default: 2 GiB; negative: unlimited)', parseInt64)
    .addOption(
      new Option(
        '--auto-compaction-mode <mode>',
        'what --auto-compaction-retention counts (default: "periodic")',
      ).choices(['periodic', 'revision']),
    )
    .option(
      '--auto-compaction-retention <retention>',
      'how much history to keep: hours or a time such as 10m, or revisions; 0 keeps all (default: "0")',
    )
    .option('--listen-client-urls <url>', 'the listen URL, as for etcd; instead of --host and --port', parseUrls)
    .option('--advertise-client-urls <urls>', 'the addresses that clients are told to use', parseUrls)
    .option('--initial-advertise-peer-urls <urls>', 'the peer URLs that `member list` shows', parseUrls)
    .option('--name <name>', 'the member\'s name (default: "default")')
    .option('--host-whitelist <names>', 'host names that HTTP requests may use on a store without a login', parseUrls)
    .option('--cors <origins>', 'origins that may use the JSON gateway, such as https://example.com', parseUrls)
    .option('--enable-grpc-gateway [boolean]', 'also serve the API as JSON over HTTP (default: true)', parseBoolean)
    .option('--bcrypt-cost <cost>', 'the bcrypt cost of new password hashes, 4 to 31 (default: 10)', parsePositive)
    .option('--max-request-bytes <bytes>', 'the maximum size of a write (default: 1572864)', parsePositive)
    .option('--max-txn-ops <count>', 'the maximum number of operations in a transaction (default: 128)', parsePositive)
    .option(
      '--max-concurrent-streams <count>',
      'the maximum number of concurrent calls per connection (default: 100000)',
      parsePositive,
    )
    .option(
      '--watch-progress-notify-interval <time>',
      'how often idle watchers that requested it get the revision (default: 10m)',
      parseDurationMs,
    )
    .option(
      '--grpc-keepalive-interval <time>',
      'how often an idle connection is pinged (default: 30s)',
      parseDurationMs,
    )
    .option('--grpc-keepalive-timeout <time>', 'how long the ping may take (default: 20s)', parseDurationMs)
    .option('--config <file>', 'options from a YAML file, or from a configuration file of etcd; also WAYPOST_<OPTION>')
    .option('--check-config', 'check the options, and do not start')
    .addOption(
      new Option('--log-level <level>', 'the level of the log on standard error').choices(logLevels).default('info'),
    )
    .addOption(new Option('--log-format <format>', 'the format of the log').choices(logFormats).default('text'))
    .option(
      '--warning-unary-request-duration <time>',
      'log requests that take longer (default: 300ms)',
      parseDurationMs,
    )
    .option('--no-hub', 'do not serve the HTTP API beside the store')
    .option(
      '--hub-cert-file <file>',
      'the client certificate of the hub, where --trusted-ca-file asks for them (default: --cert-file)',
    )
    .option('--hub-key-file <file>', 'its private key')
    .option('--hub-port <port>', 'the port of the hub, on this machine only; 0 takes a free one', parsePort, 8379)
  addDnsFlags(command)
    .option('--insecure', 'listen on other addresses although no login is required')
    .addHelpText(
      'after',
      examples(
        ['waypost serve', ''],
        ['waypost serve --port 3379 --data-dir /var/lib/waypost', ''],
        ['waypost serve --memory', 'for tests'],
        ['waypost serve --config /etc/waypost.yaml --check-config', ''],
        ['waypost serve --host 0.0.0.0 --root-password-file ./password', 'for the network'],
      ),
    )
    .action(serve)
  addEtcdFlags(command)
}

async function serve(given: ServeOptions, command: Command): Promise<void> {
  const origins = await applySettings(command, given.config)
  const options = command.opts<ServeOptions>()
  const names = command.options.filter(({ hidden }) => !hidden).map((option) => option.name())
  const notes = [...etcdFlagNotes(command, origins), ...etcdVariableNotes(names)]
  if (options.memory && options.dataDir !== undefined) throw new UsageError('Give --memory or --data-dir, not both.')
  const password = rootPassword(options.rootPasswordFile)
  const tls = tlsFiles(options)
  const { host, port } = options.listenClientUrls ? listenAddress(options.listenClientUrls, tls !== undefined) : options
  const token = authToken(options.authToken, options.authTokenTtl)
  const compaction = autoCompaction(options.autoCompactionMode, options.autoCompactionRetention)
  const dataDir = options.memory ? undefined : resolve(options.dataDir ?? defaultDataDir)
  for (const note of notes) terminal.writeError(`${note}\n`)
  if (options.checkConfig) {
    terminal.write(
      `The options are fine: ${host}:${port}, ${dataDir === undefined ? 'in memory' : `data in ${dataDir}`}.\n`,
    )
    return
  }
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  // What a request makes dies young if it is given the time. The few megabytes that V8 begins with, and doubles only now
  // and then, make a put under load cost a sixth more. This reaches the same most of 16 MiB at once when load comes.
  setFlagsFromString('--semi-space-growth-factor=16')
  const { EmbeddedServer } = await import('@waypost/server')
  const server = await EmbeddedServer.start({
    host,
    port,
    dataDir,
    memory: options.memory,
    rootPassword: password,
    authToken: token,
    tls,
    quotaBytes: options.quotaBackendBytes === undefined ? undefined : Number(options.quotaBackendBytes),
    autoCompaction: compaction,
    requireLogin: !isLoopback(host) && !options.insecure && tls?.trustedCaFile === undefined,
    name: options.name,
    advertiseUrls: options.advertiseClientUrls,
    peerUrls: options.initialAdvertisePeerUrls,
    allowedHosts: options.hostWhitelist,
    allowedOrigins: options.cors,
    jsonGateway: options.enableGrpcGateway,
    bcryptCost: options.bcryptCost,
    maxRequestBytes: options.maxRequestBytes,
    maxTxnOps: options.maxTxnOps,
    maxConcurrentStreams: options.maxConcurrentStreams,
    progressIntervalMs: options.watchProgressNotifyInterval,
    pingIntervalMs: options.grpcKeepaliveInterval,
    pingTimeoutMs: options.grpcKeepaliveTimeout,
    logger: await serverLogger(options.logLevel, options.logFormat),
    slowRequestMs: options.warningUnaryRequestDuration,
  }).catch(async (error: unknown) => {
    if (isLoginNotRequired(error)) throw loginNotRequiredError(host)
    throw await explainPortInUse(error, { host, port })
  })
  terminal.write(
    welcome({
      host: server.host,
      port: server.port,
      dataDir,
      loginNeeded: server.authEnabled,
      tls: tls === undefined ? 'none' : tls.trustedCaFile === undefined ? 'server' : 'mutual',
    }),
  )
  const hub = options.hub
    ? await startHub(server, options, { tls, secret: await hubSecret(dataDir) }, command)
    : undefined
  using _ = tls && onHangUp(() => reload(server, hub))
  await aborted(interrupt.signal)
  terminal.writeError('Stopping. Ctrl+C again stops at once.\n')
  await hub?.close()
  await server.close()
}

/** The store does not wait for the hub. Whatever hinders the hub does not hinder the store. */
async function startHub(
  server: EmbeddedServer,
  options: ServeOptions,
  { tls, secret }: { readonly tls: TlsFiles | undefined; readonly secret: string },
  command: Command,
): Promise<HubThread | undefined> {
  const hubTls = await hubTlsOf(tls, options)
  if (hubTls === undefined) {
    terminal.writeError(
      'The hub is not started: clients of this store need certificates, and the one in --cert-file is not for clients. ' +
        'Give the hub one with --hub-cert-file and --hub-key-file, or say --no-hub.\n',
    )
    return undefined
  }
  const hub = new HubThread({
    options: {
      endpoints: `${tls === undefined ? 'http' : 'https'}://${localAddress(server)}`,
      ...hubTls,
      // Whoever turns logins on later finds the hub still at work.
      auth: { ...server.processLogin, optional: true },
      port: options.hubPort,
      sessionSecret: secret,
      dns: dnsOptionsOf(options, command),
    },
    isPortGiven: command.getOptionValueSource('hubPort') !== 'default',
    logLevel: options.logLevel,
    logFormat: options.logFormat,
  })
  void hub.started.then((message) => {
    if (message.kind === 'failed') terminal.writeError(`The hub did not start: ${message.message}\n`)
    else terminal.write(`${dnsLine(message)}The hub is ready: the console and the HTTP API are on ${message.url}\n`)
  })
  return hub
}

function dnsLine({ dns }: { readonly dns: { readonly host: string; readonly port: number } | undefined }): string {
  return dns === undefined ? '' : `The DNS is on ${dns.host}, port ${dns.port}.\n`
}

function localAddress({ host, port }: EmbeddedServer): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return reached.includes(':') ? `[${reached}]:${port}` : `${reached}:${port}`
}

async function reload(server: EmbeddedServer, hub: HubThread | undefined): Promise<void> {
  try {
    await server.reloadCertificates()
    hub?.reloadCertificates()
    terminal.writeError('The certificates were reloaded.\n')
  } catch (error) {
    terminal.writeError(`The old certificates stay in use. ${messageOf(error)}\n`)
  }
}

function isLoginNotRequired(error: unknown): boolean {
  return WaypostError.is(error, 'failed-precondition') && error.details.reason === 'login-not-required'
}

function loginNotRequiredError(host: string): UsageError {
  return new UsageError(
    `On ${host} anybody who reaches this machine could read and write everything, as nobody needs to log in. ` +
      'Ask for a login with --root-password-file, or, when this store has users already, with `etcdctl auth enable`; ' +
      'or for certificates with --trusted-ca-file; or say --insecure.',
  )
}
