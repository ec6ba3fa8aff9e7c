import { atOnce } from '@waypost/core'
import { type RangeRequest, RangeRequest_SortOrder, RangeRequest_SortTarget, sizeOfDelimited } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { Storage } from '../storage/storage.ts'
import { type Candidate, candidateOf } from './candidate.ts'
import type { Revision } from './key-entry.ts'
import { keySpan, keyString } from './key-span.ts'
import type { KeyTree } from './key-tree.ts'
import { readFields, valueBytes, withoutValue, withoutValueAndLease } from './kv-bytes.ts'
import { mergeSort } from './merge-sort.ts'
import { bytesPerStep, keysPerStep, walk } from './walk.ts'

/** Key-value pairs are marshalled `mvccpb.KeyValue` messages, and not to be written to. */
export interface RangeResult {
  /** The store's revision when the range was read, for the header. */
  readonly revision: number
  readonly kvs: readonly Uint8Array[]
  /** Keys in the range, whatever the limit and the filters. */
  readonly count: number
  /** Whether the limit cut something off. */
  readonly more: boolean
  /** What `kvs` take as fields of an answer. */
  readonly kvsBytes: number
}

/** What a range reads from. */
export interface RangeView {
  /** The store's revision, or the one being written inside a transaction that has changed something. */
  readonly revision: number
  readonly compactRevision: number
  readonly tree: KeyTree
  readonly storage: Storage
  /** Whether the tree's counts of live keys are those of `revision`. */
  readonly hasCounts: boolean
}

/** The revision that a request reads at. Throws `EngineError` with `futureRevision` or `compacted`. */
export function revisionOf(view: RangeView, request: RangeRequest): number {
  const wanted = Number(request.revision)
  if (wanted > view.revision) throw new EngineError('futureRevision')
  const at = wanted <= 0 ? view.revision : wanted
  if (at < view.compactRevision) throw new EngineError('compacted')
  return at
}

/**
 * Whether every key of the range has to be looked at, whatever the limit: sorted or filtered, the whole range is read
 * before the limit cuts. A sort target without an order sorts ascending, but what the limit lets through is chosen by
 * key: etcd 3.4 does so.
 */
export function readsAll(request: RangeRequest): boolean {
  return request.sortOrder !== RangeRequest_SortOrder.NONE || isFiltered(request)
}

/** How many versions are needed, in the order of their keys: one more than the limit shows that there are more. */
export function fetchLimit(request: RangeRequest): number {
  const limit = Number(request.limit)
  return readsAll(request) || limit <= 0 ? Number.POSITIVE_INFINITY : limit + 1
}

/** Throws `EngineError` with `futureRevision` or `compacted`. */
export function range(view: RangeView, request: RangeRequest): RangeResult {
  const isPlain = request.rangeEnd.length === 0 && !isFiltered(request)
  return isPlain ? rangeOfOne(view, request) : atOnce(rangeSteps(view, request))
}

/** What most requests are. */
function rangeOfOne(view: RangeView, request: RangeRequest): RangeResult {
  const { revision } = view
  const at = revisionOf(view, request)
  const found = view.tree.find(keyString(request.key))?.revisionAt(at)
  if (found === undefined) return { revision, kvs: [], count: 0, more: false, kvsBytes: 0 }
  if (request.countOnly) return { revision, kvs: [], count: 1, more: false, kvsBytes: 0 }
  const kv = asRequested(request, messageAt(view, found))
  return { revision, kvs: [kv], count: 1, more: false, kvsBytes: 1 + sizeOfDelimited(kv.length) }
}

/** The same, with places at which it can be interrupted as long as no revision is compacted away. */
export function* rangeSteps(view: RangeView, request: RangeRequest): Generator<void, RangeResult> {
  const at = revisionOf(view, request)
  const { revision } = view
  const { candidates, count } = yield* collect(view, request, at, fetchLimit(request))
  if (request.countOnly) return { revision, kvs: [], count, more: false, kvsBytes: 0 }
  const { chosen, more } = yield* choose(view, request, candidates)
  const kvs: Uint8Array[] = new Array(chosen.length)
  let kvsBytes = 0
  let yieldedAt = 0
  for (let index = 0; index < chosen.length; index++) {
    const kv = messageFor(view, request, chosen[index] as Candidate)
    kvs[index] = kv
    kvsBytes += 1 + sizeOfDelimited(kv.length)
    if (index % keysPerStep !== keysPerStep - 1 && kvsBytes - yieldedAt < bytesPerStep) continue
    yieldedAt = kvsBytes
    yield
  }
  return { revision, kvs, count, more, kvsBytes }
}

/** The message of a candidate as the request wants it. */
export function messageFor(view: RangeView, request: RangeRequest, candidate: Candidate): Uint8Array {
  return asRequested(request, read(view, candidate))
}

/** A message as the request wants it. */
export function asRequested(request: RangeRequest, kv: Uint8Array): Uint8Array {
  if (!request.keysOnly) return kv
  return showsLease(request) ? withoutValue(kv) : withoutValueAndLease(kv)
}

/** etcd 3.7 answers key-only ranges from its index, which knows no leases, unless it has to sort by the values. */
export function showsLease(request: RangeRequest): boolean {
  return !request.keysOnly || request.sortTarget === RangeRequest_SortTarget.VALUE
}

/** What passes the filters, sorted, up to the limit. */
export function* choose(
  view: RangeView,
  request: RangeRequest,
  candidates: Candidate[],
): Generator<void, { chosen: Candidate[]; more: boolean }> {
  let chosen = candidates
  if (isFiltered(request)) {
    chosen = []
    for (const [index, candidate] of candidates.entries()) {
      if (passes(view, request, candidate)) chosen.push(candidate)
      if (index % keysPerStep === keysPerStep - 1) yield
    }
  }
  chosen = yield* sorted(view, request, chosen)
  const limit = Math.max(0, Number(request.limit))
  const more = limit > 0 && chosen.length > limit
  return { chosen: more ? chosen.slice(0, limit) : chosen, more }
}

/** The versions in the range at revision `at`, by key, and how many there are; at most `maxCandidates` are returned. */
export function* collect(
  view: RangeView,
  request: RangeRequest,
  at: number,
  maxCandidates: number,
): Generator<void, { candidates: Candidate[]; count: number }> {
  const span = keySpan(request.key, request.rangeEnd)
  const candidates: Candidate[] = []
  if (span.single) {
    const entry = view.tree.find(span.start)
    const found = entry?.revisionAt(at)
    if (entry && found) candidates.push(candidateOf(entry, found))
    return { candidates, count: candidates.length }
  }
  const isCounted = at === view.revision && view.hasCounts
  let count = isCounted ? view.tree.countLive(span) : 0
  if (isCounted && (request.countOnly || count === 0)) return { candidates, count }
  const target = isCounted ? Math.min(count, maxCandidates) : Number.POSITIVE_INFINITY
  yield* walk(view.tree, span, isCounted, (entry) => {
    const found = entry.revisionAt(at)
    if (found === undefined) return true
    if (!isCounted) count += 1
    if (!request.countOnly && candidates.length < maxCandidates) candidates.push(candidateOf(entry, found))
    return candidates.length < target
  })
  return { candidates, count }
}

function read(view: RangeView, candidate: Candidate): Uint8Array {
  candidate.kv ??= messageAt(view, candidate)
  return candidate.kv
}

/** The message of a version that is there. */
export function messageAt(view: RangeView, { main, sub }: Revision): Uint8Array {
  const kv = view.storage.get(main, sub)
  if (kv === undefined) throw new Error(`Revision ${main}.${sub} is not in the storage.`)
  return kv
}

function fillFields(view: RangeView, candidate: Candidate): void {
  if (candidate.createRevision !== 0) return
  const fields = readFields(read(view, candidate))
  candidate.createRevision = fields.createRevision
  candidate.version = fields.version
}

export function isFiltered(request: RangeRequest): boolean {
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

/** Equal elements stay in the order of their keys. */
function* sorted(view: RangeView, request: RangeRequest, candidates: Candidate[]): Generator<void, Candidate[]> {
  const { sortOrder, sortTarget } = request
  const isDescending = sortOrder === RangeRequest_SortOrder.DESCEND
  if (sortTarget === RangeRequest_SortTarget.KEY) return isDescending ? candidates.reverse() : candidates
  const compare = yield* comparator(view, sortTarget, candidates)
  if (compare === undefined) return candidates
  return yield* mergeSort(candidates, isDescending ? (a, b) => compare(b, a) : compare)
}

function* comparator(
  view: RangeView,
  target: number,
  candidates: readonly Candidate[],
): Generator<void, ((a: Candidate, b: Candidate) => number) | undefined> {
  switch (target) {
    case RangeRequest_SortTarget.VERSION:
      yield* forEach(candidates, (each) => fillFields(view, each))
      return (a, b) => a.version - b.version
    case RangeRequest_SortTarget.CREATE:
      yield* forEach(candidates, (each) => fillFields(view, each))
      return (a, b) => a.createRevision - b.createRevision
    case RangeRequest_SortTarget.MOD:
      return (a, b) => a.main - b.main
    case RangeRequest_SortTarget.VALUE:
      yield* forEach(candidates, (each) => {
        each.value = valueBytes(read(view, each))
      })
      return (a, b) => Buffer.compare(a.value, b.value)
    default:
      return undefined
  }
}

function* forEach<T>(items: readonly T[], visit: (item: T) => void): Generator<void> {
  for (let index = 0; index < items.length; index++) {
    visit(items[index] as T)
    if (index % keysPerStep === keysPerStep - 1) yield
  }
}
