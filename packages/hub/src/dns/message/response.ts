import { ednsOption, flag, headerBytes, maxUdpBytes, recordType } from './codes.ts'
import type { ClientSubnet, Edns } from './edns.ts'

/** What is sent as the records of an answer. */
export interface ResponseRecords {
  readonly records: readonly Buffer[]
  readonly recordBytes: number
  readonly order: { draw(count: number): Uint32Array } | undefined
  readonly onlyOne: boolean
  /** In one piece: all or none. */
  readonly additional: Buffer
  readonly additionalCount: number
}

export interface ResponseParts {
  /** The packet with the question; its id, opcode and question are sent back. */
  readonly packet: Buffer
  /** Where the question ends; `undefined` when it is not sent back. */
  readonly questionEnd: number | undefined
  readonly code: number
  /** Further bits of the header. */
  readonly flags: number
  readonly records: ResponseRecords | undefined
  readonly authority: Buffer | undefined
  /** What the asker's OPT says: an answer has OPT when the question had it, and only then. */
  readonly edns: Edns | undefined
  /** RFC 8914. */
  readonly extendedError: number | undefined
  /** RFC 7871: for how much of the client's address the answer holds. */
  readonly scopeBits: number
  readonly maxBytes: number
}

const scratch = Buffer.alloc(65_535)

/**
 * Writes an answer. What does not fit is left out in the order of its use: additional records, all or none, which is
 * no loss that the asker has to hear of (RFC 2181 9); then records, of which TC tells.
 */
export function writeResponse(parts: ResponseParts): Buffer {
  const { packet, questionEnd = headerBytes, records, authority, edns, maxBytes } = parts
  const optBytes = edns === undefined ? 0 : 11 + optionBytes(edns, parts.extendedError)
  packet.copy(scratch, 0, 0, questionEnd)
  let at = questionEnd
  const end = maxBytes - optBytes
  let answers = 0
  let truncated = 0
  if (records !== undefined && records.records.length > 0) {
    const isWhole = at + records.recordBytes <= end
    const { order } = records
    const drawn = order?.draw(records.onlyOne ? 1 : isWhole ? records.records.length : 128)
    const count = records.onlyOne ? 1 : records.records.length
    for (let index = 0; index < count; index += 1) {
      const record = records.records[drawn === undefined ? index : (drawn[index] ?? 0)]
      if (record === undefined) continue
      if (at + record.length > end) {
        truncated = flag.truncated
        break
      }
      at = append(record, at)
      answers += 1
    }
  }
  let authorities = 0
  if (authority !== undefined && at + authority.length <= end) {
    at = append(authority, at)
    authorities = 1
  }
  let additional = 0
  if (records !== undefined && truncated === 0 && at + records.additional.length <= end) {
    at += records.additional.copy(scratch, at)
    additional = records.additionalCount
  }
  if (edns !== undefined) {
    at = writeOpt(edns, parts, at)
    additional += 1
  }
  // RFC 1035 4.1.1: opcode and RD are the question's; RFC 4035 3.1.6: so is CD.
  const kept = packet.readUInt16BE(2) & (0x7800 | flag.recursionDesired | flag.checkingDisabled)
  scratch.writeUInt16BE(flag.response | kept | parts.flags | truncated | (parts.code & 0xf), 2)
  scratch.writeUInt16BE(parts.questionEnd === undefined ? 0 : 1, 4)
  scratch.writeUInt16BE(answers, 6)
  scratch.writeUInt16BE(authorities, 8)
  scratch.writeUInt16BE(additional, 10)
  const response = Buffer.allocUnsafe(at)
  scratch.copy(response, 0, 0, at)
  return response
}

function append(record: Buffer, at: number): number {
  const { length } = record
  for (let index = 0; index < length; index += 1) scratch[at + index] = record[index] ?? 0
  return at + length
}

function optionBytes({ clientSubnet }: Edns, extendedError: number | undefined): number {
  return (extendedError === undefined ? 0 : 6) + (clientSubnet === undefined ? 0 : 8 + clientSubnet.address.length)
}

function writeOpt(edns: Edns, { code, extendedError, scopeBits }: ResponseParts, start: number): number {
  let at = start
  at = scratch.writeUInt8(0, at)
  at = scratch.writeUInt16BE(recordType.opt, at)
  at = scratch.writeUInt16BE(maxUdpBytes, at)
  at = scratch.writeUInt8(code >> 4, at)
  at = scratch.writeUInt8(0, at)
  // RFC 3225: DO comes back as it was.
  at = scratch.writeUInt16BE(edns.dnssecOk ? 0x8000 : 0, at)
  at = scratch.writeUInt16BE(optionBytes(edns, extendedError), at)
  if (extendedError !== undefined) {
    at = scratch.writeUInt16BE(ednsOption.extendedError, at)
    at = scratch.writeUInt16BE(2, at)
    at = scratch.writeUInt16BE(extendedError, at)
  }
  return edns.clientSubnet === undefined ? at : writeClientSubnet(edns.clientSubnet, scopeBits, at)
}

function writeClientSubnet({ family, prefixBits, address }: ClientSubnet, scopeBits: number, start: number): number {
  let at = scratch.writeUInt16BE(ednsOption.clientSubnet, start)
  at = scratch.writeUInt16BE(4 + address.length, at)
  at = scratch.writeUInt16BE(family === 4 ? 1 : 2, at)
  at = scratch.writeUInt8(prefixBits, at)
  at = scratch.writeUInt8(scopeBits, at)
  scratch.set(address, at)
  return at + address.length
}
