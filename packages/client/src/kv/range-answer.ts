import { KV, type RangeRequest, Reader, ResponseHeader } from '@waypost/protocol'
import type { ClientMethod } from '@waypost/rpc/client'

const headerTag = 8 * 1 + 2
const keyValueTag = 8 * 2 + 2
const moreTag = 8 * 3
const countTag = 8 * 4

/** The answer to a range request, whose keys are decoded piece by piece, as thousands of them take long. */
export class RangeAnswer {
  readonly header: ResponseHeader | undefined
  readonly more: boolean
  readonly count: bigint
  /** How many keys the answer holds. */
  readonly length: number
  readonly byteLength: number
  readonly #rest: Reader

  constructor(bytes: Uint8Array) {
    let header: ResponseHeader | undefined
    let more = false
    let count = 0n
    let length = 0
    const reader = new Reader(bytes)
    while (!reader.done) {
      const tag = reader.tag()
      if (tag === headerTag) header = ResponseHeader.decode(reader.bytes())
      else if (tag === moreTag) more = reader.bool()
      else if (tag === countTag) count = reader.int64()
      else {
        if (tag === keyValueTag) length += 1
        reader.skip(tag)
      }
    }
    this.header = header
    this.more = more
    this.count = count
    this.length = length
    this.byteLength = bytes.length
    this.#rest = new Reader(bytes)
  }

  /** The messages of the next keys, `limit` at most, as views of the answer. Each is returned once. */
  take(limit: number): Uint8Array[] {
    const reader = this.#rest
    const encoded: Uint8Array[] = []
    while (encoded.length < limit && !reader.done) {
      const tag = reader.tag()
      if (tag === keyValueTag) encoded.push(reader.bytes())
      else reader.skip(tag)
    }
    return encoded
  }
}

/** `KV/Range` with answers that are decoded as they are read. */
export const rangeMethod: ClientMethod<RangeRequest, RangeAnswer> = {
  path: KV.range.path,
  request: KV.range.request,
  response: { decode: (bytes) => new RangeAnswer(bytes) },
}
