import { type Slices, WaypostError } from '@waypost/core'
import type { KeyRange, RangeRequest, ResponseHeader } from '@waypost/protocol'
import * as wire from '@waypost/protocol'
import { toInt64 } from '../keys/int64.ts'
import type { KeyPacker } from '../keys/key-packer.ts'
import type { KeySpace } from '../keys/key-space.ts'
import type { KeyValue } from '../keys/key-value.ts'
import type { Caller } from '../link/caller.ts'
import type { ListOptions, RangePage } from './kv-options.ts'
import { checkedLimit, rangeRequest, readSpec } from './kv-request.ts'
import { type RangeAnswer, rangeMethod } from './range-answer.ts'

/** Values may have 1.5 MiB each, so the first page is small; the pages after it grow to about this many bytes. */
const pageBytes = 1024 * 1024
/** How many keys of one list are decoded in one turn of the event loop: a millisecond of work. */
const pieceLength = 125
const firstPageSize = 16
const maxPageSize = 5_000
const zero = Buffer.from([0])

/** @internal Keys that were decoded in one go. */
export interface KeyValueSlice {
  readonly kvs: readonly KeyValue[]
  /** Of the first page: it says whose list it is. */
  readonly header: ResponseHeader
  /** With the last keys of a page: what the page is besides them. */
  readonly pageEnd: Omit<RangePage, 'kvs'> | undefined
}

/** A range of keys as of one revision, fetched page by page as it is read. Every iteration reads it again. */
export class KeyValueList implements AsyncIterable<KeyValue> {
  readonly #caller: Caller
  readonly #space: KeySpace
  readonly #range: KeyRange
  readonly #options: ListOptions
  readonly #slices: Slices

  /** @internal */
  constructor(caller: Caller, space: KeySpace, range: KeyRange, options: ListOptions, slices: Slices) {
    this.#caller = caller
    this.#space = space
    this.#range = range
    this.#options = options
    this.#slices = slices
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KeyValue, void, undefined> {
    for await (const { kvs } of this.slices()) yield* kvs
  }

  /** The pages as they come, with `revision` that of the list, the same on every page, and `more` until the last. */
  async *pages(): AsyncGenerator<RangePage, void, undefined> {
    let kvs: KeyValue[] = []
    for await (const slice of this.slices()) {
      kvs = kvs.concat(slice.kvs)
      if (slice.pageEnd === undefined) continue
      yield { kvs, ...slice.pageEnd }
      kvs = []
    }
  }

  /**
   * @internal The keys as they are decoded: a few in a turn of the event loop, so that large pages, or many of them, do
   * not hold up whatever else the process does.
   * @param packer for keys that are kept for long: copies them out of the page
   */
  async *slices(packer?: KeyPacker): AsyncGenerator<KeyValueSlice, void, undefined> {
    const namespaceBytes = this.#space.prefix.length
    const options = this.#options
    const { sort, limit, pageSize } = options
    const fixedSize = pageSize === undefined ? undefined : Number(checkedLimit(pageSize))
    let left = limit === undefined ? Number.POSITIVE_INFINITY : Number(checkedLimit(limit))
    // Only an order by key can be continued where the last page ended.
    const canPage = sort === undefined || (sort.by ?? 'key') === 'key'
    const descending = sort?.order === 'descending'
    let revision = options.revision === undefined ? 0n : toInt64(options.revision, 'revision')
    let range = this.#range
    let size = fixedSize ?? firstPageSize
    let count: bigint | undefined
    let first: ResponseHeader | undefined
    for (;;) {
      const request: RangeRequest = rangeRequest(range, options)
      request.revision = revision
      const pageLimit = canPage ? Math.min(size, left) : left
      request.limit = Number.isFinite(pageLimit) ? BigInt(pageLimit) : 0n
      const answer = await this.#caller.call(rangeMethod, request, 'read', readSpec(options))
      const header = answer.header ?? { clusterId: 0n, memberId: 0n, revision: 0n, raftTerm: 0n }
      first ??= header
      if (header.clusterId !== first.clusterId) throw replacedBetweenPages()
      // All pages but the first are read as of the revision of the first.
      if (revision <= 0n) revision = header.revision
      count ??= answer.count
      left -= answer.length
      const more = answer.more && left > 0 && answer.length > 0 && canPage
      const pageEnd = { count, more: more || (answer.more && left === 0), revision }
      let last: Uint8Array | undefined
      let decoded = 0
      do {
        if (decoded > 0 || !this.#slices.hasTime) await this.#slices.turn()
        const kvs = answer
          .take(pieceLength)
          .map((encoded) =>
            packer === undefined
              ? this.#space.keyValue(wire.KeyValue.decode(encoded))
              : packer.pack(encoded, namespaceBytes),
          )
        decoded += kvs.length
        last = kvs.at(-1)?.raw.key
        yield { kvs, header: first, pageEnd: decoded < answer.length ? undefined : pageEnd }
      } while (decoded < answer.length)
      if (!more || last === undefined) return
      range = descending
        ? { key: range.key, rangeEnd: last }
        : { key: Buffer.concat([last, zero]), rangeEnd: range.rangeEnd }
      if (fixedSize === undefined) size = nextSize(size, answer)
    }
  }

  async toArray(): Promise<KeyValue[]> {
    const all: KeyValue[] = []
    for await (const page of this.pages()) for (const kv of page.kvs) all.push(kv)
    return all
  }
}

function nextSize(size: number, { length, byteLength }: RangeAnswer): number {
  const fitting = Math.floor((pageBytes / byteLength) * length)
  return Math.max(1, Math.min(size * 8, fitting, maxPageSize))
}

function replacedBetweenPages(): WaypostError {
  return new WaypostError('store-replaced', 'The store was replaced by another one while it was being listed.', {
    retryable: true,
  })
}
