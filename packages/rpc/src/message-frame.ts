import { RpcError } from './rpc-error.ts'
import { StatusCode } from './status.ts'

/**
 * The bytes in front of every message: a flag (1 = compressed) and the length, big-endian.
 *
 * Source: gRPC, "gRPC over HTTP2", Length-Prefixed-Message.
 */
export const frameHeaderBytes = 5

/** Fills the free bytes in front of an encoded, uncompressed message, which makes it a frame. */
export function sealFrame(frame: Uint8Array): Uint8Array {
  const length = frame.length - frameHeaderBytes
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

/**
 * Cuts what arrives into messages, however the peer cut it into chunks.
 * It holds no more than the chunks that were pushed: a declared length allocates nothing.
 */
export class FrameReader {
  readonly #maxBytes: number
  #chunk: Uint8Array = nothing
  #offset = 0
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

  push(chunk: Uint8Array): void {
    if (this.#buffered === 0) {
      this.#chunk = chunk
      this.#offset = 0
    } else {
      this.#later.push(chunk)
    }
    this.#buffered += chunk.length
  }

  /**
   * The next complete message, without its header, or undefined until more arrives.
   * Throws an `RpcError` when the peer breaks the framing or the limit; the reader is of no use afterwards.
   */
  next(): Uint8Array | undefined {
    if (this.#length < 0) {
      if (this.#buffered < frameHeaderBytes) return undefined
      this.#readHeader()
    }
    if (this.#buffered < this.#length) return undefined
    const message = this.#take(this.#length)
    this.#length = -1
    return message
  }

  #readHeader(): void {
    const header = this.#take(frameHeaderBytes)
    const [flag = 0, b3 = 0, b2 = 0, b1 = 0, b0 = 0] = header
    if (flag > 1) throw new RpcError(StatusCode.INTERNAL, `grpc: received message with invalid flag ${flag}`)
    const length = ((b3 << 24) | (b2 << 16) | (b1 << 8) | b0) >>> 0
    if (length > this.#maxBytes) throw messageTooLarge(length, this.#maxBytes)
    this.compressed = flag === 1
    this.#length = length
  }

  #take(count: number): Uint8Array {
    this.#buffered -= count
    const end = this.#offset + count
    if (end <= this.#chunk.length) {
      const taken = this.#chunk.subarray(this.#offset, end)
      this.#offset = end
      if (end === this.#chunk.length) this.#advance()
      return taken
    }
    const parts = [this.#chunk.subarray(this.#offset)]
    let missing = end - this.#chunk.length
    let used = 0
    while (missing > 0) {
      const chunk = this.#later[used] ?? nothing
      used += 1
      this.#chunk = chunk
      this.#offset = Math.min(missing, chunk.length)
      parts.push(chunk.subarray(0, this.#offset))
      missing -= this.#offset
    }
    this.#later.splice(0, used)
    if (this.#offset === this.#chunk.length) this.#advance()
    return Buffer.concat(parts, count)
  }

  #advance(): void {
    this.#chunk = this.#later.shift() ?? nothing
    this.#offset = 0
  }
}

/** The words are those of grpc-go, which clients match on. */
export function messageTooLarge(bytes: number, maxBytes: number): RpcError {
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `grpc: received message larger than max (${bytes} vs. ${maxBytes})`,
  )
}
