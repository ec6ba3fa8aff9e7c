import { toWireName, type WireName } from '../message/name.ts'

const v4Suffix = ['in-addr', 'arpa']
const v6Suffix = ['ip6', 'arpa']

/** The address that a name of the reverse trees is for, in hexadecimal digits (RFC 1035 3.5, RFC 3596 2.5). */
export function reverseAddress(labels: readonly string[]): string | undefined {
  const suffix = labels.slice(-2).join('.')
  const parts = labels.slice(0, -2).reverse()
  if (suffix === v4Suffix.join('.')) {
    const isAddress = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
    return isAddress ? Buffer.from(parts.map(Number)).toString('hex') : undefined
  }
  if (suffix !== v6Suffix.join('.') || parts.length !== 32) return undefined
  return parts.every((part) => /^[0-9a-f]$/.test(part)) ? parts.join('') : undefined
}

/** The name of a subnet in the reverse trees; its prefix has to end between labels. */
export function reverseZone(address: Buffer, prefixBits: number): WireName | undefined {
  const labelBits = address.length === 4 ? 8 : 4
  if (prefixBits % labelBits !== 0 || prefixBits === 0) return undefined
  const digits = address.length === 4 ? [...address].map(String) : [...address.toString('hex')]
  const labels = digits.slice(0, prefixBits / labelBits).reverse()
  return toWireName([...labels, ...(address.length === 4 ? v4Suffix : v6Suffix)])
}
