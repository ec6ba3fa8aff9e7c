import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { WaypostError } from '@waypost/core'

/** Where webhooks may lead: to the internet, into private networks, to the machine of the hub itself. */
export const networks = ['public', 'private', 'loopback'] as const

export type Network = (typeof networks)[number]

/** Link-local addresses are among those that nobody may reach: they hold the credentials of machines in clouds. */
type AddressClass = Network | 'forbidden'

const loopback = blockList(['127.0.0.0/8', '::1/128'])
const privateNetworks = blockList(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'])
/** The special registries of IANA (RFC 6890), without what is above. */
const forbidden = blockList([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  'fe80::/10',
  'ff00::/8',
])

export function classOf(address: string): AddressClass {
  const inner = embeddedIpv4(address)
  if (inner !== undefined) return classOf(inner)
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (loopback.check(address, family)) return 'loopback'
  if (privateNetworks.check(address, family)) return 'private'
  return forbidden.check(address, family) ? 'forbidden' : 'public'
}

/**
 * A check of the addresses that requests go to. It is made of the address that is connected to, after the name was
 * looked up, so that a name cannot lead elsewhere the second time (DNS rebinding).
 */
export class AllowedNetworks {
  readonly #allowed: ReadonlySet<AddressClass>

  constructor(allowed: readonly Network[]) {
    this.#allowed = new Set(allowed)
  }

  /** Throws `permission-denied` for a host that is an address nobody may reach. A name is checked when it is looked up. */
  checkHost(host: string): void {
    const address = host.startsWith('[') ? host.slice(1, -1) : host
    if (isIP(address) !== 0 && !this.#allows(address)) throw denied(host, classOf(address))
  }

  /** For sockets: looks a name up, and leaves out the addresses that nobody may reach. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const allowed = addresses.filter(({ address }) => this.#allows(address))
      const [first] = allowed
      if (first === undefined) return callback(denied(host, classOf(addresses[0]?.address ?? '')), [])
      if (options.all === true) return callback(null, allowed)
      callback(null, first.address, first.family)
    })
  }

  #allows(address: string): boolean {
    return this.#allowed.has(classOf(address))
  }
}

function denied(host: string, addressClass: AddressClass): WaypostError {
  const cure =
    addressClass === 'forbidden'
      ? 'Such addresses are never allowed.'
      : `Start the hub with --webhook-networks public,${addressClass === 'public' ? 'private' : addressClass} if it may.`
  return new WaypostError(
    'permission-denied',
    `Webhooks may not be sent to ${host}: it is a ${addressClass} address. ${cure}`,
  )
}

/** IPv4 within IPv6: mapped (RFC 4291), translated by NAT64 (RFC 6052), 6to4 (RFC 3056). */
function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined
  const groups = groupsOf(address)
  const [first, second, third, fourth, fifth, sixth, seventh = 0, eighth = 0] = groups
  const startsWithZeros = first === 0 && second === 0 && third === 0 && fourth === 0 && fifth === 0
  if (startsWithZeros && sixth === 0xffff) return dotted(seventh, eighth)
  if (startsWithZeros && sixth === 0 && (seventh !== 0 || eighth > 1)) return dotted(seventh, eighth)
  if (first === 0x64 && second === 0xff9b && third === 0) return dotted(seventh, eighth)
  if (first === 0x2002) return dotted(second ?? 0, third ?? 0)
  return undefined
}

/** The eight groups. The URL class writes every address in one way. */
function groupsOf(address: string): readonly number[] {
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1)
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].map((group) => Number.parseInt(group, 16))
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
