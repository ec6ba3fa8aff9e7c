import { type AliasChain, followAlias, isAlias } from './follow-alias.ts'
import {
  classIn,
  extendedError,
  flag,
  maxTcpBytes,
  maxUdpBytes,
  minUdpBytes,
  recordType,
  responseCode,
} from './message/codes.ts'
import type { Edns } from './message/edns.ts'
import { type ForeignAnswer, isUsable, recordsFrom } from './message/foreign-answer.ts'
import { nameBytes, type WireName } from './message/name.ts'
import { type Query, type Refusal, readQuery } from './message/query.ts'
import { record } from './message/records.ts'
import { writeResponse } from './message/response.ts'
import { type Answer, positive } from './zone/answer.ts'
import { askerBytes, type ZoneMap } from './zone/subnets.ts'
import type { Located, Zone } from './zone/zone.ts'

export interface ResponderSettings {
  readonly zoneMap: ZoneMap
  /** For how long answers are given that may be out of date. */
  readonly staleLimitMs: number
  /** Whether names of other zones are asked for elsewhere, for whoever is at this address. */
  readonly mayForward: (address: string) => boolean
  readonly nowMs: () => number
}

/** Who asks, and how. */
export interface Asker {
  readonly address: string
  readonly transport: 'udp' | 'tcp'
}

/** What a packet gets: an answer, nothing, an answer from elsewhere, or one that begins here and goes on elsewhere. */
export type Response = Buffer | 'nothing' | Later

/** An answer that has to be asked for elsewhere. */
export type Later = 'forward' | ForeignAlias

/** An alias of a service that leads to somebody else's name. */
export interface ForeignAlias {
  readonly target: WireName
  readonly type: number
  /** Writes the whole answer; `undefined` when the other server gave none. */
  finish(found: ForeignAnswer | undefined): Buffer
}

/** Answers packets, without waiting for anything. */
export class Responder {
  readonly #zone: Zone
  readonly #settings: ResponderSettings

  constructor(zone: Zone, settings: ResponderSettings) {
    this.#zone = zone
    this.#settings = settings
  }

  respond(packet: Buffer, asker: Asker): Response {
    const query = readQuery(packet)
    if (query === undefined) return 'nothing'
    if ('code' in query) return this.#refuse(packet, query, asker)
    if (query.class !== classIn) return this.#refuse(packet, { ...query, code: responseCode.refused }, asker)
    const near = this.#near(query, asker)
    const located = this.#zone.find(query.name, query.type, near?.zone)
    if (located === undefined) return this.#foreign(packet, query, asker)
    if (query.type === recordType.axfr || query.type === recordType.ixfr) {
      return this.#refuse(packet, { ...query, code: responseCode.refused }, asker)
    }
    const stale = this.#staleness(located)
    if (stale === 'unusable' || stale === 'not-ready') {
      const error = stale === 'not-ready' ? extendedError.notReady : extendedError.noReachableAuthority
      return this.#refuse(packet, { ...query, code: responseCode.serverFailure }, asker, error)
    }
    const { answer, apex, isNear } = located
    const context: AnswerContext = {
      packet,
      query,
      asker,
      apex,
      isStale: stale === 'stale',
      scopeBits: isNear && query.edns?.clientSubnet ? (near?.prefixBits ?? 0) : 0,
    }
    if (isAlias(answer, query.type)) return this.#followed(answer, near?.zone, context)
    return this.#answered(answer, context)
  }

  #answered(answer: Answer, { packet, query, asker, apex, isStale, scopeBits }: AnswerContext): Buffer {
    return writeResponse({
      packet,
      questionEnd: query.questionEnd,
      code: answer.code,
      flags: flag.authoritative | this.#recursion(asker),
      records: answer,
      authority: answer.isNegative ? this.#zone.soa(query.name, apex) : undefined,
      edns: query.edns,
      extendedError: isStale ? staleError(answer.code) : undefined,
      scopeBits,
      maxBytes: maxBytes(asker, query.edns),
    })
  }

  /** The alias with what it leads to: who asks a resolver like that asks once. */
  #followed(alias: Answer, near: string | undefined, context: AnswerContext): Response {
    const { packet, query, asker } = context
    const chain = followAlias(alias, query.questionEnd, (name) => this.#zone.find(name, query.type, near))
    const { next } = chain
    if (next === undefined) return this.#answered(chainAnswer(chain), context)
    const isWanted = (packet.readUInt16BE(2) & flag.recursionDesired) !== 0
    if (!isWanted || !this.#settings.mayForward(asker.address)) return this.#answered(positive(chain.records), context)
    const kept = { ...context, packet: Buffer.from(packet) }
    return {
      target: next,
      type: query.type,
      finish: (found) => {
        if (found === undefined || !isUsable(found)) {
          return this.#refuse(kept.packet, { ...query, code: responseCode.serverFailure }, asker)
        }
        const records = [...chain.records, ...foreignRecords(next, found)]
        return this.#answered({ ...positive(records), order: undefined, code: found.code }, kept)
      },
    }
  }

  /** An answer that only says to ask again over TCP; `undefined` when it gets none. */
  truncated(packet: Buffer): Buffer | undefined {
    const query = readQuery(packet)
    if (query === undefined) return undefined
    return this.#write(packet, query, { code: responseCode.noError, flags: flag.truncated, address: '' })
  }

  /** An answer to a question that could not be answered elsewhere. */
  failed(packet: Buffer, { address }: Asker): Buffer | undefined {
    const query = readQuery(packet)
    return query && this.#write(packet, query, { code: responseCode.serverFailure, flags: 0, address })
  }

  #foreign(packet: Buffer, query: Query, asker: Asker): Response {
    const isWanted = (packet.readUInt16BE(2) & flag.recursionDesired) !== 0
    if (isWanted && this.#settings.mayForward(asker.address)) return 'forward'
    return this.#refuse(packet, { ...query, code: responseCode.refused }, asker)
  }

  #refuse(packet: Buffer, refusal: Refusal, { address }: Asker, error?: number): Buffer {
    return this.#write(packet, refusal, { code: refusal.code, flags: 0, address, error })
  }

  #write(
    packet: Buffer,
    { questionEnd, edns }: Pick<Refusal, 'questionEnd' | 'edns'>,
    { code, flags, address, error }: { code: number; flags: number; address: string; error?: number | undefined },
  ): Buffer {
    return writeResponse({
      packet,
      questionEnd,
      code,
      flags: flags | (address === '' ? 0 : this.#recursion({ address })),
      records: undefined,
      authority: undefined,
      edns,
      extendedError: error,
      scopeBits: 0,
      maxBytes: minUdpBytes,
    })
  }

  #recursion({ address }: Pick<Asker, 'address'>): number {
    return this.#settings.mayForward(address) ? flag.recursionAvailable : 0
  }

  #near({ edns }: Query, { address }: Asker): { readonly zone: string; readonly prefixBits: number } | undefined {
    const { zoneMap } = this.#settings
    if (zoneMap.isEmpty) return undefined
    const subnet = edns?.clientSubnet
    if (subnet === undefined) {
      const ip = askerBytes(address)
      return ip && zoneMap.find(ip)
    }
    if (subnet.prefixBits === 0) return undefined
    const ip = new Uint8Array(subnet.family === 4 ? 4 : 16)
    ip.set(subnet.address)
    return zoneMap.find(ip)
  }

  #staleness({ index }: Located): 'fresh' | 'stale' | 'unusable' | 'not-ready' {
    if (index === undefined) return 'fresh'
    if (!index.isReady) return 'not-ready'
    const { staleSince } = index.source
    if (staleSince === undefined) return 'fresh'
    const isUsable = this.#settings.nowMs() - staleSince.getTime() <= this.#settings.staleLimitMs
    return isUsable ? 'stale' : 'unusable'
  }
}

interface AnswerContext {
  readonly packet: Buffer
  readonly query: Query
  readonly asker: Asker
  readonly apex: WireName
  readonly isStale: boolean
  readonly scopeBits: number
}

/** Its code is that of the last name (RFC 6604), and its records keep their order. */
function chainAnswer({ records, end }: AliasChain): Answer {
  const answer = { ...positive(records), order: undefined }
  return end === undefined ? answer : { ...answer, code: end.code, isNegative: end.isNegative }
}

function foreignRecords(start: WireName, found: ForeignAnswer): Buffer[] {
  return recordsFrom(start, found).flatMap(({ owner, type, ttlSeconds, target, data }) => {
    const [name, content] = [nameBytes(owner), target === undefined ? data : nameBytes(target)]
    return name === undefined || content === undefined ? [] : [record(name, type, ttlSeconds, content)]
  })
}

function staleError(code: number): number {
  return code === responseCode.nameError ? extendedError.staleNameError : extendedError.staleAnswer
}

/** RFC 6891 6.2.5: less than 512 means 512. RFC 9715: never more than what passes everywhere. */
function maxBytes({ transport }: Asker, edns: Edns | undefined): number {
  if (transport === 'tcp') return maxTcpBytes
  return edns === undefined ? minUdpBytes : Math.min(Math.max(edns.udpBytes, minUdpBytes), maxUdpBytes)
}
