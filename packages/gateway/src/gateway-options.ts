import type { ConfigCenter } from '@waypost/config/admin'
import type { Coordination } from '@waypost/coordination'
import {
  abortSignal,
  boolean,
  checkOptions,
  functionKind,
  kindOf,
  listOf,
  notNegative,
  type OptionKinds,
  positiveNumber,
  required,
  text,
  wholeNumber,
} from '@waypost/core/options'
import type { Registry } from '@waypost/registry'
import type { RoutesDocument } from './document/routes-document.ts'
import type { AccessLogOptions } from './metrics/access-log.ts'
import type { ExchangeTracer } from './metrics/exchange-tracer.ts'
import type { Policy } from './policies/policy.ts'
import type { AdmissionOptions } from './proxy/admission.ts'
import type { CertificatePair } from './server/certificates.ts'
import type { FrontLimits } from './server/front-options.ts'
import { TrustedProxies } from './server/trusted-proxies.ts'
import type { UpstreamTls } from './upstream/upstream-tls.ts'

/** Settings that hold for all routes. */
export interface PlaneSettings {
  readonly limits?: FrontLimits | undefined
  /** Every connection begins with a PROXY header, version 1 or 2. Default false. */
  readonly proxyProtocol?: boolean | undefined
  /** Addresses and ranges of proxies in front whose `X-Forwarded-*` headers are believed. Default none. */
  readonly trustedProxies?: readonly string[] | undefined
  /** When requests wait, and when they are refused. Default: 10,000 in flight, 1,000 wait for a second at most. */
  readonly admission?: Partial<AdmissionOptions> | undefined
  readonly upstreamTls?: UpstreamTls | undefined
  /** How long a connection to an instance may be idle. Default 4,000: less than what servers in the field allow. */
  readonly upstreamKeepAliveMs?: number | undefined
  /** Until a connection to an instance stands, for routes that do not say less. Default 3,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How long requests in flight to an instance that is gone, or by a route that is gone, may last. Default 60,000. */
  readonly drainMs?: number | undefined
  /** The gateway's own zone: instances there are preferred. Default none. */
  readonly zone?: string | undefined
}

export interface GatewayTls {
  /** The first one is for clients that ask for a name that is not known. */
  readonly certificates: readonly CertificatePair[]
  /** PEM certificates of the authorities that sign clients' certificates. Clients are then asked for one. */
  readonly clientCa?: string | Buffer | undefined
}

export interface GatewayOptions extends PlaneSettings {
  /** An open store, as `connect()` makes it. */
  readonly waypost: {
    readonly registry: Registry
    readonly config: ConfigCenter
    readonly coordination?: Coordination | undefined
  }
  /** The path of the routes' document, or the routes themselves. Default `gateway/routes.yaml`. */
  readonly routes?: string | RoutesDocument | undefined
  readonly tls?: GatewayTls | undefined
  /** A directory where the last good routes are kept for a start while the store is away. Default: they are not kept. */
  readonly snapshotDir?: string | undefined
  /** Rules of your own, checked before those of every route. */
  readonly middleware?: readonly Policy[] | undefined
  readonly accessLog?: AccessLogOptions | undefined
  readonly tracer?: ExchangeTracer | undefined
  /** Called with what people should know, for example that new routes were refused. Default: standard error. */
  readonly onNotice?: ((message: string) => void) | undefined
  /** How long the store may take at the start. Default 5,000. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const anObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const textOrObject = (value: unknown): boolean => typeof value === 'string' || anObject(value)

export const gatewayOptionKinds: OptionKinds<GatewayOptions> = {
  waypost: required(kindOf<GatewayOptions['waypost']>('a store, as connect() makes it', anObject)),
  routes: kindOf<NonNullable<GatewayOptions['routes']>>('a path or an object of routes', textOrObject),
  tls: kindOf<GatewayTls>('an object', anObject),
  snapshotDir: text,
  middleware: kindOf<readonly Policy[]>('a list of policies', Array.isArray),
  accessLog: kindOf<AccessLogOptions>('an object', anObject),
  tracer: kindOf<ExchangeTracer>('an object', anObject),
  onNotice: functionKind(),
  timeoutMs: positiveNumber('milliseconds'),
  signal: abortSignal,
  limits: kindOf<FrontLimits>('an object', anObject),
  proxyProtocol: boolean,
  trustedProxies: listOf(text),
  admission: kindOf<Partial<AdmissionOptions>>('an object', anObject),
  upstreamTls: kindOf<UpstreamTls>('an object', anObject),
  upstreamKeepAliveMs: positiveNumber('milliseconds'),
  connectTimeoutMs: positiveNumber('milliseconds'),
  drainMs: positiveNumber('milliseconds'),
  zone: text,
}

export interface GatewayListenOptions {
  /** 0 for any that is free. Default 8080. */
  readonly port?: number | undefined
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
}

export const listenOptionKinds: OptionKinds<GatewayListenOptions> = { port: wholeNumber(0, 65_535), host: text }

export interface GatewayDrainOptions {
  /** How long what is under way may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined
}

export const gatewayDrainOptionKinds: OptionKinds<GatewayDrainOptions> = { timeoutMs: notNegative }

export function checkGatewayOptions(options: GatewayOptions): void {
  checkOptions('createGateway', options, gatewayOptionKinds)
  new TrustedProxies(options.trustedProxies ?? [])
}
