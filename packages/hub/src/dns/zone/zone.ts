import { recordType } from '../message/codes.ts'
import { labelsOf, nameBytes, toWireName, type WireName } from '../message/name.ts'
import { anyRecord, pointer, questionName, record, soaData } from '../message/records.ts'
import { type Answer, noData, noName, positive } from './answer.ts'
import { findName, nameServerLabel, nearZone } from './find-name.ts'
import { NameIndex } from './name-index.ts'
import type { NameSource } from './name-source.ts'
import { reverseAddress } from './reverse.ts'
import { type AnswerNames, serviceAnswer } from './service-answers.ts'
import type { ServiceEntry } from './service-entry.ts'

/** How long other servers would keep a copy of the zone, in seconds (RFC 1912 2.2). */
const soaTimes = { refreshSeconds: 3_600, retrySeconds: 600, expireSeconds: 86_400 }

/** How many names of one service are kept ready. */
const maxNames = 1_000

export interface ZoneSettings {
  readonly domain: WireName
  /** Subnets as names of the reverse trees that this server answers for alone. */
  readonly reverse: readonly WireName[]
  readonly ttlSeconds: number
  readonly negativeTtlSeconds: number
  /** Where this server is reached, as its own name's addresses. */
  readonly serverAddresses: readonly Buffer[]
}

/** An answer, and where it comes from. */
export interface Located {
  readonly answer: Answer
  /** The zone that the name is in. */
  readonly apex: WireName
  /** What the answer was read from; `undefined` when it does not depend on the store. */
  readonly index: NameIndex | undefined
  /** Whether the answer depends on the asker's address. */
  readonly isNear: boolean
}

/** All names that this server knows. */
export class Zone {
  readonly #settings: ZoneSettings
  readonly #index: NameIndex
  readonly #namespaces = new Map<string, NameIndex>()
  readonly #ready = new Map<WireName, Map<number, Located>>()
  readonly #domainLabels: readonly string[]

  /** @param namespaces by their names in lower case */
  constructor(settings: ZoneSettings, source: NameSource, namespaces: ReadonlyMap<string, NameSource>) {
    this.#settings = settings
    this.#domainLabels = labelsOf(settings.domain)
    const forget = (entry: ServiceEntry): void => this.#forget(entry)
    this.#index = new NameIndex(source, forget)
    for (const [name, of] of namespaces) this.#namespaces.set(name, new NameIndex(of, forget))
  }

  /** Whether all names have been read once. */
  get isReady(): boolean {
    return this.#indexes.every(({ isReady }) => isReady)
  }

  /** Settles when the names of all sources that are ready have been read. */
  async whenRead(): Promise<void> {
    await Promise.all(this.#indexes.map(({ source, ready }) => (source.isReady ? ready : undefined)))
  }

  get #indexes(): readonly NameIndex[] {
    return [this.#index, ...this.#namespaces.values()]
  }

  /** @param near the zone of the asker. `undefined` for a name of somebody else's. */
  find(name: WireName, type: number, near: string | undefined): Located | undefined {
    return this.#ready.get(name)?.get(type) ?? this.#find(name, type, near)
  }

  /** The SOA record of a zone as the authority of an answer, whose question ends in the zone's name. */
  soa(question: WireName, apex: WireName): Buffer {
    const { negativeTtlSeconds } = this.#settings
    return record(pointer(12 + question.length - apex.length), recordType.soa, negativeTtlSeconds, this.#soaData())
  }

  close(): void {
    for (const index of this.#indexes) index.close()
    this.#ready.clear()
  }

  #find(name: WireName, type: number, near: string | undefined): Located | undefined {
    const labels = labelsOf(name)
    const { domain, reverse } = this.#settings
    const own = this.#domainLabels
    const below = labels.length - own.length
    if (below >= 0 && own.every((label, index) => label === labels[below + index])) {
      return below === 0
        ? this.#located(this.#apexAnswer(domain, type))
        : this.#below(name, labels.slice(0, below), type, near)
    }
    const apex = reverse.find((zone) => isWithin(name, zone))
    const hex = reverseAddress(labels)
    const services = hex === undefined ? [] : this.#servicesAt(hex)
    if (services.length > 0) {
      const records = services.map((target) => this.#record(recordType.ptr, target))
      return { ...this.#located(this.#typed(type, recordType.ptr, records)), apex: apex ?? name, index: this.#index }
    }
    if (apex === undefined) return undefined
    if (name === apex) return { ...this.#located(this.#apexAnswer(apex, type)), apex }
    // Part of an address is a name that others are below of (RFC 8020).
    return { ...this.#located(hex === undefined ? noData : noName), apex, index: this.#index }
  }

  #below(name: WireName, labels: readonly string[], type: number, near: string | undefined): Located {
    let index = this.#index
    const found = findName(labels, (namespace) => {
      const known = namespace === undefined ? this.#index : this.#namespaces.get(namespace)
      index = known ?? this.#index
      return known
    })
    if (type === recordType.any && found.kind !== 'unknown') return this.#located(this.#any())
    switch (found.kind) {
      case 'unknown':
        return { ...this.#located(noName), index }
      case 'empty':
        return { ...this.#located(noData), index }
      case 'name-server':
        return this.#located(this.#serverAnswer(type))
      case 'address': {
        const own = found.ip.length === 4 ? recordType.a : recordType.aaaa
        return { ...this.#located(this.#typed(type, own, [this.#record(own, found.ip)])), index }
      }
      case 'service': {
        const { entry, tag, zone, isSrvName } = found
        if (isSrvName && type !== recordType.srv) return { ...this.#located(noData), index }
        const isNear = zone === nearZone
        const key = isNear ? `${name}\0${near ?? ''}` : name
        const kept = this.#ready.get(key)?.get(type)
        if (kept !== undefined) return kept
        const endpoints = entry.endpointsOf(tag, isNear ? undefined : zone)
        const answer = serviceAnswer(type, endpoints, isNear ? near : undefined, this.#names(name))
        const located = { ...this.#located(answer), index, isNear }
        if (answer !== noData) this.#keep(entry, key, type, located)
        return located
      }
    }
  }

  #keep(entry: ServiceEntry, key: WireName, type: number, located: Located): void {
    if (entry.names.size >= maxNames) this.#forget(entry)
    entry.names.add(key)
    const types = this.#ready.get(key)
    if (types === undefined) this.#ready.set(key, new Map([[type, located]]))
    else types.set(type, located)
  }

  #forget(entry: ServiceEntry): void {
    for (const name of entry.names) this.#ready.delete(name)
    entry.names.clear()
  }

  #apexAnswer(apex: WireName, type: number): Answer {
    if (type === recordType.soa) {
      return positive([record(questionName, type, this.#settings.ttlSeconds, this.#soaData())])
    }
    if (type === recordType.any) return this.#any()
    const server = nameBytes(toWireName([nameServerLabel]) + this.#settings.domain)
    if (type !== recordType.ns || server === undefined) return noData
    // The glue's owner is the target that NS names, right behind the question and the fixed part of the record.
    const owner = pointer(12 + apex.length + 1 + 4 + 12)
    return positive([this.#record(type, server)], { additional: this.#serverRecords(owner) })
  }

  #serverAnswer(type: number): Answer {
    const bytes = type === recordType.a ? 4 : type === recordType.aaaa ? 16 : 0
    const addresses = this.#settings.serverAddresses.filter(({ length }) => length === bytes)
    return addresses.length === 0 ? noData : positive(addresses.map((ip) => this.#record(type, ip)))
  }

  #serverRecords(owner: Buffer): Buffer[] {
    const { serverAddresses, ttlSeconds } = this.#settings
    return serverAddresses.map((ip) => record(owner, ip.length === 4 ? recordType.a : recordType.aaaa, ttlSeconds, ip))
  }

  /** The names of the services at an address. */
  #servicesAt(hex: string): Buffer[] {
    const { domain } = this.#settings
    const targets: Buffer[] = []
    for (const [namespace, index] of [[undefined, this.#index] as const, ...this.#namespaces]) {
      const below = namespace === undefined ? domain : toWireName([namespace, 'ns']) + domain
      for (const name of index.namesAt(hex)) {
        const target = nameBytes(name + toWireName(['service']) + below)
        if (target !== undefined) targets.push(target)
      }
    }
    return targets
  }

  #typed(asked: number, own: number, records: readonly Buffer[]): Answer {
    if (asked === recordType.any) return this.#any()
    return asked === own ? positive(records) : noData
  }

  #record(type: number, data: Buffer): Buffer {
    return record(questionName, type, this.#settings.ttlSeconds, data)
  }

  #any(): Answer {
    return positive([anyRecord(this.#settings.ttlSeconds)])
  }

  #soaData(): Buffer {
    const { domain, negativeTtlSeconds } = this.#settings
    const [server, mailbox] = [nameServerLabel, 'hostmaster'].map((label) => nameBytes(toWireName([label]) + domain))
    if (server === undefined || mailbox === undefined) throw new RangeError('The domain is too long.')
    const serial = Number(this.#index.source.revision & 0xffff_ffffn)
    return soaData(server, mailbox, { ...soaTimes, serial, minimumSeconds: negativeTtlSeconds })
  }

  #names(name: WireName): AnswerNames {
    const { domain, ttlSeconds } = this.#settings
    return { ttlSeconds, domain, domainInAnswer: pointer(12 + name.length - domain.length) }
  }

  #located(answer: Answer): Located {
    return { answer, apex: this.#settings.domain, index: undefined, isNear: false }
  }
}

function isWithin(name: WireName, zone: WireName): boolean {
  return name === zone || labelsOf(name).some((_label, index, labels) => toWireName(labels.slice(index)) === zone)
}
