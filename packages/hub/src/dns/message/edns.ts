import { ednsOption } from './codes.ts'

/** What an OPT record says (RFC 6891). */
export interface Edns {
  /** The largest answer over UDP that the asker takes, in bytes, as sent. */
  readonly udpBytes: number
  readonly version: number
  readonly dnssecOk: boolean
  readonly clientSubnet: ClientSubnet | undefined
}

/** RFC 7871: whom the asker asks for. */
export interface ClientSubnet {
  readonly family: 4 | 6
  readonly prefixBits: number
  /** The bytes of the address that were sent; the rest is zero. */
  readonly address: Uint8Array
}

/** Reads OPT at its type field. `undefined` when its options are malformed. */
export function readEdns(packet: Buffer, typeAt: number, dataEnd: number): Edns | undefined {
  const version = packet.readUInt8(typeAt + 5)
  let clientSubnet: ClientSubnet | undefined
  for (let at = typeAt + 10; at < dataEnd; ) {
    if (at + 4 > dataEnd) return undefined
    const option = packet.readUInt16BE(at)
    const end = at + 4 + packet.readUInt16BE(at + 2)
    if (end > dataEnd) return undefined
    if (option === ednsOption.clientSubnet && version === 0) {
      clientSubnet = readClientSubnet(packet.subarray(at + 4, end))
      if (clientSubnet === undefined) return undefined
    }
    at = end
  }
  const dnssecOk = (packet.readUInt8(typeAt + 6) & 0x80) !== 0
  return { udpBytes: packet.readUInt16BE(typeAt + 2), version, dnssecOk, clientSubnet }
}

/** RFC 7871 7.1.2: what is malformed in it is a format error. */
function readClientSubnet(data: Buffer): ClientSubnet | undefined {
  if (data.length < 4) return undefined
  const number = data.readUInt16BE(0)
  const prefixBits = data.readUInt8(2)
  const address = Uint8Array.from(data.subarray(4))
  if (number !== 1 && number !== 2) return undefined
  if (data.readUInt8(3) !== 0 || prefixBits > (number === 1 ? 32 : 128)) return undefined
  if (address.length !== Math.ceil(prefixBits / 8)) return undefined
  const lastBits = prefixBits % 8
  if (lastBits !== 0 && ((address.at(-1) ?? 0) & (0xff >> lastBits)) !== 0) return undefined
  return { family: number === 1 ? 4 : 6, prefixBits, address }
}
