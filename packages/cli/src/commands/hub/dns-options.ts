import type { HubDnsOptions } from '@waypost/hub'
import { type Command, InvalidArgumentError } from 'commander'
import { parseDurationMs, parsePort, parseUrls } from '../../command-line/parse-values.ts'

const defaultPort = 8600

/** The flags of the DNS that `hub` and `serve` share. */
export interface DnsFlags {
  readonly dns: boolean
  readonly dnsPort: number
  readonly dnsDomain?: string
}

/** Those of `hub` alone. */
export interface AllDnsFlags extends DnsFlags {
  readonly dnsHost?: string
  readonly dnsTtl?: number
  readonly dnsZones?: Readonly<Record<string, string[]>>
  readonly dnsNamespaces?: Readonly<Record<string, string>>
  readonly dnsReverse?: string[]
  readonly dnsUpstreams?: string[]
  readonly dnsForwardFor?: string[]
  readonly dnsStaleLimit?: number
  readonly dnsRateLimit?: number
}

export function addDnsFlags(command: Command): Command {
  return command
    .option('--no-dns', 'do not serve DNS')
    .option('--dns-port <port>', 'the DNS port, UDP and TCP; 0 takes a free one', parsePort, defaultPort)
    .option('--dns-domain <name>', 'the domain that all names end in (default: waypost.internal)')
}

export function addAllDnsFlags(command: Command): Command {
  return addDnsFlags(command)
    .option('--dns-host <address>', 'the address that DNS listens on (default: 127.0.0.1)')
    .option('--dns-ttl <time>', 'the TTL of answers (default: 5s)', parseDurationMs)
    .option('--dns-zones <zones>', 'subnets of zones for near.zone, such as z1=10.1.0.0/16,z2=10.2.0.0/16', parseZones)
    .option('--dns-namespaces <names>', 'further namespaces by label, such as test=/test', parseNamespaces)
    .option('--dns-reverse <subnets>', 'subnets whose reverse names are only answered here', parseUrls)
    .option('--dns-upstreams <addresses>', 'resolvers for all other names (default: none)', parseUrls)
    .option(
      '--dns-forward-for <subnets>',
      'clients that may use them (default: loopback and private networks)',
      parseUrls,
    )
    .option(
      '--dns-stale-limit <time>',
      'how long answers are served while the store is unreachable; without it, forever',
      parseDurationMs,
    )
    .option(
      '--dns-rate-limit <number>',
      'UDP answers per second to one subnet, 0 for no limit (default: 1000)',
      parseCount,
    )
}

/** `undefined` for no DNS. A port that nobody asked for may be taken by another hub. */
export function dnsOptionsOf(flags: AllDnsFlags, command: Command): HubDnsOptions | undefined {
  if (!flags.dns) return undefined
  return {
    optional: command.getOptionValueSource('dnsPort') === 'default',
    port: flags.dnsPort,
    domain: flags.dnsDomain,
    host: flags.dnsHost,
    ttlSeconds: flags.dnsTtl === undefined ? undefined : Math.ceil(flags.dnsTtl / 1_000),
    zones: flags.dnsZones,
    namespaces: flags.dnsNamespaces,
    reverse: flags.dnsReverse,
    upstreams: flags.dnsUpstreams,
    forwardFor: flags.dnsForwardFor,
    staleLimitMs: flags.dnsStaleLimit,
    rateLimit: flags.dnsRateLimit,
  }
}

function parseZones(text: string): Record<string, string[]> {
  const zones: Record<string, string[]> = {}
  for (const [zone, subnet] of parsePairs(text)) zones[zone] = [...(zones[zone] ?? []), subnet]
  return zones
}

function parseNamespaces(text: string): Record<string, string> {
  return Object.fromEntries(parsePairs(text))
}

function parsePairs(text: string): [string, string][] {
  return text.split(',').map((pair) => {
    const [, name, value] = /^\s*([^=]+)=(.+?)\s*$/.exec(pair) ?? []
    if (name === undefined || value === undefined)
      throw new InvalidArgumentError('Write name=value, separated by commas.')
    return [name, value]
  })
}

function parseCount(text: string): number {
  if (!/^\d{1,8}$/.test(text)) throw new InvalidArgumentError('Write a whole number.')
  return Number(text)
}
