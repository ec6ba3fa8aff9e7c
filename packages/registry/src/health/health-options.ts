import { invalidArgument } from '@waypost/core'
import {
  anyOf,
  anything,
  checkOptions,
  type OptionKinds,
  oneOf,
  optionsKind,
  text,
  wholeNumber,
} from '@waypost/core/options'
import { formatAddress } from '../record/address.ts'
import type { InstanceRecord } from '../record/instance.ts'
import type { Check } from './check.ts'
import { grpcCheck } from './grpc-check.ts'
import { httpCheck } from './http-check.ts'
import { tcpCheck } from './tcp-check.ts'

/** Default: the instance's own address. */
export interface TcpTarget {
  readonly host?: string | undefined
  readonly port?: number | undefined
}

export interface GrpcTarget {
  /** Default: the whole server. */
  readonly service?: string | undefined
}

/** How an instance checks itself: by one of `http`, `tcp`, `grpc` and `check`. */
export interface HealthOptions {
  /** A path on the instance's own address, such as `/health`, or a URL. Healthy is an answer from 200 to 299. */
  readonly http?: string | undefined
  /** Healthy is who takes a connection, at the instance's own address or another. */
  readonly tcp?: true | TcpTarget | undefined
  /**
   * Asks the standard gRPC health service at the instance's own address, without TLS, about the whole server or one
   * service. Needs `@grpc/grpc-js`.
   */
  readonly grpc?: true | GrpcTarget | undefined
  /** A function of one's own: healthy is when it does not fail. */
  readonly check?: Check | undefined
  /** From one check to the next, in milliseconds. Default 5,000. */
  readonly intervalMs?: number | undefined
  /** How long a check may take, in milliseconds. Default 2,000. */
  readonly timeoutMs?: number | undefined
  /** How many good checks in a row make an unhealthy instance healthy. Default 2; the very first one is enough. */
  readonly rise?: number | undefined
  /** How many bad checks in a row make a healthy instance unhealthy. Default 3. */
  readonly fall?: number | undefined
}

export const healthOptionKinds: OptionKinds<HealthOptions> = {
  http: text,
  tcp: anyOf(oneOf(true), optionsKind<TcpTarget>({ host: text, port: wholeNumber(1, 65_535) })),
  grpc: anyOf(oneOf(true), optionsKind<GrpcTarget>({ service: text })),
  check: anything(),
  intervalMs: anything(),
  timeoutMs: anything(),
  rise: anything(),
  fall: anything(),
}

export interface ResolvedHealth {
  readonly check: Check
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly rise: number
  readonly fall: number
}

/** Where an instance is reached. */
export type HealthTarget = Pick<InstanceRecord, 'host' | 'port' | 'scheme'>

/** Completes the defaults. Throws `invalid-argument`. */
export function resolveHealth(options: HealthOptions, target: HealthTarget): ResolvedHealth
export function resolveHealth(options: HealthOptions | undefined, target: HealthTarget): ResolvedHealth | undefined
export function resolveHealth(options: HealthOptions | undefined, record: HealthTarget): ResolvedHealth | undefined {
  if (options === undefined) return undefined
  const { intervalMs = 5_000, timeoutMs = 2_000, rise = 2, fall = 3 } = options
  for (const [name, value] of Object.entries({ intervalMs, timeoutMs })) {
    if (!(value > 0)) throw invalidArgument(`health.${name} must be above 0, not ${value}.`)
  }
  for (const [name, value] of Object.entries({ rise, fall })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw invalidArgument(`health.${name} must be a whole number above 0, not ${value}.`)
  }
  return Object.freeze({ check: instanceCheck(options, record), intervalMs, timeoutMs, rise, fall })
}

/** The check that the options name, for an instance at that address. Throws `invalid-argument`. */
export function instanceCheck(options: HealthOptions, { host, port, scheme }: HealthTarget): Check {
  checkOptions('instanceCheck', options, healthOptionKinds)
  const { http, tcp, grpc, check } = options
  if ([http, tcp, grpc, check].filter((kind) => kind !== undefined).length !== 1) {
    throw invalidArgument('health needs exactly one of http, tcp, grpc and check.')
  }
  if (http !== undefined) return httpCheck(http, `${scheme ?? 'http'}://${formatAddress(host, port)}`)
  if (tcp !== undefined)
    return tcpCheck(tcp === true ? host : (tcp.host ?? host), tcp === true ? port : (tcp.port ?? port))
  if (grpc !== undefined) return grpcCheck(formatAddress(host, port), grpc === true ? '' : (grpc.service ?? ''))
  if (typeof check !== 'function') throw invalidArgument('health.check must be a function.')
  return check
}
