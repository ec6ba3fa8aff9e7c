import { METHODS } from 'node:http'
import { chunkedLength } from '../../http1/body-reader.ts'
import { readFieldLines } from '../../http1/field-lines.ts'
import { framingOf } from '../../http1/framing.ts'

/** The head of a request over HTTP/1.1 or HTTP/1.0. */
export interface RequestHead {
  readonly method: string
  /** As it was sent. */
  readonly target: string
  readonly protocol: '1.0' | '1.1'
  /** Flat: name, value, name, value. */
  readonly rawHeaders: readonly string[]
  /** `''` when there is none. */
  readonly host: string
  /** Of the body, as `BodyReader` takes it. */
  readonly length: number
  /** Whether the client may send another request on the connection. */
  readonly keepsAlive: boolean
  /** The client waits for 100 before it sends the body. */
  readonly expectsContinue: boolean
  /** The protocol that the client asks for instead; `undefined` when it asks for none. */
  readonly upgrade: string | undefined
}

/** The status with which a request that cannot be read is refused. */
export type Refusal = 400 | 417 | 501

/** Its first line is that of no HTTP message: the client speaks something else, and would not understand an answer. */
export type NoHttp = 'no-http'

/** `SOURCE` belongs to another protocol. */
const methods = new Set(METHODS.filter((method) => method !== 'SOURCE'))

/** Source: RFC 9112, section 3.2. Hosts are looked at again where they are used. */
const targets = /^(?:\/[!-~]*|\*|https?:\/\/[\w.:[\]-]+(?:[/?][!-~]*)?)$/i
const connectTargets = /^[\w.:[\]-]+$/

/**
 * Reads the head of a request. Refuses what two programs could read differently.
 *
 * Source: RFC 9112, sections 2.2, 3, 5 and 6.
 *
 * @param text with the CRLF of its last line
 */
export function readRequestHead(text: string): RequestHead | Refusal | NoHttp {
  const end = text.indexOf('\r\n')
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  if (first === -1 || second === -1 || second > end) return 400
  const method = text.slice(0, first)
  const target = text.slice(first + 1, second)
  const version = text.slice(second + 1, end)
  if (!version.startsWith('HTTP/')) return 'no-http'
  if (!methods.has(method) || !(method === 'CONNECT' ? connectTargets : targets).test(target)) return 400
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') return 400
  const rawHeaders = readFieldLines(text, end + 2)
  return rawHeaders === undefined ? 400 : headOf(method, target, version === 'HTTP/1.0', rawHeaders)
}

function headOf(method: string, target: string, isOld: boolean, rawHeaders: readonly string[]): RequestHead | Refusal {
  const { contentLength, isChunked, isAmbiguous, hasUnknownEncoding, closes, keepsAlive, upgrades } =
    framingOf(rawHeaders)
  if (isAmbiguous) return 400
  if (hasUnknownEncoding) return 501
  if (isOld && isChunked) return 400
  let host: string | undefined
  let upgrade: string | undefined
  let expectsContinue = false
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const { length } = name
    if (length !== 4 && length !== 6 && length !== 7) continue
    const lower = name.toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    if (lower === 'host') {
      if (host !== undefined) return 400
      host = value
    } else if (lower === 'upgrade') upgrade = value
    else if (lower === 'expect' && !isOld) {
      if (value.toLowerCase() !== '100-continue') return 417
      expectsContinue = true
    }
  }
  if (host === undefined && !isOld) return 400
  return {
    method,
    target,
    protocol: isOld ? '1.0' : '1.1',
    rawHeaders,
    host: host ?? '',
    length: isChunked ? chunkedLength : Math.max(0, contentLength),
    keepsAlive: isOld ? keepsAlive && !closes : !closes,
    expectsContinue,
    upgrade: upgrades && !isOld ? upgrade : undefined,
  }
}
