import type { Clock } from '@waypost/core'
import {
  anything,
  boolean,
  functionKind,
  listOf,
  type OptionKinds,
  optionsKind,
  required,
  text,
  withMethods,
} from '@waypost/core/options'
import type { AutoCompaction } from './apply/auto-compactor.ts'
import type { AuthTokenOptions } from './auth/token-options.ts'
import type { ServerLogger } from './log/server-logger.ts'
import type { TlsFiles } from './tls/tls-files.ts'

export interface EmbeddedServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Default 2379; 0 takes a free one. */
  readonly port?: number | undefined
  /** Where the data is kept; made when it is not there. Exactly one of this and `memory` is given. */
  readonly dataDir?: string | undefined
  /** Keeps everything in memory only, to be gone with the process. */
  readonly memory?: boolean | undefined
  /** The member's name. Default `default`. */
  readonly name?: string | undefined
  /** The URLs that clients are told to dial. Default: the address that is listened on. */
  readonly advertiseUrls?: readonly string[] | undefined
  /**
   * Names by which HTTP requests may call this server, besides `localhost`, IP addresses and those of `advertiseUrls`,
   * while it listens on a loopback address and nobody needs to log in. `*` allows every name. gRPC is not affected.
   */
  readonly allowedHosts?: readonly string[] | undefined
  /** Origins of web pages that may use the JSON gateway from a browser, such as `https://example.com`; `*` for all. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** At the first start, makes the user root with this password and turns auth on. Later starts ignore it. */
  readonly rootPassword?: string | undefined
  /**
   * Refuses to start while nobody needs to log in: `failed-precondition` with `details.reason` `login-not-required`.
   * Default false.
   */
  readonly requireLogin?: boolean | undefined
  /** What users are given when they log in. Default: simple tokens that live 300 seconds after their last use. */
  readonly authToken?: AuthTokenOptions | undefined
  /** bcrypt's cost of new password hashes. Default 10. */
  readonly bcryptCost?: number | undefined
  /** Serves over TLS with the certificates in these files. Default: in clear text. */
  readonly tls?: TlsFiles | undefined
  /** The size in bytes above which puts are refused. 0 or absent: 2 GiB; negative: without bound. */
  readonly quotaBytes?: number | undefined
  /** Default: the whole history is kept until a client compacts it. */
  readonly autoCompaction?: AutoCompaction | undefined
  /**
   * The largest request that is written, in bytes: a put, a deletion or a transaction. Default 1,572,864, as with etcd.
   * Requests up to 512 KiB larger are received, to be told so.
   */
  readonly maxRequestBytes?: number | undefined
  /** The most operations, or comparisons, in a transaction. Default 128. */
  readonly maxTxnOps?: number | undefined
  /** How many calls one connection may run at a time. Default 100,000. */
  readonly maxConcurrentStreams?: number | undefined
  /** How often a connection that sends nothing is asked whether it is still there, in milliseconds. Default 30,000. */
  readonly pingIntervalMs?: number | undefined
  /** How long such a question may go unanswered before the connection counts as lost. Default 20,000. */
  readonly pingTimeoutMs?: number | undefined
  /** Whether the API is served as JSON over HTTP too. Default true. */
  readonly jsonGateway?: boolean | undefined
  /** The peer URLs that `member list` shows: clients expect one. Nobody listens there. Default `http://localhost:2380`. */
  readonly peerUrls?: readonly string[] | undefined
  /** How often an idle watcher that asked for progress receives the revision, in milliseconds. Default 600,000. */
  readonly progressIntervalMs?: number | undefined
  /**
   * Takes a line for each event that an operator cares about (docs/reference/logs.md): a logger of `pino`, or anything
   * with its methods `debug`, `info`, `warn` and `error`. Default: nothing is logged.
   */
  readonly logger?: ServerLogger | undefined
  /** A request that takes longer is logged, in milliseconds. Default 300. */
  readonly slowRequestMs?: number | undefined
  readonly clock?: Clock | undefined
  /** Called with what an operator should know, one sentence each, and with defects. Default: silent. */
  readonly onWarning?: ((message: string, error?: unknown) => void) | undefined
}

const tlsKinds: OptionKinds<TlsFiles> = {
  certFile: required(text),
  keyFile: required(text),
  trustedCaFile: text,
  clientCertAuth: boolean,
}

/** Numbers have checks of their own, which say more. */
export const embeddedServerOptionKinds: OptionKinds<EmbeddedServerOptions> = {
  host: text,
  port: anything(),
  dataDir: text,
  memory: boolean,
  name: text,
  advertiseUrls: listOf(text),
  allowedHosts: listOf(text),
  allowedOrigins: listOf(text),
  rootPassword: text,
  requireLogin: boolean,
  authToken: anything(),
  bcryptCost: anything(),
  tls: optionsKind(tlsKinds),
  quotaBytes: anything(),
  autoCompaction: anything(),
  maxRequestBytes: anything(),
  maxTxnOps: anything(),
  maxConcurrentStreams: anything(),
  pingIntervalMs: anything(),
  pingTimeoutMs: anything(),
  jsonGateway: boolean,
  peerUrls: listOf(text),
  progressIntervalMs: anything(),
  logger: withMethods('a logger', ['debug', 'info', 'warn', 'error']),
  slowRequestMs: anything(),
  clock: withMethods('a clock', ['monotonicMs', 'after']),
  onWarning: functionKind<(message: string, error?: unknown) => void>(),
}
