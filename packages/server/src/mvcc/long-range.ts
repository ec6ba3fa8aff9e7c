import type { Slices } from '@waypost/core'
import { type RangeRequest, RangeRequest_SortOrder, RangeRequest_SortTarget, sizeOfDelimited } from '@waypost/protocol'
import type { Candidate } from './candidate.ts'
import type { KeyEntry, Revision } from './key-entry.ts'
import { type KeySpan, keySpan } from './key-span.ts'
import { sizeWithoutValue } from './kv-bytes.ts'
import {
  asRequested,
  choose,
  collect,
  fetchLimit,
  messageAt,
  messageFor,
  type RangeView,
  readsAll,
  revisionOf,
  showsLease,
} from './range.ts'
import { bytesPerStep, keysPerStep, walk } from './walk.ts'

/** A range of more bytes is answered in slices, however few keys they are of. */
const maxBytesAtOnce = 1024 * 1024

/** What a range answers, but for the messages, which are read when they are asked for. */
export interface LongRange {
  readonly revision: number
  readonly count: number
  readonly more: boolean
  /** What the messages take as fields of an answer. */
  readonly kvsBytes: number
  /** The messages, some at a time. Each list stays as it is. */
  lists(): AsyncGenerator<Uint8Array[]>
}

/** Whether a range takes long enough to stand in the way of others: it is of more than `keysAtOnce` keys, or large. */
export function isLong(view: RangeView, request: RangeRequest, keysAtOnce: number): boolean {
  if (request.rangeEnd.length === 0) return false
  const span = keySpan(request.key, request.rangeEnd)
  const isCounted = Number(request.revision) <= 0 && view.hasCounts
  if (request.countOnly && isCounted && !readsAll(request)) return false
  if (view.tree.countRoughly(span) > keysAtOnce) {
    if (!isCounted || readsAll(request)) return true
    const limit = Number(request.limit)
    if (limit <= 0 ? view.tree.countLive(span) > keysAtOnce : limit > keysAtOnce) return true
  }
  return !request.countOnly && !request.keysOnly && isLarge(view, span, Number(request.limit))
}

/** Whether the messages of few keys are many bytes all the same. */
function isLarge(view: RangeView, span: KeySpan, limit: number): boolean {
  let bytes = 0
  let keys = 0
  view.tree.scanLive(span, (entry) => {
    bytes += entry.bytes
    keys += 1
    return keys !== limit && bytes <= maxBytesAtOnce
  })
  return bytes > maxBytesAtOnce
}

/**
 * Answers a range in slices, as of the revision at which this is called. Nothing that it needs may be compacted away
 * until its messages are read.
 * Throws, or rejects with, `EngineError`: `futureRevision`, `compacted`, or what `check` throws before a slice.
 */
export async function longRange(
  store: RangeView,
  request: RangeRequest,
  slices: Slices,
  check: () => void,
): Promise<LongRange> {
  const at = revisionOf(store, request)
  const { revision, compactRevision, tree, storage } = store
  // The counts stay right for as long as the revision does, and are asked for before the first pause.
  const counted =
    at === revision && store.hasCounts ? tree.countLive(keySpan(request.key, request.rangeEnd)) : undefined
  const view = { revision, compactRevision, tree, storage, hasCounts: false }
  return isByKey(request)
    ? plainRange(view, request, at, counted, slices, check)
    : chosenRange(view, request, at, slices, check)
}

/** Ascending by key and not filtered: as the tree has it. */
function isByKey(request: RangeRequest): boolean {
  const { NONE, DESCEND } = RangeRequest_SortOrder
  const isAscending = request.sortTarget === RangeRequest_SortTarget.KEY && request.sortOrder !== DESCEND
  return isAscending && !readsAll({ ...request, sortOrder: NONE })
}

/** In the order of the keys: they are walked twice, first for their number and sizes, so that none is kept. */
async function plainRange(
  view: RangeView,
  request: RangeRequest,
  at: number,
  counted: number | undefined,
  slices: Slices,
  check: () => void,
): Promise<LongRange> {
  const { revision } = view
  const span = keySpan(request.key, request.rangeEnd)
  const limit = Math.max(0, Number(request.limit)) || Number.POSITIVE_INFINITY
  let count = 0
  let kept = 0
  let kvsBytes = 0
  const measure = walk(view.tree, span, false, (entry) => {
    const found = entry.revisionAt(at)
    if (found === undefined) return true
    count += 1
    if (kept < limit) {
      kept += 1
      if (!request.countOnly) kvsBytes += 1 + sizeOfDelimited(sizeOf(view, request, entry, found))
    }
    return counted === undefined || kept < limit
  })
  await slices.run(measure, check)
  const total = counted ?? count
  if (request.countOnly) return { revision, count: total, more: false, kvsBytes: 0, lists: noLists }
  return { revision, count: total, more: total > limit, kvsBytes, lists: () => lists(kept) }

  async function* lists(keys: number): AsyncGenerator<Uint8Array[]> {
    let next: string | undefined = span.start
    for (let left = keys; left > 0 && next !== undefined; ) {
      await slices.turn()
      check()
      const list: Uint8Array[] = []
      let bytes = 0
      let seen = 0
      const start: string = next
      next = undefined
      view.tree.scan({ start, end: span.end, single: false }, (entry) => {
        if (left === 0) return false
        seen += 1
        if (bytes >= bytesPerStep || (seen % keysPerStep === 0 && slices.isOver)) {
          next = entry.key
          return false
        }
        const found = entry.revisionAt(at)
        if (found === undefined) return true
        const kv = messageFor(view, request, {
          ...found,
          entry,
          createRevision: 0,
          version: 0,
          kv: undefined,
          value: none,
        })
        list.push(kv)
        bytes += kv.length
        left -= 1
        return true
      })
      yield list
    }
  }
}

const none: Uint8Array = Buffer.alloc(0)

function sizeOf(view: RangeView, request: RangeRequest, entry: KeyEntry, found: Revision): number {
  if (entry.main === found.main && entry.sub === found.sub) {
    if (!request.keysOnly) return entry.bytes
    return sizeWithoutValue(
      entry.key.length,
      entry.createRevision,
      entry.main,
      entry.version,
      showsLease(request) ? entry.lease : 0n,
    )
  }
  return asRequested(request, messageAt(view, found)).length
}

/** Sorted or filtered: what is in the range is gathered first. */
async function chosenRange(
  view: RangeView,
  request: RangeRequest,
  at: number,
  slices: Slices,
  check: () => void,
): Promise<LongRange> {
  const { revision } = view
  const { candidates, count } = await slices.run(collect(view, request, at, fetchLimit(request)), check)
  if (request.countOnly) return { revision, count, more: false, kvsBytes: 0, lists: noLists }
  const { chosen, more } = await slices.run(choose(view, request, candidates), check)
  let kvsBytes = 0
  await slices.run(measured(), check)
  return { revision, count, more, kvsBytes, lists }

  function* measured(): Generator<void> {
    for (const [index, candidate] of chosen.entries()) {
      kvsBytes += 1 + sizeOfDelimited(sizeOf(view, request, candidate.entry, candidate))
      if (index % keysPerStep === keysPerStep - 1) yield
    }
  }

  async function* lists(): AsyncGenerator<Uint8Array[]> {
    for (let index = 0; index < chosen.length; ) {
      await slices.turn()
      check()
      const list: Uint8Array[] = []
      let bytes = 0
      while (index < chosen.length && bytes < bytesPerStep) {
        if (list.length % keysPerStep === keysPerStep - 1 && slices.isOver) break
        const kv = messageFor(view, request, chosen[index++] as Candidate)
        list.push(kv)
        bytes += kv.length
      }
      yield list
    }
  }
}

async function* noLists(): AsyncGenerator<Uint8Array[]> {}
