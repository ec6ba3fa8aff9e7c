import type { CountBy } from '../document/limit-spec.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import { headerOf } from '../request/request-values.ts'
import { plainAddress } from './addresses.ts'
import type { PolicyContext } from './policy.ts'

/** The text that requests are counted by. */
export type CountKey = (request: RequestFacts, context: PolicyContext) => string

export function countKey(by: CountBy): CountKey {
  if (typeof by === 'object') {
    const name = by.header.toLowerCase()
    return (request) => headerOf(request, name)?.slice(0, 256) ?? ''
  }
  if (by === 'client-address') return ({ clientAddress }) => networkOf(clientAddress)
  if (by === 'identity') {
    return ({ clientAddress }, { identity }) =>
      identity ? `${identity.policy}/${identity.subject}` : networkOf(clientAddress)
  }
  return (_request, { route }) => route
}

/** One customer has a /64 of IPv6 addresses at least: they count as one. */
function networkOf(clientAddress: string): string {
  const address = plainAddress(clientAddress)
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  while (groups.length + after.length < 8) groups.push('0')
  return [...groups, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
