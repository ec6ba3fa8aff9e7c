import { ByteQueue } from '@waypost/core'
import { asBuffer } from './as-buffer.ts'
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

/**
 * Cuts what arrives into messages, however the peer cut it into chunks. It allocates at most about twice the bytes that
 * have arrived: a declared length allocates nothing.
 */
export class FrameReader {
  readonly #maxBytes: number
  readonly #bytes = new ByteQueue()
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
    return this.#bytes.length
  }

  /** Bytes of memory that are allocated for them. */
  get allocatedBytes(): number {
    return this.#bytes.allocatedBytes
  }

  /** Whether the peer stopped in the middle of a message. */
  get truncated(): boolean {
    return this.#bytes.length > 0 || this.#length >= 0
  }

  /** Takes the bytes of `chunk` from `start` to `end`. They must not change as long as messages are in use. */
  push(chunk: Uint8Array, start = 0, end = chunk.length): void {
    const bytes = this.#bytes
    const isMore = bytes.length + end - start < this.#length
    bytes.push(chunk, start, end, isMore ? this.#length : undefined)
  }

  /** Copies what is left of the last chunk, so that the chunk can be freed. `next` does so when it returns nothing. */
  own(): void {
    this.#bytes.own(Math.max(this.#length, this.#bytes.length))
  }

  /**
   * The next complete message, without its header, or undefined until more arrives.
   * Throws an `RpcError` when the peer breaks the framing or the limit; the reader is of no use afterwards.
   */
  next(): Uint8Array | undefined {
    if (this.#length < 0) {
      if (this.#bytes.length < frameHeaderBytes) {
        this.own()
        return undefined
      }
      this.#readHeader()
    }
    if (this.#bytes.length < this.#length) {
      this.own()
      return undefined
    }
    const message = asBuffer(this.#bytes.take(this.#length))
    this.#length = -1
    return message
  }

  #readHeader(): void {
    const bytes = this.#bytes
    const flag = bytes.at(0)
    const length = ((bytes.at(1) << 24) | (bytes.at(2) << 16) | (bytes.at(3) << 8) | bytes.at(4)) >>> 0
    if (flag > 1) throw new RpcError(StatusCode.INTERNAL, `grpc: received message with invalid flag ${flag}`)
    if (length > this.#maxBytes) throw messageTooLarge(length, this.#maxBytes)
    bytes.skip(frameHeaderBytes)
    this.compressed = flag === 1
    this.#length = length
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

/** The words are those of grpc-go, which clients match on. */
export function messageTooLarge(bytes: number, maxBytes: number): RpcError {
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `grpc: received message larger than max (${bytes} vs. ${maxBytes})`,
  )
}
