import { toWireName } from '../message/name.ts'
import type { NameIndex } from './name-index.ts'
import type { ServiceEntry } from './service-entry.ts'

/** What a name below the domain stands for. */
export type Found =
  | { readonly kind: 'unknown' }
  /** It has no records of its own; longer names do. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'name-server' }
  | { readonly kind: 'address'; readonly ip: Buffer }
  | FoundService

export interface FoundService {
  readonly kind: 'service'
  readonly entry: ServiceEntry
  readonly tag: string | undefined
  readonly zone: string | undefined
  /** Only SRV: the name is of the form `_web._tcp.service`. */
  readonly isSrvName: boolean
}

/** The zone of whoever asks, where a name says `near.zone`. */
export const nearZone = 'near'

export const nameServerLabel = 'ns1'

const unknown: Found = Object.freeze({ kind: 'unknown' })
const empty: Found = Object.freeze({ kind: 'empty' })

/** The namespace with the name; `undefined` is the one of names that say none. */
export type Namespaces = (name: string | undefined) => NameIndex | undefined

/**
 * Finds what stands behind labels, read from the right:
 * `[<tag>.]<service>.service[.<zone>.zone][.<namespace>.ns]`, `_<service>._tcp.service…`, `<hexadecimal>.addr`.
 * @param labels in lower case, without those of the domain
 */
export function findName(labels: readonly string[], namespaces: Namespaces): Found {
  let left = labels
  let namespace: string | undefined
  if (left.at(-1) === 'ns') {
    if (left.length === 1) return empty
    namespace = left.at(-2)
    left = left.slice(0, -2)
  }
  const index = namespaces(namespace)
  if (index === undefined) return unknown
  let zone: string | undefined
  if (left.at(-1) === 'zone') {
    if (left.length === 1) return empty
    zone = left.at(-2) ?? ''
    if (zone !== nearZone && !index.hasZone(zone)) return unknown
    left = left.slice(0, -2)
  }
  if (left.length === 0) return empty
  const rest = left.slice(0, -1)
  switch (left.at(-1)) {
    case 'service':
      return rest.length === 0 ? empty : findService(rest, zone, index)
    case 'addr':
      return zone === undefined ? findAddress(rest, index) : unknown
    case nameServerLabel:
      return labels.length === 1 ? { kind: 'name-server' } : unknown
    default:
      return unknown
  }
}

function findService(labels: readonly string[], zone: string | undefined, index: NameIndex): Found {
  const whole = toWireName(labels)
  const exact = index.service(whole)
  if (exact) return { kind: 'service', entry: exact, tag: undefined, zone, isSrvName: false }
  if (labels.at(-1)?.startsWith('_')) return findSrvName(labels, zone, index)
  let found: Found = index.hasNamesBelow(whole) ? empty : unknown
  for (let split = 1; split < labels.length; split += 1) {
    const entry = index.service(toWireName(labels.slice(split)))
    const tag = labels.slice(0, split).join('.')
    if (entry?.hasTag(tag)) return { kind: 'service', entry, tag, zone, isSrvName: false }
    if (entry?.hasTagBelow(tag)) found = empty
  }
  return found
}

/** RFC 2782: `_web._tcp`. As in Consul, a tag may stand where the protocol does. */
function findSrvName(labels: readonly string[], zone: string | undefined, index: NameIndex): Found {
  const protocol = labels.at(-1)?.slice(1)
  const [first, ...others] = labels.slice(0, -1)
  if (first === undefined) return protocol === 'tcp' ? empty : unknown
  const service = [first.slice(1), ...others]
  if (!first.startsWith('_')) {
    return index.hasNamesBelow(toWireName([first, ...others])) && protocol === 'tcp' ? empty : unknown
  }
  const entry = first === '_' ? undefined : index.service(toWireName(service))
  const tag = protocol === 'tcp' ? undefined : protocol
  if (entry === undefined || (tag !== undefined && !entry.hasTag(tag))) return unknown
  return { kind: 'service', entry, tag, zone, isSrvName: true }
}

/** Only of instances that are there: a name for any address would let strangers' pages reach into the network. */
function findAddress(labels: readonly string[], index: NameIndex): Found {
  const [hex] = labels
  if (hex === undefined) return empty
  if (labels.length > 1 || !index.hasAddress(hex)) return unknown
  return { kind: 'address', ip: Buffer.from(hex, 'hex') }
}
