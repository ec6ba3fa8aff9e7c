import { classIn, flag, headerBytes, recordType, responseCode } from './codes.ts'
import { foldBytes, type WireName } from './name.ts'

/** A pointer only leads back, and no name has more labels than this. */
const maxJumps = 128
const maxNameBytes = 255

/** What another server answers: what it found, and the records at a name, with the aliases on the way. */
export interface ForeignAnswer {
  readonly code: number
  readonly isTruncated: boolean
  readonly records: readonly ForeignRecord[]
}

export interface ForeignRecord {
  readonly owner: WireName
  readonly type: number
  readonly ttlSeconds: number
  /** Of a CNAME the name that it leads to. */
  readonly target: WireName | undefined
  readonly data: Buffer
}

/** Reads CNAME, A and AAAA records of class IN out of an answer. `undefined` when it is malformed. */
export function readForeignAnswer(packet: Buffer): ForeignAnswer | undefined {
  if (packet.length < headerBytes) return undefined
  const flags = packet.readUInt16BE(2)
  const code = flags & 0xf
  const isTruncated = (flags & flag.truncated) !== 0
  let at = headerBytes
  for (let count = packet.readUInt16BE(4); count > 0; count -= 1) {
    const name = readName(packet, at)
    if (name === undefined || name.end + 4 > packet.length) return undefined
    at = name.end + 4
  }
  const records: ForeignRecord[] = []
  for (let count = packet.readUInt16BE(6); count > 0; count -= 1) {
    const owner = readName(packet, at)
    // Of what is cut off, the whole records count.
    if (owner === undefined || owner.end + 10 > packet.length)
      return isTruncated ? { code, isTruncated, records } : undefined
    const [type, kind] = [packet.readUInt16BE(owner.end), packet.readUInt16BE(owner.end + 2)]
    const dataAt = owner.end + 10
    const end = dataAt + packet.readUInt16BE(owner.end + 8)
    if (end > packet.length) return undefined
    at = end
    if (kind !== classIn) continue
    const ttlSeconds = packet.readUInt32BE(owner.end + 4)
    const target = type === recordType.cname ? readName(packet, dataAt)?.name : undefined
    const isAddress = (type === recordType.a && end - dataAt === 4) || (type === recordType.aaaa && end - dataAt === 16)
    if (target === undefined && !isAddress) continue
    records.push({ owner: owner.name, type, ttlSeconds, target, data: Buffer.from(packet.subarray(dataAt, end)) })
  }
  return { code, isTruncated, records }
}

/** Follows pointers (RFC 1035 4.1.4). */
function readName(packet: Buffer, start: number): { readonly name: WireName; readonly end: number } | undefined {
  let name = ''
  let at = start
  let end: number | undefined
  for (let jumps = 0; jumps < maxJumps; ) {
    const length = packet[at]
    if (length === undefined || name.length > maxNameBytes) return undefined
    if (length === 0) return { name, end: end ?? at + 1 }
    if (length >= 0xc0) {
      const low = packet[at + 1]
      if (low === undefined) return undefined
      end ??= at + 2
      const to = ((length & 0x3f) << 8) | low
      if (to >= at) return undefined
      at = to
      jumps += 1
    } else {
      if (length > 63 || at + 1 + length > packet.length) return undefined
      name += foldBytes(packet, at, at + 1 + length)
      at += 1 + length
    }
  }
  return undefined
}

/** The records on the way from a name to its addresses; what else is in the answer is not asked for. */
export function recordsFrom(start: WireName, { records }: ForeignAnswer): readonly ForeignRecord[] {
  const found: ForeignRecord[] = []
  let name = start
  for (const record of records) {
    if (record.owner !== name) continue
    found.push(record)
    if (record.target !== undefined) name = record.target
  }
  return found
}

export function isUsable({ code }: ForeignAnswer): boolean {
  return code === responseCode.noError || code === responseCode.nameError
}
