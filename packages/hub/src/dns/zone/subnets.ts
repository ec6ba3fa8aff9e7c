import { invalidArgument, quoted } from '@waypost/core'
import { ipBytes } from '../message/ip-address.ts'
import { foldText } from '../message/name.ts'

/** Addresses with a common beginning, as in `10.1.0.0/16`. */
export interface Subnet {
  readonly address: Buffer
  readonly prefixBits: number
}

/** Throws `invalid-argument`. An address alone is a subnet of one. */
export function parseSubnet(text: string): Subnet {
  const [, host = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = ipBytes(host)
  const prefixBits = prefix === undefined ? (address?.length ?? 0) * 8 : Number(prefix)
  if (address === undefined || prefixBits > address.length * 8) {
    throw invalidArgument(`A subnet is an address with a length, such as 10.1.0.0/16, not ${quoted(text)}.`)
  }
  return { address, prefixBits }
}

export function isInSubnet(ip: Uint8Array, { address, prefixBits }: Subnet): boolean {
  if (ip.length !== address.length) return false
  const whole = prefixBits >> 3
  for (let index = 0; index < whole; index += 1) if (ip[index] !== address[index]) return false
  const left = prefixBits & 7
  if (left === 0) return true
  return (((ip[whole] ?? 0) ^ (address[whole] ?? 0)) & (0xff00 >> left) & 0xff) === 0
}

/** The address itself; an IPv4 address that arrives as an IPv6 one (`::ffff:10.0.0.1`) as what it is. */
export function askerBytes(address: string): Buffer | undefined {
  const bytes = ipBytes(address)
  const isMapped = bytes?.length === 16 && bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xffff
  return isMapped ? bytes.subarray(12) : bytes
}

/** Which zone an address is in, by the longest subnet that holds it. */
export class ZoneMap {
  readonly #subnets: readonly (Subnet & { readonly zone: string })[]

  /** @param zones the subnets of each zone. Throws `invalid-argument`. */
  constructor(zones: Readonly<Record<string, readonly string[]>>) {
    this.#subnets = Object.entries(zones)
      .flatMap(([zone, subnets]) => subnets.map((text) => ({ ...parseSubnet(text), zone: foldText(zone) })))
      .sort((a, b) => b.prefixBits - a.prefixBits)
  }

  get isEmpty(): boolean {
    return this.#subnets.length === 0
  }

  find(ip: Uint8Array): { readonly zone: string; readonly prefixBits: number } | undefined {
    return this.#subnets.find((subnet) => isInSubnet(ip, subnet))
  }
}
