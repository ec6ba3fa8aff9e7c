import type { Clock } from '@waypost/core'
import type { Policy } from '../policies/policy.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import type { RouteTable } from '../routes/route.ts'
import type { TrustedProxies } from '../server/trusted-proxies.ts'
import type { Connections } from '../upstream/connections.ts'
import type { Upstreams } from '../upstream/upstreams.ts'
import type { Admission } from './admission.ts'
import type { Deadlines } from './deadlines.ts'
import type { ExchangeRecord } from './exchange-record.ts'

/**
 * Why a connection was closed on which no request could be read: there were too many, its PROXY header or its TLS
 * handshake or its HTTP/2 was wrong, what came was no HTTP at all, or nothing came in time.
 */
export type ClosedConnection = 'too-many' | 'proxy-header' | 'tls' | 'http2' | 'no-http' | 'silent'

/** Called with every exchange. Methods must be quick and must not throw. */
export interface ExchangeObserver {
  /** A request has come. Returns headers for the instance, such as `traceparent`, and is told of the end. */
  begin?(request: RequestFacts, requestId: string): ObservedExchange | undefined
  end(record: ExchangeRecord): void
  closed?(reason: ClosedConnection): void
  /** A try has ended. @param milliseconds to the head of the answer, or to the failure */
  tried(route: string, service: string, instance: string, result: string, milliseconds: number): void
}

export interface ObservedExchange {
  readonly headers: readonly (readonly [name: string, value: string])[]
  end(record: ExchangeRecord): void
}

/** What all exchanges share. */
export interface GatewayCore {
  /** The table in force: an exchange reads it once. */
  readonly table: RouteTable | undefined
  /** The names of its routes. */
  readonly routeNames: ReadonlySet<string>
  /** How long what a change has left over may take to end. */
  readonly drainMs: number
  readonly isDraining: boolean
  readonly upstreams: Upstreams
  readonly connections: Connections
  readonly proxies: TrustedProxies
  readonly admission: Admission
  readonly deadlines: Deadlines
  readonly observer: ExchangeObserver
  /** Checked before the policies of every route. */
  readonly middleware: readonly Policy[]
  readonly clock: Clock
  readonly random: () => number
  /** So much of a body is kept for another try. */
  readonly keepBodyBytes: number
  newRequestId(): string
}
