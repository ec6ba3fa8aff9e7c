import { isIP } from 'node:net'

/** What a PROXY header says. */
export interface ProxyHeader {
  /** The client's address; `undefined` when the proxy speaks for itself, as its health checks do. */
  readonly clientAddress: string | undefined
  /** Where the client's own bytes begin. */
  readonly length: number
}

const v1Prefix = Buffer.from('PROXY ')
const v2Signature = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a])
const v1MaxLength = 107
const v2HeadLength = 16
const v2MaxLength = 4_096

/**
 * Reads the header of the PROXY protocol, version 1 or 2, at the beginning of a connection. `more`: it is not whole
 * yet. `malformed`: the connection must be closed.
 *
 * Source: HAProxy, "The PROXY protocol, versions 1 & 2", sections 2.1 and 2.2.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'more' | 'malformed' {
  if (startsLike(bytes, v2Signature)) return bytes.length < v2HeadLength ? 'more' : readV2(bytes)
  if (startsLike(bytes, v1Prefix)) return readV1(bytes)
  return 'malformed'
}

function startsLike(bytes: Buffer, prefix: Buffer): boolean {
  const length = Math.min(bytes.length, prefix.length)
  return bytes.subarray(0, length).equals(prefix.subarray(0, length))
}

function readV1(bytes: Buffer): ProxyHeader | 'more' | 'malformed' {
  const end = bytes.subarray(0, v1MaxLength).indexOf('\r\n')
  if (end === -1) return bytes.length < v1MaxLength ? 'more' : 'malformed'
  const [, family, source = '', ...rest] = bytes.toString('latin1', 0, end).split(' ')
  const length = end + 2
  if (family === 'UNKNOWN') return { clientAddress: undefined, length }
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0
  if (version === 0 || isIP(source) !== version || rest.length !== 3) return 'malformed'
  return { clientAddress: source, length }
}

function readV2(bytes: Buffer): ProxyHeader | 'more' | 'malformed' {
  const versionAndCommand = bytes.readUInt8(12)
  const family = bytes.readUInt8(13)
  const length = v2HeadLength + bytes.readUInt16BE(14)
  if (versionAndCommand >> 4 !== 2 || (versionAndCommand & 15) > 1 || length > v2MaxLength) return 'malformed'
  if (bytes.length < length) return 'more'
  const isLocal = (versionAndCommand & 15) === 0
  if (isLocal || (family !== 0x11 && family !== 0x21)) return { clientAddress: undefined, length }
  const addressLength = family === 0x11 ? 4 : 16
  if (length < v2HeadLength + 2 * addressLength + 4) return 'malformed'
  const address = bytes.subarray(v2HeadLength, v2HeadLength + addressLength)
  return { clientAddress: addressLength === 4 ? [...address].join('.') : ipv6Text(address), length }
}

function ipv6Text(address: Buffer): string {
  const groups: string[] = []
  for (let at = 0; at < 16; at += 2) groups.push(address.readUInt16BE(at).toString(16))
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}
