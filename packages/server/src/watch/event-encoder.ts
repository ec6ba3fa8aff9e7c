import { atOnce } from '@waypost/core'
import { sizeOfDelimited, Writer } from '@waypost/protocol'
import type { AppliedBatch, MvccEvent } from '../mvcc/event.ts'
import { shapeBits } from './event-shape.ts'

/** What is matched or encoded before the work can be interrupted. */
export const eventsPerStep = 128
/** Of a revision with many events, small ones are put together, so that sending them is a matter of few copies. */
const pieceBytes = 4 * 1024

/** Encoded events, each as a field of `WatchResponse`, to be written one after the other. */
export interface Payload {
  /** One event each; of a large revision, also several. */
  readonly parts: readonly Buffer[]
  readonly bytes: number
}

/** Field numbers with wire types, from the public rpc.proto and kv.proto. */
const tags = { responseEvents: 90, eventType: 8, eventKv: 18, eventPrevKv: 26 } as const

const deleteType = 1

/** Encodes the events of one revision, each at most twice (with and without the previous value), for all watchers. */
export class EventEncoder {
  readonly #batch: AppliedBatch
  readonly #previous: (key: string, revision: number) => Uint8Array | undefined
  readonly #plain: Buffer[] = []
  readonly #withPrevious: Buffer[] = []

  constructor(batch: AppliedBatch, previous: (key: string, revision: number) => Uint8Array | undefined) {
    this.#batch = batch
    this.#previous = previous
  }

  /** The event at `index` of the batch as a watcher of this shape gets it; undefined when it filters it out. */
  field(index: number, shape: number): Buffer | undefined {
    const event = this.#batch.events[index]
    if (!event || shape & (event.type === 'put' ? shapeBits.noPut : shapeBits.noDelete)) return undefined
    if (event.created || !(shape & shapeBits.prevKv)) {
      this.#plain[index] ??= encode(event, undefined)
      return this.#plain[index]
    }
    this.#withPrevious[index] ??= encode(event, this.#previous(event.key, this.#batch.revision))
    return this.#withPrevious[index]
  }
}

/** What the watchers of one group get of a revision: the same for all of one shape. */
export class GroupPayloads {
  readonly #encoder: EventEncoder
  readonly #indices: readonly number[]
  readonly #byShape: (Payload | undefined)[] = []

  constructor(encoder: EventEncoder, indices: readonly number[]) {
    this.#encoder = encoder
    this.#indices = indices
  }

  of(shape: number): Payload {
    return this.#byShape[shape] ?? atOnce(this.inSteps(shape))
  }

  /** The same, with places at which the work can be interrupted. */
  *inSteps(shape: number): Generator<void, Payload> {
    const known = this.#byShape[shape]
    if (known) return known
    const isLarge = this.#indices.length > eventsPerStep
    const parts: Buffer[] = []
    let gathered: Buffer[] = []
    let gatheredBytes = 0
    let bytes = 0
    for (const [count, index] of this.#indices.entries()) {
      if (count % eventsPerStep === eventsPerStep - 1) yield
      const part = this.#encoder.field(index, shape)
      if (!part) continue
      bytes += part.length
      if (!isLarge) {
        parts.push(part)
        continue
      }
      if (gatheredBytes + part.length > pieceBytes && gathered.length > 0) {
        parts.push(Buffer.concat(gathered, gatheredBytes))
        gathered = []
        gatheredBytes = 0
      }
      gathered.push(part)
      gatheredBytes += part.length
    }
    if (gathered.length > 0) parts.push(Buffer.concat(gathered, gatheredBytes))
    const payload = { parts, bytes }
    this.#byShape[shape] = payload
    return payload
  }
}

function encode(event: MvccEvent, previous: Uint8Array | undefined): Buffer {
  const type = event.type === 'delete' ? deleteType : 0
  let size = 1 + sizeOfDelimited(event.kv.length)
  if (type !== 0) size += 2
  if (previous) size += 1 + sizeOfDelimited(previous.length)
  const writer = new Writer(1 + sizeOfDelimited(size), 0)
  writer.uint32(tags.responseEvents)
  writer.uint32(size)
  if (type !== 0) {
    writer.uint32(tags.eventType)
    writer.uint32(type)
  }
  writer.uint32(tags.eventKv)
  writer.bytes(event.kv)
  if (previous) {
    writer.uint32(tags.eventPrevKv)
    writer.bytes(previous)
  }
  return writer.buffer
}
