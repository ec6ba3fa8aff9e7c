import { readUint32 } from './http2/frame.ts'
import { RpcError } from './rpc-error.ts'
import { StatusCode } from './status.ts'

/**
 * The bytes in front of every message: a flag (1 = compressed) and the length, big-endian.
 *
 * Source: gRPC, "gRPC over HTTP2", Length-Prefixed-Message.
 */
export const frameHeaderBytes = 5

/** Fills the free bytes in front of an encoded, uncompressed message of `length`, which makes it a frame. */
export function sealFrame(frame: Uint8Array, length: number = frame.length - frameHeaderBytes): Uint8Array {
  frame[0] = 0
  frame[1] = length >>> 24
  frame[2] = length >>> 16
  frame[3] = length >>> 8
  frame[4] = length
  return frame
}

/** Copies an encoded message into a frame, for when it has no free bytes in front. */
export function frameOf(message: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + message.length)
  frame.set(message, frameHeaderBytes)
  return sealFrame(frame)
}

const nothing = Buffer.alloc(0)

/** What is smaller than this, and less than a quarter of the chunk it lies in, is copied rather than kept there. */
const maxCopiedBytes = 4096

/**
 * Cuts what arrives into messages, however the peer cut it into chunks.
 * It holds little more than what was pushed: a declared length allocates nothing.
 */
export class FrameReader {
  readonly #maxBytes: number
  #chunk: Uint8Array = nothing
  /** What is left of the chunk. */
  #offset = 0
  #end = 0
  /** The chunks after `#chunk`, which are there only while a message or a header is spread over several. */
  #later: Uint8Array[] = []
  #buffered = 0
  /** The length of the message whose header has been read, or -1. */
  #length = -1
  /** Whether the message that `next` returned last is compressed. */
  compressed = false

  /** @param maxBytes the largest message that is accepted */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes that arrived and are not yet part of a returned message. */
  get bufferedBytes(): number {
    return this.#buffered
  }

  /** Whether the peer stopped in the middle of a message. */
  get truncated(): boolean {
    return this.#buffered > 0 || this.#length >= 0
  }

  /** Takes the bytes of `chunk` from `start` to `end`. They must not change as long as messages are in use. */
  push(chunk: Uint8Array, start = 0, end = chunk.length): void {
    if (this.#buffered === 0) {
      this.#chunk = chunk
      this.#offset = start
      this.#end = end
    } else {
      this.#later.push(thrifty(chunk, start, end))
    }
    this.#buffered += end - start
  }

  /**
   * The next complete message, without its header, or undefined until more arrives.
   * Throws an `RpcError` when the peer breaks the framing or the limit; the reader is of no use afterwards.
   */
  next(): Uint8Array | undefined {
    if (this.#length < 0) {
      if (this.#buffered < frameHeaderBytes) return this.#wait()
      this.#readHeader()
    }
    if (this.#buffered < this.#length) return this.#wait()
    const message = this.#take(this.#length)
    this.#length = -1
    return message
  }

  #wait(): undefined {
    if (this.#buffered > 0 && this.#later.length === 0) {
      this.#chunk = thrifty(this.#chunk, this.#offset, this.#end)
      this.#offset = 0
      this.#end = this.#chunk.length
    }
    return undefined
  }

  #readHeader(): void {
    const whole = this.#end - this.#offset >= frameHeaderBytes
    const bytes = whole ? this.#chunk : this.#take(frameHeaderBytes)
    const at = whole ? this.#offset : 0
    const flag = bytes[at] ?? 0
    const length = readLength(bytes, at)
    if (flag > 1) throw new RpcError(StatusCode.INTERNAL, `grpc: received message with invalid flag ${flag}`)
    if (length > this.#maxBytes) throw messageTooLarge(length, this.#maxBytes)
    if (whole) {
      this.#buffered -= frameHeaderBytes
      this.#offset += frameHeaderBytes
      if (this.#offset === this.#end) this.#advance()
    }
    this.compressed = flag === 1
    this.#length = length
  }

  #take(count: number): Uint8Array {
    this.#buffered -= count
    const end = this.#offset + count
    if (end <= this.#end) {
      const taken = this.#chunk.subarray(this.#offset, end)
      this.#offset = end
      if (end === this.#end) this.#advance()
      return taken
    }
    const parts = [this.#chunk.subarray(this.#offset, this.#end)]
    let missing = end - this.#end
    let used = 0
    while (missing > 0) {
      const chunk = this.#later[used] ?? nothing
      used += 1
      this.#chunk = chunk
      this.#offset = Math.min(missing, chunk.length)
      this.#end = chunk.length
      parts.push(chunk.subarray(0, this.#offset))
      missing -= this.#offset
    }
    this.#later.splice(0, used)
    if (this.#offset === this.#end) this.#advance()
    return Buffer.concat(parts, count)
  }

  #advance(): void {
    this.#chunk = this.#later.shift() ?? nothing
    this.#offset = 0
    this.#end = this.#chunk.length
  }
}

/** Whether the bytes from `start` to `end` are exactly one message, not compressed and no larger than `maxBytes`. */
export function isOneMessage(bytes: Uint8Array, start: number, end: number, maxBytes: number): boolean {
  const length = end - start - frameHeaderBytes
  return length >= 0 && length <= maxBytes && bytes[start] === 0 && readLength(bytes, start) === length
}

function readLength(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at + 1)
}

function thrifty(chunk: Uint8Array, start: number, end: number): Uint8Array {
  const part = chunk.subarray(start, end)
  const isWaste = part.length < maxCopiedBytes && part.length * 4 < chunk.buffer.byteLength
  // Not from node's pool, which would be kept alive instead.
  return isWaste ? Uint8Array.prototype.slice.call(part) : part
}

/** The words are those of grpc-go, which clients match on. */
export function messageTooLarge(bytes: number, maxBytes: number): RpcError {
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `grpc: received message larger than max (${bytes} vs. ${maxBytes})`,
  )
}
