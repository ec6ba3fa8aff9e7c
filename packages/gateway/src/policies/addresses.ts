import { BlockList, isIP } from 'node:net'
import type { AddressesSpec } from '../document/policy-spec.ts'
import { addNetwork } from '../request/network.ts'
import { forbidden, goOn } from './decisions.ts'
import type { Policy } from './policy.ts'

const refused = forbidden('address-refused', 'This address may not do that.')

/** Lets clients go on by their addresses. Throws an `Error` with a sentence for the document's author. */
export function addressesPolicy(name: string, { allow, deny }: AddressesSpec): Policy {
  const allowed = allow && networks(allow)
  const denied = deny && networks(deny)
  return {
    name,
    kind: 'addresses',
    identityHeaders: [],
    check({ clientAddress }) {
      const address = plainAddress(clientAddress)
      const version = isIP(address)
      // Nobody knows where it comes from.
      if (version === 0) return refused
      const family = version === 4 ? 'ipv4' : 'ipv6'
      if (denied?.check(address, family) === true) return refused
      return allowed === undefined || allowed.check(address, family) ? goOn : refused
    },
    close() {},
  }
}

/** An IPv4 address that is written as an IPv6 one, as a socket for both kinds names it, in its own form. */
export function plainAddress(address: string): string {
  const [, plain] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  return plain ?? address
}

function networks(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    if (!addNetwork(list, text)) throw new Error(`${text} is neither an address nor a network`)
  }
  return list
}
