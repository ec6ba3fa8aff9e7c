import { BlockList, isIP } from 'node:net'
import { invalidArgument, quoted } from '@waypost/core'
import { addNetwork } from '../request/network.ts'

/** The proxies whose `X-Forwarded-*` and `Forwarded` headers are believed. */
export class TrustedProxies {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** @param proxies addresses and CIDR ranges, for example `10.0.0.0/8`. Throws `invalid-argument`. */
  constructor(proxies: readonly string[]) {
    this.#isEmpty = proxies.length === 0
    for (const proxy of proxies) {
      if (addNetwork(this.#list, proxy)) continue
      throw invalidArgument(`A trusted proxy must be an address or a range such as 10.0.0.0/8, not ${quoted(proxy)}.`)
    }
  }

  has(address: string): boolean {
    if (this.#isEmpty) return false
    const version = isIP(address)
    return version !== 0 && this.#list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}
