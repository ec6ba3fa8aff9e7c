import { chunkedLength, lengthUntilClose } from '../../http1/body-reader.ts'
import { readFieldLines } from '../../http1/field-lines.ts'
import { framingOf } from '../../http1/framing.ts'

/** The head of an answer of an instance. */
export interface ResponseHead {
  readonly status: number
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[]
  /** Of the body, as `BodyReader` takes it. */
  readonly length: number
  /** Whether the instance takes another request on the connection. */
  readonly keepsAlive: boolean
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t -~\x80-\xff]*)?\r\n/

/**
 * Reads the head of an answer. `undefined` when it is malformed or the end of its body is ambiguous.
 *
 * Source: RFC 9112, sections 4 and 6.3.
 *
 * @param text with the CRLF of its last line
 * @param method of the request
 */
export function readResponseHead(text: string, method: string): ResponseHead | undefined {
  const line = statusLine.exec(text)
  const headers = line === null ? undefined : readFieldLines(text, line[0].length)
  if (line === null || headers === undefined) return undefined
  const isOld = line[1] === '0'
  const status = Number(line[2])
  const { contentLength, isChunked, isAmbiguous, hasUnknownEncoding, closes, keepsAlive } = framingOf(headers)
  if (isAmbiguous || hasUnknownEncoding || (isOld && isChunked)) return undefined
  // Neither has a body, but some programs would read one.
  if ((status < 200 || status === 204) && (contentLength > 0 || isChunked)) return undefined
  // The final answer could not follow.
  if (status < 200 && (isOld || closes)) return undefined
  const isBare = status < 200 || status === 204 || status === 304 || method === 'HEAD'
  const length = isBare ? 0 : isChunked ? chunkedLength : contentLength === -1 ? lengthUntilClose : contentLength
  return { status, headers, length, keepsAlive: length !== lengthUntilClose && !closes && (!isOld || keepsAlive) }
}

/** For how long an instance says that it keeps an idle connection, in seconds; `undefined` when it does not say. */
export function keepAliveSeconds(headers: readonly string[]): number | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length !== 10 || name.toLowerCase() !== 'keep-alive') continue
    const seconds = /(?:^|[,\s])timeout=(\d{1,9})/i.exec(headers[index + 1] ?? '')?.[1]
    return seconds === undefined ? undefined : Number(seconds)
  }
  return undefined
}
