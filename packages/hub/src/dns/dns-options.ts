import { type Clock, invalidArgument, quoted, systemClock } from '@waypost/core'
import {
  listOf,
  number,
  type OptionKinds,
  recordOf,
  required,
  text,
  wholeNumber,
  withMethods,
} from '@waypost/core/options'
import { parseUpstream, type Upstream } from './forward/upstream.ts'
import { ipBytes } from './message/ip-address.ts'
import { foldLabels, toWireName, type WireName } from './message/name.ts'
import type { NameSource } from './zone/name-source.ts'
import { reverseZone } from './zone/reverse.ts'
import { parseSubnet, type Subnet, ZoneMap } from './zone/subnets.ts'

/** How the DNS is served. */
export interface DnsOptions {
  /** An address of this machine. Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** Of UDP and TCP. Default 8600; 0 takes a free one. */
  readonly port?: number | undefined
  /** What all names end in. Default `waypost.internal`. */
  readonly domain?: string | undefined
  /** How long an answer may be kept by who asked, in seconds. Default 5. */
  readonly ttlSeconds?: number | undefined
  /** The same for the answer that there is nothing. Default `ttlSeconds`. */
  readonly negativeTtlSeconds?: number | undefined
  /** Which subnets are in which zone, as `{ z1: ['10.1.0.0/16'] }`, for names that say `near.zone`. */
  readonly zones?: Readonly<Record<string, readonly string[]>> | undefined
  /** Subnets whose reverse names are answered here alone, such as `10.0.0.0/8`. */
  readonly reverse?: readonly string[] | undefined
  /**
   * How long answers are given that may be out of date, because the store is away, in milliseconds. After that, askers
   * are told that there is a failure. Default without end.
   */
  readonly staleLimitMs?: number | undefined
  /** Resolvers that other names are asked for at, in this order, such as `10.0.0.2:53`. Default none. */
  readonly upstreams?: readonly string[] | undefined
  /** For which askers. Default loopback and private networks. */
  readonly forwardFor?: readonly string[] | undefined
  /** Answers over UDP in a second to a subnet (/24, /48), loopback excepted; 0 for no limit. Default 1,000. */
  readonly rateLimit?: number | undefined
  /** The addresses of this server that NS answers name. Default `host`, if that is one address. */
  readonly serverAddresses?: readonly string[] | undefined
}

export interface DnsServerOptions extends DnsOptions {
  /** The services to answer for; `registry.followAll({ wait: false })` gives one. */
  readonly source: NameSource
  /** Sources of other namespaces, found as `<service>.service.<namespace>.ns.<domain>`. */
  readonly namespaces?: Readonly<Record<string, NameSource>> | undefined
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
}

export const dnsOptionKinds: OptionKinds<DnsOptions> = {
  host: text,
  port: wholeNumber(0, 65_535),
  domain: text,
  ttlSeconds: wholeNumber(0, 604_800),
  negativeTtlSeconds: wholeNumber(0, 604_800),
  zones: recordOf(listOf(text)),
  reverse: listOf(text),
  staleLimitMs: number,
  upstreams: listOf(text),
  forwardFor: listOf(text),
  rateLimit: wholeNumber(0, 10_000_000),
  serverAddresses: listOf(text),
}

const sourceKind = withMethods<NameSource>('a source of names', ['instances', 'has', 'onChange'])

export const dnsServerOptionKinds: OptionKinds<DnsServerOptions> = {
  ...dnsOptionKinds,
  source: required(sourceKind),
  namespaces: recordOf(sourceKind),
  clock: withMethods<Clock>('a clock', ['monotonicMs', 'epochMs', 'after']),
}

export const defaultDnsPort = 8600
export const defaultDnsDomain = 'waypost.internal'
const defaultTtlSeconds = 5
const defaultRateLimit = 1_000
/** RFC 1918, RFC 4193, and the link's own. */
const privateSubnets = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
]

export interface DnsSettings {
  readonly source: NameSource
  readonly namespaces: ReadonlyMap<string, NameSource>
  readonly host: string
  readonly port: number
  readonly domain: WireName
  readonly ttlSeconds: number
  readonly negativeTtlSeconds: number
  readonly zoneMap: ZoneMap
  readonly reverse: readonly WireName[]
  readonly staleLimitMs: number
  readonly upstreams: readonly Upstream[]
  readonly forwardFor: readonly Subnet[]
  readonly rateLimit: number
  readonly serverAddresses: readonly Buffer[]
  readonly clock: Clock
}

/** Throws `invalid-argument` for what would not work. */
export function resolveDnsOptions(options: DnsServerOptions): DnsSettings {
  const { host = '127.0.0.1', port = defaultDnsPort, ttlSeconds = defaultTtlSeconds } = options
  const { staleLimitMs = Number.POSITIVE_INFINITY, rateLimit = defaultRateLimit, clock = systemClock } = options
  const listenAddress = host === 'localhost' ? '127.0.0.1' : host
  const hostBytes = addressBytes('host', listenAddress)
  const upstreams = (options.upstreams ?? []).map(parseUpstream)
  if (port !== 0 && upstreams.some((upstream) => upstream.host === listenAddress && upstream.port === port)) {
    throw invalidArgument('The DNS server cannot be its own upstream resolver.')
  }
  const isWildcard = hostBytes.every((byte) => byte === 0)
  const named = options.serverAddresses ?? (isWildcard ? [] : [listenAddress])
  return {
    source: options.source,
    namespaces: new Map(
      Object.entries(options.namespaces ?? {}).map(([name, source]) => [namespaceLabel(name), source]),
    ),
    host: listenAddress,
    port,
    domain: domainName(options.domain ?? defaultDnsDomain),
    ttlSeconds,
    negativeTtlSeconds: options.negativeTtlSeconds ?? ttlSeconds,
    zoneMap: new ZoneMap(options.zones ?? {}),
    reverse: (options.reverse ?? []).map(reverseName),
    staleLimitMs,
    upstreams,
    forwardFor: (options.forwardFor ?? privateSubnets).map(parseSubnet),
    rateLimit,
    serverAddresses: named.map((address) => addressBytes('serverAddresses', address)),
    clock,
  }
}

/** `.local` belongs to multicast DNS, whose resolvers never ask a server for it (RFC 6762). */
function domainName(domain: string): WireName {
  const labels = foldLabels(domain)
  const name = labels && toWireName(labels)
  // There has to be room for the longest name of a service.
  if (name === undefined || name.length > 128) {
    throw invalidArgument(`The domain must be a name such as ${defaultDnsDomain}, not ${quoted(domain)}.`)
  }
  if (labels?.at(-1) === 'local') {
    throw invalidArgument(
      `The domain ${quoted(domain)} would not be asked for: .local is for multicast DNS. Use .internal.`,
    )
  }
  return name
}

function namespaceLabel(name: string): string {
  const labels = foldLabels(name)
  const [label] = labels ?? []
  if (label === undefined || labels?.length !== 1) {
    throw invalidArgument(`A namespace must be one label of a name, such as prod, not ${quoted(name)}.`)
  }
  return label
}

function reverseName(text: string): WireName {
  const { address, prefixBits } = parseSubnet(text)
  const name = reverseZone(address, prefixBits)
  if (name === undefined) {
    throw invalidArgument(
      `The prefix length of the reverse subnet ${quoted(text)} must be a multiple of 8, or of 4 for IPv6.`,
    )
  }
  return name
}

function addressBytes(option: string, address: string): Buffer {
  const bytes = ipBytes(address)
  if (bytes === undefined)
    throw invalidArgument(`The value of ${option} must be an IP address, not ${quoted(address)}.`)
  return bytes
}
