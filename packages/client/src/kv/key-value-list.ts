import { WaypostError } from '@waypost/core'
import { type KeyRange, KV, type RangeRequest, type ResponseHeader } from '@waypost/protocol'
import { toInt64 } from '../keys/int64.ts'
import type { KeySpace } from '../keys/key-space.ts'
import type { KeyValue } from '../keys/key-value.ts'
import type { Caller } from '../link/caller.ts'
import type { ListOptions, RangePage } from './kv-options.ts'
import { checkedLimit, rangeRequest, readSpec } from './kv-request.ts'
import { rangePage } from './kv-response.ts'

/** Values may have 1.5 MiB each, so the first page is small; the pages after it grow to about this many bytes. */
const pageBytes = 1024 * 1024
const firstPageSize = 16
const maxPageSize = 5_000
const zero = Buffer.from([0])

/** A range of keys as of one revision, fetched page by page as it is read. Every iteration reads it anew. */
export class KeyValueList implements AsyncIterable<KeyValue> {
  readonly #caller: Caller
  readonly #space: KeySpace
  readonly #range: KeyRange
  readonly #options: ListOptions

  /** @internal */
  constructor(caller: Caller, space: KeySpace, range: KeyRange, options: ListOptions) {
    this.#caller = caller
    this.#space = space
    this.#range = range
    this.#options = options
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KeyValue, void, undefined> {
    for await (const page of this.pages()) yield* page.kvs
  }

  /** The pages as they come, with `revision` that of the list, the same on every page, and `more` until the last. */
  async *pages(): AsyncGenerator<RangePage, void, undefined> {
    for await (const { page } of this.answers()) yield page
  }

  /** @internal The pages with the header of the first, which says whose list it is. */
  async *answers(): AsyncGenerator<{ readonly page: RangePage; readonly header: ResponseHeader }, void, undefined> {
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
      const response = await this.#caller.call(KV.range, request, 'read', readSpec(options))
      const header = response.header ?? { clusterId: 0n, memberId: 0n, revision: 0n, raftTerm: 0n }
      first ??= header
      if (header.clusterId !== first.clusterId) throw replacedBetweenPages()
      // All pages but the first are read as of the revision of the first.
      if (revision <= 0n) revision = header.revision
      count ??= response.count
      left -= response.kvs.length
      const last = response.kvs.at(-1)?.key
      const more = response.more && left > 0 && last !== undefined && canPage
      const page = { ...rangePage(response, revision, this.#space), count, more: more || (response.more && left === 0) }
      yield { page, header: first }
      if (!more) return
      range = descending
        ? { key: range.key, rangeEnd: last }
        : { key: Buffer.concat([last, zero]), rangeEnd: range.rangeEnd }
      if (fixedSize === undefined) size = nextSize(size, response.kvs)
    }
  }

  async toArray(): Promise<KeyValue[]> {
    const all: KeyValue[] = []
    for await (const page of this.pages()) for (const kv of page.kvs) all.push(kv)
    return all
  }
}

function nextSize(size: number, kvs: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]): number {
  let bytes = 0
  for (const { key, value } of kvs) bytes += key.length + value.length + 32
  const fitting = Math.floor((pageBytes / bytes) * kvs.length)
  return Math.max(1, Math.min(size * 8, fitting, maxPageSize))
}

function replacedBetweenPages(): WaypostError {
  return new WaypostError('store-replaced', 'The store was replaced by another one while it was being listed.', {
    retryable: true,
  })
}
