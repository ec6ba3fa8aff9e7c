import { type EtcdClientOptions, etcdClientOptionKinds } from '@waypost/client'
import type { DocumentCheck } from '@waypost/config/admin'
import type { Clock } from '@waypost/core'
import {
  anyOf,
  boolean,
  functionKind,
  kindOf,
  listOf,
  type OptionKinds,
  oneOf,
  optionsKind,
  positiveNumber,
  recordOf,
  required,
  text,
  wholeNumber,
  withMethods,
} from '@waypost/core/options'
import type { Logger } from 'pino'
import { type DnsOptions, dnsOptionKinds } from './dns/dns-options.ts'
import { type McpMode, mcpModes } from './mcp/mcp-mode.ts'
import { type OidcOptions, oidcOptionKinds } from './oidc/oidc-options.ts'
import type { TimelineRetention } from './timeline/retention.ts'
import { type Network, networks } from './webhooks/allowed-networks.ts'

export interface HubTlsOptions {
  /** A PEM file with the hub's certificate chain. */
  readonly certFile: string
  /** A PEM file with its private key. */
  readonly keyFile: string
  /** A PEM file with the authorities whose client certificates are accepted. */
  readonly trustedCaFile?: string | undefined
  /** Whether clients must show a certificate that one of `trustedCaFile` signed. Default false. */
  readonly clientCertAuth?: boolean | undefined
}

export interface HubDnsOptions extends DnsOptions {
  /** Other namespaces of the store, by their label in names, as `{ prod: '/prod' }`. Default none. */
  readonly namespaces?: Readonly<Record<string, string>> | undefined
  /** Goes on without the DNS, with a warning, when its port is taken. Default false: the hub does not start. */
  readonly optional?: boolean | undefined
}

export interface HubOptions {
  /** Where the store is; see `EtcdClientOptions`. */
  readonly endpoints: string | readonly string[]
  /** The hub's own login, for its own work. Callers bring theirs. Default none. */
  readonly auth?: EtcdClientOptions['auth']
  /** How the store is reached when its endpoints are `https://`. */
  readonly storeTls?: EtcdClientOptions['tls']
  /** Put in front of every key; see `EtcdClientOptions`. Default none. */
  readonly namespace?: string | undefined
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** The port to listen on; 0 takes a free one. Default 8379. */
  readonly port?: number | undefined
  /** Serve over TLS. The files are read again with `reloadCertificates()`. Default plain. */
  readonly tls?: HubTlsOptions | undefined
  /** Serve beyond this machine although the store asks nobody to log in. Default false. */
  readonly insecure?: boolean | undefined
  /** Names by which requests may call the hub, besides addresses and those of this machine; `*` allows all. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Origins of other sites whose pages may use the hub. Default none. */
  readonly allowedOrigins?: readonly string[] | undefined
  /**
   * At least 32 characters. Hubs with the same secret take each other's sessions, and sessions outlive a restart.
   * Default: one that ends with the process.
   */
  readonly sessionSecret?: string | undefined
  /** The directory with the web console, served at `/`. Default: the one that comes with Waypost, if it is built. */
  readonly consoleDir?: string | undefined
  /** Serves the services as names of the DNS, to everybody who reaches its port: it knows no logins. Default off. */
  readonly dns?: HubDnsOptions | undefined
  /** A pino logger; `false` logs nothing. Default: warnings and errors, as JSON on standard error. */
  readonly logger?: Logger | false | undefined
  /**
   * What assistants may do at `/mcp`, with the rights of the login that they use: `read`; `draft`: also save and submit
   * drafts; `write`: everything; `off`: there is no `/mcp`. Default `read`.
   */
  readonly mcp?: McpMode | undefined
  /** Lets people log in by an OpenID provider. Needs `sessionSecret`, and a login of the hub with the role root. */
  readonly oidc?: OidcOptions | undefined
  /**
   * How much of the timeline is kept, when this hub is the one that records it; `false`: it takes no part in recording
   * and in sending webhooks. Its own login must be able to read everything that is recorded. Default: 30 days, 200,000 events.
   */
  readonly timeline?: false | Partial<TimelineRetention> | undefined
  /**
   * Where webhooks may lead: `public` addresses, `private` networks, `loopback`. Default `['public']`. Link-local
   * addresses are never allowed.
   */
  readonly webhookNetworks?: readonly Network[] | undefined
  /** Checks that stored schemas ask for by name; see `ConfigCenterOptions`. Default none. */
  readonly checks?: Readonly<Record<string, DocumentCheck>> | undefined
  /** How long `close()` waits for requests that run, in milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number | undefined
  /**
   * How long `close()` goes on serving the connections that there are, and tells each with its answer to leave, in
   * milliseconds: behind a balancer no request fails then. Default 0; `waypost hub` takes 1,000.
   */
  readonly drainMs?: number | undefined
  /** Answer with status 500 when an operation returns what its definition does not say. For tests. Default false. */
  readonly checkResponses?: boolean | undefined
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
}

const retentionKinds: OptionKinds<Partial<TimelineRetention>> = {
  maxAgeDays: positiveNumber('days'),
  maxEvents: wholeNumber(100),
}

const tlsKinds: OptionKinds<HubTlsOptions> = {
  certFile: required(text),
  keyFile: required(text),
  trustedCaFile: text,
  clientCertAuth: boolean,
}

const hubDnsOptionKinds: OptionKinds<HubDnsOptions> = {
  ...dnsOptionKinds,
  namespaces: recordOf(text),
  optional: boolean,
}

export const hubOptionKinds: OptionKinds<HubOptions> = {
  endpoints: etcdClientOptionKinds.endpoints,
  auth: etcdClientOptionKinds.auth,
  storeTls: etcdClientOptionKinds.tls,
  namespace: text,
  host: text,
  port: wholeNumber(0, 65_535),
  tls: optionsKind(tlsKinds),
  insecure: boolean,
  allowedHosts: listOf(text),
  allowedOrigins: listOf(text),
  sessionSecret: kindOf('text of at least 32 characters', (value) => typeof value === 'string' && value.length >= 32),
  consoleDir: text,
  dns: optionsKind(hubDnsOptionKinds),
  logger: anyOf(oneOf(false), withMethods<Logger>('a pino logger', ['info', 'warn', 'error', 'child'])),
  mcp: oneOf(...mcpModes),
  oidc: optionsKind(oidcOptionKinds),
  timeline: anyOf(oneOf(false), optionsKind(retentionKinds)),
  checks: recordOf(functionKind<DocumentCheck>()),
  webhookNetworks: listOf(oneOf(...networks)),
  closeTimeoutMs: wholeNumber(0),
  drainMs: wholeNumber(0),
  checkResponses: boolean,
  clock: etcdClientOptionKinds.clock,
}
