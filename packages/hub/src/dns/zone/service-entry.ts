import type { Instance } from '@waypost/registry'
import { ipBytes } from '../message/ip-address.ts'
import { foldText, type WireName } from '../message/name.ts'

/** An instance that takes traffic, as the DNS sees it. */
export interface Endpoint {
  readonly instance: Instance
  /** The bytes of its host; `undefined` when that is a name. */
  readonly ip: Buffer | undefined
  readonly zone: string | undefined
  readonly tags: readonly string[]
}

/** One service at one moment. A change makes another. */
export class ServiceEntry {
  readonly service: string
  /** Of the instances that take traffic. */
  readonly endpoints: readonly Endpoint[]
  /** In hexadecimal digits, of all instances, whatever their status. */
  readonly addresses: ReadonlySet<string>
  readonly zones: ReadonlySet<string>
  readonly #tags: ReadonlySet<string>
  /** The names that were asked for. */
  readonly names = new Set<WireName>()

  constructor(service: string, instances: readonly Instance[]) {
    this.service = service
    const endpoints: Endpoint[] = []
    const addresses = new Set<string>()
    const zones = new Set<string>()
    const tags = new Set<string>()
    for (const instance of instances) {
      const ip = ipBytes(instance.host)
      const zone = instance.zone === undefined ? undefined : foldText(instance.zone)
      const folded = instance.tags.map(foldText)
      if (ip !== undefined) addresses.add(ip.toString('hex'))
      if (zone !== undefined) zones.add(zone)
      for (const tag of folded) tags.add(tag)
      if (instance.status === 'up' && instance.weight > 0) endpoints.push({ instance, ip, zone, tags: folded })
    }
    this.endpoints = endpoints
    this.addresses = addresses
    this.zones = zones
    this.#tags = tags
  }

  hasTag(tag: string): boolean {
    return this.#tags.has(tag)
  }

  /** Whether there is a tag with a dot in it that ends like this: then the name is there without records. */
  hasTagBelow(tag: string): boolean {
    for (const known of this.#tags) if (known.endsWith(`.${tag}`)) return true
    return false
  }

  endpointsOf(tag: string | undefined, zone: string | undefined): readonly Endpoint[] {
    if (tag === undefined && zone === undefined) return this.endpoints
    return this.endpoints.filter(
      (endpoint) =>
        (tag === undefined || endpoint.tags.includes(tag)) && (zone === undefined || endpoint.zone === zone),
    )
  }
}
