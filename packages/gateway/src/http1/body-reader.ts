import { readFieldLines } from './field-lines.ts'

/** Called with the body of a message, piece by piece. */
export interface BodyReceiver {
  /** The bytes are the receiver's for the time of the call only. */
  bodyData(chunk: Buffer): void
  bodyEnded(trailers: readonly string[]): void
}

/** A body in chunks, and one that the end of the connection ends. Other lengths are numbers from 0. */
export const chunkedLength = -1
export const lengthUntilClose = -2

/** The size and the extensions of a chunk. Source: RFC 9112, section 7.1; spaces in it are refused. */
const chunkLine = /^([\da-f]{1,13})(?:;[\w!#$%&'*+.^`|~-]+(?:=(?:[\w!#$%&'*+.^`|~-]+|"[\t !#-[\]-~\x80-\xff]*"))?)*$/i
const maxChunkLineBytes = 1_024
const maxTrailerBytes = 16_384
const lineFeed = 10
const carriageReturn = 13

/** Names that frame a message: none of a trailer's business. Source: RFC 9110, section 6.5.1. */
const framingNames = new Set(['content-length', 'transfer-encoding', 'host', 'trailer', 'connection', 'te', 'upgrade'])

/** Finds the end of a body, and takes the framing away. */
export class BodyReader {
  #receiver: BodyReceiver | undefined
  #state: 'over' | 'data' | 'until-close' | 'chunk-line' | 'chunk-data' | 'chunk-end' | 'trailers' = 'over'
  #left = 0
  #line = ''
  #trailers = ''

  get isOver(): boolean {
    return this.#state === 'over'
  }

  /** @param length a number of bytes, `chunkedLength` or `lengthUntilClose` */
  start(length: number, receiver: BodyReceiver): void {
    this.#receiver = receiver
    this.#left = length
    this.#line = ''
    this.#trailers = ''
    if (length === chunkedLength) this.#state = 'chunk-line'
    else if (length === lengthUntilClose) this.#state = 'until-close'
    else if (length > 0) this.#state = 'data'
    else this.#finish([])
  }

  /** The connection has ended. True when that ends the body as it should. */
  close(): boolean {
    if (this.#state !== 'until-close') return false
    this.#finish([])
    return true
  }

  /** Returns where the bytes after the body begin; -1 when the framing is broken. */
  read(bytes: Buffer, from: number): number {
    let at = from
    while (this.#state !== 'over' && at < bytes.length) {
      at = this.#step(bytes, at)
      if (at === -1) return -1
    }
    return at
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'data':
      case 'chunk-data':
        return this.#data(bytes, at)
      case 'until-close':
        this.#receiver?.bodyData(at === 0 ? bytes : bytes.subarray(at))
        return bytes.length
      case 'chunk-end':
        return this.#chunkEnd(bytes, at)
      default:
        return this.#lineOf(bytes, at)
    }
  }

  #data(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    this.#left -= end - at
    const chunk = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end)
    const isChunk = this.#state === 'chunk-data'
    if (this.#left === 0 && isChunk) {
      this.#state = 'chunk-end'
      this.#left = 2
    }
    this.#receiver?.bodyData(chunk)
    if (this.#left === 0 && !isChunk) this.#finish([])
    return end
  }

  /** The CRLF after the bytes of a chunk. */
  #chunkEnd(bytes: Buffer, at: number): number {
    if (bytes[at] !== (this.#left === 2 ? carriageReturn : lineFeed)) return -1
    this.#left -= 1
    if (this.#left === 0) this.#state = 'chunk-line'
    return at + 1
  }

  #lineOf(bytes: Buffer, at: number): number {
    const limit = this.#state === 'trailers' ? maxTrailerBytes : maxChunkLineBytes
    const feed = bytes.indexOf(lineFeed, at)
    const end = feed === -1 ? bytes.length : feed + 1
    if (this.#line.length + this.#trailers.length + end - at > limit) return -1
    this.#line += bytes.toString('latin1', at, end)
    if (feed === -1) return end
    const line = this.#line
    this.#line = ''
    if (!line.endsWith('\r\n')) return -1
    if (this.#state === 'chunk-line') return this.#chunkLine(line) ? end : -1
    this.#trailers += line
    if (line.length > 2) return end
    const trailers = readFieldLines(this.#trailers, 0, this.#trailers.length - 2)
    if (trailers === undefined) return -1
    for (let index = 0; index < trailers.length; index += 2) {
      if (framingNames.has((trailers[index] ?? '').toLowerCase())) return -1
    }
    this.#finish(trailers)
    return end
  }

  #chunkLine(line: string): boolean {
    const size = chunkLine.exec(line.slice(0, -2))?.[1]
    if (size === undefined) return false
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data'
    return true
  }

  #finish(trailers: readonly string[]): void {
    this.#state = 'over'
    this.#receiver?.bodyEnded(trailers)
  }
}
