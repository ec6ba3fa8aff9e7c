import { type BlockList, isIP } from 'node:net'

/** Adds an address, or a range such as `10.0.0.0/8`, to a list. False, and nothing is added, when it is neither. */
export function addNetwork(list: BlockList, text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  const most = version === 6 ? 128 : 32
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (version === 0 || more.length > 0 || bits < 0 || bits > most) return false
  list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4')
  return true
}
