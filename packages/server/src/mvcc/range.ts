import { type RangeRequest, RangeRequest_SortOrder, RangeRequest_SortTarget } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { Storage } from '../storage/storage.ts'
import { keySpan } from './key-span.ts'
import type { KeyTree } from './key-tree.ts'
import { readFields, valueBytes, withoutValue } from './kv-bytes.ts'

/** Key-value pairs are marshalled `mvccpb.KeyValue` messages, and not to be written to. */
export interface RangeResult {
  /** The store's revision when the range was read, for the header. */
  readonly revision: number
  readonly kvs: readonly Uint8Array[]
  /** Keys in the range, whatever the limit and the filters. */
  readonly count: number
  /** Whether the limit cut something off. */
  readonly more: boolean
}

/** What a range reads from. */
export interface RangeView {
  /** The store's revision, or the one being written inside a transaction that has changed something. */
  readonly revision: number
  readonly compactRevision: number
  readonly tree: KeyTree
  readonly storage: Storage
}

/** A version found in the range; its message is read when it is needed. */
interface Candidate {
  readonly key: string
  readonly main: number
  readonly sub: number
  /** Known from memory for the newest version of a key, else read from its message. */
  createRevision: number
  version: number
  kv: Uint8Array | undefined
  /** Filled for sorting by value. */
  value: Uint8Array
}

const noValue: Uint8Array = Buffer.alloc(0)

/** Throws `EngineError` with `futureRevision` or `compacted`. */
export function range(view: RangeView, request: RangeRequest): RangeResult {
  const wanted = Number(request.revision)
  if (wanted > view.revision) throw new EngineError('futureRevision')
  const at = wanted <= 0 ? view.revision : wanted
  if (at < view.compactRevision) throw new EngineError('compacted')

  const limit = Math.max(0, Number(request.limit))
  // Sorted or filtered, the whole range is read before the limit cuts. A sort target without an order sorts
  // ascending, but what the limit lets through is chosen by key: etcd 3.4 does so.
  const readsAll = request.sortOrder !== RangeRequest_SortOrder.NONE || isFiltered(request)
  const { candidates, count } = collect(
    view,
    request,
    at,
    readsAll || limit === 0 ? Number.POSITIVE_INFINITY : limit + 1,
  )
  const { revision } = view
  if (request.countOnly) return { revision, kvs: [], count, more: false }

  let chosen = isFiltered(request) ? candidates.filter((candidate) => passes(view, request, candidate)) : candidates
  sort(view, request, chosen)
  const more = limit > 0 && chosen.length > limit
  if (more) chosen = chosen.slice(0, limit)
  const kvs: Uint8Array[] = new Array(chosen.length)
  for (let index = 0; index < chosen.length; index++) {
    const kv = read(view, chosen[index] as Candidate)
    kvs[index] = request.keysOnly ? withoutValue(kv) : kv
  }
  return { revision, kvs, count, more }
}

function collect(
  view: RangeView,
  request: RangeRequest,
  at: number,
  fetchLimit: number,
): { candidates: Candidate[]; count: number } {
  const span = keySpan(request.key, request.rangeEnd)
  const candidates: Candidate[] = []
  const isCurrent = at === view.revision
  if (span.single) {
    const entry = view.tree.find(span.start)
    const found = entry?.revisionAt(at)
    if (entry && found) candidates.push(candidate(entry, found))
    return { candidates, count: candidates.length }
  }
  if (isCurrent) {
    const count = view.tree.countLive(span)
    if (request.countOnly || count === 0) return { candidates, count }
    const target = Math.min(count, fetchLimit)
    view.tree.scan(span, (entry) => {
      if (entry.live) candidates.push(candidate(entry, entry))
      return candidates.length < target
    })
    return { candidates, count }
  }
  let count = 0
  view.tree.scan(span, (entry) => {
    const found = entry.revisionAt(at)
    if (found) {
      count += 1
      if (!request.countOnly && count <= fetchLimit) candidates.push(candidate(entry, found))
    }
    return true
  })
  return { candidates, count }
}

function candidate(
  entry: { key: string; main: number; createRevision: number; version: number },
  found: { main: number; sub: number },
): Candidate {
  const isNewest = entry.main === found.main
  return {
    key: entry.key,
    main: found.main,
    sub: found.sub,
    createRevision: isNewest ? entry.createRevision : 0,
    version: isNewest ? entry.version : 0,
    kv: undefined,
    value: noValue,
  }
}

function read(view: RangeView, candidate: Candidate): Uint8Array {
  if (candidate.kv === undefined) {
    candidate.kv = view.storage.get(candidate.main, candidate.sub)
    if (candidate.kv === undefined)
      throw new Error(`Revision ${candidate.main}.${candidate.sub} is not in the storage.`)
  }
  return candidate.kv
}

function fillFields(view: RangeView, candidate: Candidate): void {
  if (candidate.createRevision !== 0) return
  const fields = readFields(read(view, candidate))
  candidate.createRevision = fields.createRevision
  candidate.version = fields.version
}

function isFiltered(request: RangeRequest): boolean {
  return (
    request.minModRevision !== 0n ||
    request.maxModRevision !== 0n ||
    request.minCreateRevision !== 0n ||
    request.maxCreateRevision !== 0n
  )
}

function passes(view: RangeView, request: RangeRequest, candidate: Candidate): boolean {
  if (!isWithin(candidate.main, request.minModRevision, request.maxModRevision)) return false
  if (request.minCreateRevision === 0n && request.maxCreateRevision === 0n) return true
  fillFields(view, candidate)
  return isWithin(candidate.createRevision, request.minCreateRevision, request.maxCreateRevision)
}

/** Both bounds are inclusive; 0 is no bound. */
function isWithin(revision: number, min: bigint, max: bigint): boolean {
  return (min === 0n || revision >= Number(min)) && (max === 0n || revision <= Number(max))
}

/** Sorts in place. Equal elements stay in the order of their keys. */
function sort(view: RangeView, request: RangeRequest, candidates: Candidate[]): void {
  const { sortOrder, sortTarget } = request
  if (sortTarget === RangeRequest_SortTarget.KEY) {
    if (sortOrder === RangeRequest_SortOrder.DESCEND) candidates.reverse()
    return
  }
  const compare = comparator(view, sortTarget, candidates)
  if (compare === undefined) return
  if (sortOrder === RangeRequest_SortOrder.DESCEND) candidates.sort((a, b) => compare(b, a))
  else candidates.sort(compare)
}

function comparator(
  view: RangeView,
  target: number,
  candidates: readonly Candidate[],
): ((a: Candidate, b: Candidate) => number) | undefined {
  switch (target) {
    case RangeRequest_SortTarget.VERSION:
      for (const each of candidates) fillFields(view, each)
      return (a, b) => a.version - b.version
    case RangeRequest_SortTarget.CREATE:
      for (const each of candidates) fillFields(view, each)
      return (a, b) => a.createRevision - b.createRevision
    case RangeRequest_SortTarget.MOD:
      return (a, b) => a.main - b.main
    case RangeRequest_SortTarget.VALUE:
      for (const each of candidates) each.value = valueBytes(read(view, each))
      return (a, b) => Buffer.compare(a.value, b.value)
    default:
      return undefined
  }
}
