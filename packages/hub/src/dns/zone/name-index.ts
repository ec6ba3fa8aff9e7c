import { domainToASCII } from 'node:url'
import { deferred } from '@waypost/core'
import { foldLabel, foldLabels, toWireName, type WireName } from '../message/name.ts'
import type { NameSource } from './name-source.ts'
import { ServiceEntry } from './service-entry.ts'

/** How long one turn of the event loop is used, and how long changes are collected, in milliseconds. */
const sliceMs = 4
const collectMs = 20

/** The names of a namespace: its services, and what is found by their instances. It follows its source. */
export class NameIndex {
  readonly source: NameSource
  readonly #onReplaced: (entry: ServiceEntry) => void
  readonly #entries = new Map<string, ServiceEntry>()
  /** Names differ in the store that are one in the DNS, where case does not matter. */
  readonly #claims = new Map<WireName, Set<string>>()
  /** Names that are there because longer ones are (RFC 8020), and by how many. */
  readonly #parents = new Map<WireName, number>()
  readonly #zones = new Map<string, number>()
  readonly #byAddress = new Map<string, Set<string>>()
  readonly #stopFollowing: () => void
  #due = new Set<string>()
  readonly #filled = deferred<void>()
  #isFilled = false
  #pause: NodeJS.Timeout | undefined
  #nextSlice: NodeJS.Immediate | undefined
  #closed = false

  constructor(source: NameSource, onReplaced: (entry: ServiceEntry) => void) {
    this.source = source
    this.#onReplaced = onReplaced
    this.#due = new Set(source.services)
    this.#stopFollowing = source.onChange((services) => this.#changed(services))
    this.#work()
  }

  /** Whether all that the source had has been taken in once. */
  get isReady(): boolean {
    return this.#isFilled
  }

  /** Settles when that is so, and when the index is closed before. */
  get ready(): Promise<void> {
    return this.#filled.promise
  }

  service(name: WireName): ServiceEntry | undefined {
    const claims = this.#claims.get(name)
    if (claims === undefined) return undefined
    let [winner] = claims
    // The same at every start, whichever was registered first.
    for (const service of claims) {
      if (winner === undefined || rank(service) < rank(winner)) winner = service
    }
    return winner === undefined ? undefined : this.#entries.get(winner)
  }

  /** Whether longer names end in this one. */
  hasNamesBelow(name: WireName): boolean {
    return this.#parents.has(name)
  }

  hasZone(zone: string): boolean {
    return this.#zones.has(zone)
  }

  hasAddress(hex: string): boolean {
    return this.#byAddress.has(hex)
  }

  /** The names of the services with an instance at the address. */
  namesAt(hex: string): readonly WireName[] {
    const services = [...(this.#byAddress.get(hex) ?? [])].sort()
    return services.flatMap((service) => [...namesOf(service)].slice(0, 1))
  }

  close(): void {
    this.#closed = true
    this.#stopFollowing()
    clearTimeout(this.#pause)
    clearImmediate(this.#nextSlice)
    this.#filled.resolve()
  }

  #changed(services: ReadonlySet<string>): void {
    for (const service of services) this.#due.add(service)
    // The first change is seen at once; those that follow closely are taken in together.
    if (this.#pause === undefined && this.#nextSlice === undefined) this.#work()
  }

  #work(): void {
    this.#nextSlice = undefined
    if (this.#closed) return
    const endMs = performance.now() + sliceMs
    let isLeft = false
    for (const service of this.#due) {
      if (performance.now() >= endMs) {
        isLeft = true
        break
      }
      this.#due.delete(service)
      this.#update(service)
    }
    if (isLeft) {
      this.#nextSlice = setImmediate(() => this.#work())
      return
    }
    if (this.source.isReady) {
      this.#isFilled = true
      this.#filled.resolve()
    }
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      if (this.#due.size > 0 || !this.#isFilled) this.#work()
    }, collectMs)
    this.#pause.unref()
  }

  #update(service: string): void {
    const before = this.#entries.get(service)
    const after = this.source.has(service) ? new ServiceEntry(service, this.source.instances(service)) : undefined
    if (before === undefined && after !== undefined) this.#claim(service)
    if (after === undefined) this.#entries.delete(service)
    else this.#entries.set(service, after)
    for (const zone of after?.zones ?? []) count(this.#zones, zone, 1)
    for (const zone of before?.zones ?? []) count(this.#zones, zone, -1)
    for (const address of before?.addresses ?? []) {
      const services = this.#byAddress.get(address)
      services?.delete(service)
      if (services?.size === 0) this.#byAddress.delete(address)
    }
    for (const address of after?.addresses ?? []) {
      const services = this.#byAddress.get(address)
      if (services === undefined) this.#byAddress.set(address, new Set([service]))
      else services.add(service)
    }
    if (before !== undefined) {
      if (after === undefined) this.#release(service)
      this.#onReplaced(before)
    }
  }

  #claim(service: string): void {
    for (const name of namesOf(service)) {
      const claims = this.#claims.get(name)
      // Another service may answer to the name from now on.
      for (const other of claims ?? []) this.#forget(other)
      if (claims === undefined) this.#claims.set(name, new Set([service]))
      else claims.add(service)
      for (const parent of parentsOf(name)) count(this.#parents, parent, 1)
    }
  }

  #release(service: string): void {
    for (const name of namesOf(service)) {
      const claims = this.#claims.get(name)
      claims?.delete(service)
      if (claims?.size === 0) this.#claims.delete(name)
      for (const parent of parentsOf(name)) count(this.#parents, parent, -1)
    }
  }

  #forget(service: string): void {
    const entry = this.#entries.get(service)
    if (entry !== undefined) this.#onReplaced(entry)
  }
}

/**
 * The names that a service is found by: its labels; one label, where its name has dots; and the ASCII form of a name
 * in another script (RFC 5891), which is what browsers and `dig` ask for. None when they do not fit in the DNS.
 */
function namesOf(service: string): ReadonlySet<WireName> {
  const whole = foldLabel(service)
  const forms = [foldLabels(service), whole === undefined ? undefined : [whole], foldLabels(domainToASCII(service))]
  return new Set(forms.filter((labels) => labels !== undefined).map(toWireName))
}

function* parentsOf(name: WireName): Iterable<WireName> {
  for (let at = 1 + name.charCodeAt(0); at < name.length; at += 1 + name.charCodeAt(at)) yield name.slice(at)
}

/** Sorts a name that is in lower case already before others. */
function rank(service: string): string {
  return `${service === service.toLowerCase() ? 0 : 1}${service}`
}

function count<K>(counts: Map<K, number>, key: K, by: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + by
  if (now > 0) counts.set(key, now)
  else counts.delete(key)
}
