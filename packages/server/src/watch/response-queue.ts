import { sizeOfInt64, sizeOfString, Writer } from '@waypost/protocol'
import type { Payload } from './event-encoder.ts'

/** A `WatchResponse` of which the header and the events are encoded already. */
export interface QueuedResponse {
  /** The whole header field: tag, length, content. */
  readonly header: Uint8Array
  readonly watchId: bigint
  readonly created?: boolean | undefined
  readonly canceled?: boolean | undefined
  readonly compactRevision?: bigint | undefined
  readonly cancelReason?: string | undefined
  readonly fragment?: boolean | undefined
  readonly payload?: Payload | undefined
}

/** Field numbers with wire types, from the public rpc.proto. */
const tags = { watchId: 16, created: 24, canceled: 32, compactRevision: 40, cancelReason: 50, fragment: 56 } as const

const frameHeaderBytes = 5

/** Responses that wait to be written to a stream together. */
export class ResponseQueue {
  #responses: QueuedResponse[] = []
  #sizes: number[] = []
  #bytes = 0

  /** What the waiting responses take on the wire. */
  get bytes(): number {
    return this.#bytes
  }

  push(response: QueuedResponse): void {
    const size = sizeOfResponse(response)
    this.#responses.push(response)
    this.#sizes.push(size)
    this.#bytes += frameHeaderBytes + size
  }

  /** All of them, each in its gRPC frame; the queue is empty afterwards. */
  take(): Uint8Array {
    const writer = new Writer(this.#bytes, 0)
    const frameHeader = Buffer.alloc(frameHeaderBytes)
    for (const [index, response] of this.#responses.entries()) {
      frameHeader.writeUInt32BE(this.#sizes[index] ?? 0, 1)
      writer.raw(frameHeader)
      writeResponse(response, writer)
    }
    this.#responses = []
    this.#sizes = []
    this.#bytes = 0
    return writer.buffer
  }
}

export function sizeOfResponse(response: QueuedResponse): number {
  let size = response.header.length + (response.payload?.bytes ?? 0)
  if (response.watchId !== 0n) size += 1 + sizeOfInt64(response.watchId)
  if (response.created) size += 2
  if (response.canceled) size += 2
  if (response.compactRevision) size += 1 + sizeOfInt64(response.compactRevision)
  if (response.cancelReason) size += 1 + sizeOfString(response.cancelReason)
  if (response.fragment) size += 2
  return size
}

function writeResponse(response: QueuedResponse, writer: Writer): void {
  writer.raw(response.header)
  if (response.watchId !== 0n) {
    writer.uint32(tags.watchId)
    writer.int64(response.watchId)
  }
  if (response.created) writeTrue(tags.created, writer)
  if (response.canceled) writeTrue(tags.canceled, writer)
  if (response.compactRevision) {
    writer.uint32(tags.compactRevision)
    writer.int64(response.compactRevision)
  }
  if (response.cancelReason) {
    writer.uint32(tags.cancelReason)
    writer.string(response.cancelReason)
  }
  if (response.fragment) writeTrue(tags.fragment, writer)
  if (response.payload) for (const part of response.payload.parts) writer.raw(part)
}

function writeTrue(tag: number, writer: Writer): void {
  writer.uint32(tag)
  writer.bool(true)
}
