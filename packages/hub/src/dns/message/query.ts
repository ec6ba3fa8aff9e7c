import { flag, headerBytes, opcodeQuery, recordType, responseCode } from './codes.ts'
import { type Edns, readEdns } from './edns.ts'
import { foldBytes, nameEnd, plainNameEnd, type WireName } from './name.ts'

/** A question that can be answered. */
export interface Query {
  readonly name: WireName
  readonly type: number
  readonly class: number
  /** Where the question ends in the packet. It begins behind the header and is sent back as it came (RFC 4343). */
  readonly questionEnd: number
  readonly edns: Edns | undefined
}

/** A question that is only told why it cannot be answered. */
export interface Refusal {
  readonly code: number
  /** Where the question ends when it could be read; else the answer has none. */
  readonly questionEnd: number | undefined
  readonly edns: Edns | undefined
}

/**
 * Reads a packet. `undefined` when it gets no answer at all: it is cut off in the header, or is an answer itself, to
 * which another one would make two servers talk to each other forever.
 */
export function readQuery(packet: Buffer): Query | Refusal | undefined {
  if (packet.length < headerBytes) return undefined
  const flags = packet.readUInt16BE(2)
  if ((flags & flag.response) !== 0) return undefined
  if (((flags >> 11) & 0xf) !== opcodeQuery) return refusal(responseCode.notImplemented)
  // RFC 9619: a query has one question.
  if (packet.readUInt16BE(4) !== 1) return refusal(responseCode.formatError)
  const typeAt = plainNameEnd(packet, headerBytes)
  const questionEnd = typeAt + 4
  if (typeAt === -1 || questionEnd > packet.length) return refusal(responseCode.formatError)
  const type = packet.readUInt16BE(typeAt)
  const others = packet.readUInt16BE(6) + packet.readUInt16BE(8)
  const additional = packet.readUInt16BE(10)
  let edns: Edns | undefined
  if (others + additional > 0) {
    const found = findEdns(packet, questionEnd, others, additional)
    if (found === 'malformed') return refusal(responseCode.formatError, questionEnd)
    edns = found
    if (edns && edns.version > 0) return refusal(responseCode.badVersion, questionEnd, edns)
  } else if (questionEnd !== packet.length) return refusal(responseCode.formatError, questionEnd)
  if (type === recordType.opt) return refusal(responseCode.formatError, questionEnd, edns)
  const name = foldBytes(packet, headerBytes, typeAt - 1)
  return { name, type, class: packet.readUInt16BE(typeAt + 2), questionEnd, edns }
}

/** Goes through all records behind the question. RFC 6891 6.1.1: OPT is additional, of the root, and there once. */
function findEdns(packet: Buffer, start: number, others: number, additional: number): Edns | 'malformed' | undefined {
  let edns: Edns | undefined
  let at = start
  for (let index = 0; index < others + additional; index += 1) {
    const typeAt = nameEnd(packet, at)
    if (typeAt === -1 || typeAt + 10 > packet.length) return 'malformed'
    const dataEnd = typeAt + 10 + packet.readUInt16BE(typeAt + 8)
    if (dataEnd > packet.length) return 'malformed'
    if (packet.readUInt16BE(typeAt) === recordType.opt) {
      if (index < others || edns !== undefined || packet[at] !== 0) return 'malformed'
      edns = readEdns(packet, typeAt, dataEnd)
      if (edns === undefined) return 'malformed'
    }
    at = dataEnd
  }
  return at === packet.length ? edns : 'malformed'
}

function refusal(code: number, questionEnd?: number, edns?: Edns): Refusal {
  return { code, questionEnd, edns }
}
