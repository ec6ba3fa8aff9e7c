import { BlockList, isIP } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { invalidArgument, quoted } from '@waypost/core'

/** Which of this machine's addresses to register: all that is named must hold. */
export interface HostSelector {
  /** A network interface by name, such as `eth0`. */
  readonly interface?: string | undefined
  /** A range of addresses, such as `10.0.0.0/8` or `fd00::/8`. */
  readonly cidr?: string | undefined
  /** Default: both, IPv4 first. */
  readonly family?: 'IPv4' | 'IPv6' | undefined
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * The first address that fits, in the system's order. Link-local addresses are left out unless the range has them:
 * others cannot reach them without naming an interface. Throws `invalid-argument` when none fits, naming those there are.
 */
export function selectHost(selector: HostSelector, interfaces: Interfaces = networkInterfaces()): string {
  const { family, cidr } = selector
  if (family !== undefined && family !== 'IPv4' && family !== 'IPv6') {
    throw invalidArgument(`host.family must be IPv4 or IPv6, not ${quoted(family)}.`)
  }
  const range = cidr === undefined ? undefined : parseRange(cidr)
  const all = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses.map((address) => ({ name, ...address })),
  )
  const fitting = all.filter(
    (candidate) =>
      (selector.interface === undefined || candidate.name === selector.interface) &&
      (family === undefined || candidate.family === family) &&
      (range ? range.check(candidate.address, candidate.family === 'IPv6' ? 'ipv6' : 'ipv4') : !isLinkLocal(candidate)),
  )
  const found = fitting.find((candidate) => candidate.family === 'IPv4') ?? fitting[0]
  if (found) return found.address
  const there = all.map(({ name, address }) => `${name} ${address}`).join(', ')
  throw invalidArgument(
    `No address of this machine fits the host ${JSON.stringify(selector)}. It has: ${there || 'none'}.`,
  )
}

function parseRange(cidr: string): BlockList {
  const [network = '', prefix = '', ...more] = String(cidr).split('/')
  const version = isIP(network)
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  if (version === 0 || more.length > 0 || !(bits <= (version === 6 ? 128 : 32))) {
    throw invalidArgument(`host.cidr must be a range of addresses such as 10.0.0.0/8, not ${quoted(cidr)}.`)
  }
  const range = new BlockList()
  range.addSubnet(network, bits, version === 6 ? 'ipv6' : 'ipv4')
  return range
}

function isLinkLocal({ address, family }: NetworkInterfaceInfo): boolean {
  return family === 'IPv6' ? /^fe[89ab]/i.test(address) : address.startsWith('169.254.')
}
