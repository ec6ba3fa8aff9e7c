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
  required,
  text,
  withMethods,
} from '@waypost/core/options'
import type { RpcClientTlsOptions } from '@waypost/rpc/client'
import { type EtcdTlsOptions, tlsOptionKinds } from './link/tls-material.ts'
import type { EtcdLogger } from './telemetry/logger.ts'
import type { EtcdMetrics } from './telemetry/metrics.ts'
import type { EtcdTracer } from './telemetry/tracer.ts'

export interface EtcdClientOptions {
  /**
   * Where the store is: `http://host:port` or `https://host:port`, one or several, as a list or separated by commas.
   * Without a scheme it is `https://` when `tls` is given, otherwise `http://`.
   * Several endpoints are members of one cluster: the client uses one and moves to another when that one fails.
   */
  readonly endpoints: string | readonly string[]
  /**
   * The user of the store. A store that asks nobody to log in is used without, and that is logged as a warning, unless
   * the login is `optional`. Default: no login.
   */
  readonly auth?:
    | { readonly username: string; readonly password: string; readonly optional?: boolean | undefined }
    | undefined
  /**
   * For `https://` endpoints. Certificates given as files, or by a function, are read again for every connection that
   * is made, so that renewed ones are used from the next connection on. The thread that keeps leases alive reads files
   * itself, and has the answer that a function gave when the thread started.
   */
  readonly tls?: EtcdTlsOptions | (() => RpcClientTlsOptions) | undefined
  /**
   * Asks the cluster for its members, when connected and then every `intervalMs` milliseconds, and uses the addresses
   * that they advertise to clients in place of `endpoints`, which are the last resort from then on. Only for clients
   * that can reach those addresses. Default: off.
   */
  readonly memberSync?: { readonly intervalMs: number } | undefined
  /**
   * The stable name of this process, by which canaries are assigned: the same after a restart, another one for each
   * process beside it. Default: `WAYPOST_INSTANCE`, else derived from the host; see `ProcessIdentity`.
   */
  readonly instance?: string | undefined
  /** Put in front of every key that is sent and taken off every key that is returned. Default none. */
  readonly namespace?: string | undefined
  /** The deadline of every call that does not name its own, in milliseconds, retries included. Default 5,000. */
  readonly timeoutMs?: number | undefined
  /** Bounds one attempt to connect to one endpoint, in milliseconds. Default 2,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How a silent peer is noticed. */
  readonly keepAlive?: KeepAliveOptions | undefined
  /** Bounds `close()`, in milliseconds: how long leases that were granted here may take to be revoked. Default 1,000. */
  readonly closeTimeoutMs?: number | undefined
  /**
   * The file with the program that keeps leases alive in a thread of its own. Default: the one in this package. To be
   * given when the application is bundled into one file: then bundle `@waypost/client/lease-worker` as another.
   */
  readonly leaseWorkerFile?: string | URL | undefined
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
  /**
   * Gets one line each when the store is lost, when it is still away after a while, and when it is back, and details of
   * connections, streams and logins as debug. Never sees a password, token or value. Default: warnings go to
   * `console.warn`, debug to nowhere; `false` says nothing.
   */
  readonly logger?: EtcdLogger | false | undefined
  /** Counts calls, connections, watches and leases; `@waypost/client/prometheus` makes one. Default none. */
  readonly metrics?: EtcdMetrics | undefined
  /** Makes spans of calls; `@waypost/client/opentelemetry` makes one. Default none. */
  readonly tracer?: EtcdTracer | undefined
}

export interface KeepAliveOptions {
  /**
   * How often the peer of a connection that stays silent is asked whether it is still there, in milliseconds.
   * Default 2,000. 0 asks only when an answer is late.
   */
  readonly intervalMs?: number | undefined
  /** How long the answer may take before the connection counts as lost, in milliseconds. Default 2,500. */
  readonly timeoutMs?: number | undefined
}

/** For those whose options include the client's. */
export const etcdClientOptionKinds: OptionKinds<EtcdClientOptions> = {
  endpoints: required(anyOf(text, listOf(text))),
  auth: optionsKind<NonNullable<EtcdClientOptions['auth']>>({
    username: required(text),
    password: required(text),
    optional: boolean,
  }),
  tls: anyOf(optionsKind(tlsOptionKinds), functionKind<() => RpcClientTlsOptions>()),
  memberSync: optionsKind({ intervalMs: required(positiveNumber('milliseconds')) }),
  instance: text,
  namespace: text,
  timeoutMs: positiveNumber('milliseconds'),
  connectTimeoutMs: positiveNumber('milliseconds'),
  keepAlive: optionsKind<KeepAliveOptions>({
    intervalMs: kindOf('a number of milliseconds, or 0 for never', (value) => typeof value === 'number' && value >= 0),
    timeoutMs: positiveNumber('milliseconds'),
  }),
  closeTimeoutMs: positiveNumber('milliseconds'),
  leaseWorkerFile: anyOf(
    text,
    kindOf<URL>('a URL', (value) => value instanceof URL),
  ),
  clock: withMethods<Clock>('a clock', ['monotonicMs', 'epochMs', 'after']),
  logger: anyOf(oneOf(false), withMethods<EtcdLogger>('a logger', ['debug', 'warn'])),
  metrics: kindOf<EtcdMetrics>('an object', (value) => typeof value === 'object' && value !== null),
  tracer: withMethods<EtcdTracer>('a tracer', ['startCall']),
}
