import { BlockList, isIP } from 'node:net'
import { invalidArgument, quoted } from '@waypost/core'

/** The proxies whose `X-Forwarded-*` and `Forwarded` headers are believed. */
export class TrustedProxies {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** @param proxies addresses and CIDR ranges, for example `10.0.0.0/8`. Throws `invalid-argument`. */
  constructor(proxies: readonly string[]) {
    this.#isEmpty = proxies.length === 0
    for (const proxy of proxies) this.#add(proxy)
  }

  has(address: string): boolean {
    if (this.#isEmpty) return false
    const version = isIP(address)
    return version !== 0 && this.#list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }

  #add(proxy: string): void {
    const [address = '', prefix, ...more] = proxy.split('/')
    const version = isIP(address)
    const bits = prefix === undefined ? (version === 6 ? 128 : 32) : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
    if (version === 0 || more.length > 0 || bits < 0 || bits > (version === 6 ? 128 : 32)) {
      throw invalidArgument(`A trusted proxy must be an address or a range such as 10.0.0.0/8, not ${quoted(proxy)}.`)
    }
    this.#list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4')
  }
}
