import { EngineError } from '../engine-error.ts'
import type { RevisionRecord } from '../storage/storage.ts'
import type { AppliedBatch, HistoryOptions, HistorySlice, MvccEvent } from './event.ts'
import { keyOf, readFields, tombstoneEventKv } from './kv-bytes.ts'
import type { MvccStore } from './store.ts'

/** What is read before the work can be interrupted, inside a revision too. */
const changesPerStep = 256

/**
 * Reads past revisions from the storage, at most `maxRevisions` of them. Throws `EngineError` with `compacted`, also
 * when what it reads is compacted while it is interrupted.
 */
export function* history(store: MvccStore, options: HistoryOptions): Generator<void, HistorySlice> {
  const { from, maxRevisions, accepts } = options
  const { maxBytes = Number.POSITIVE_INFINITY, maxChanges = Number.POSITIVE_INFINITY } = options
  const last = Math.min(options.to, store.revision, from + maxRevisions - 1)
  const batches: AppliedBatch[] = []
  let next = last + 1
  let bytes = 0
  let changes = 0
  let revision = 0
  let events: MvccEvent[] = []
  /** Undefined once everything was read. */
  let rest: Pick<RevisionRecord, 'main' | 'sub'> | undefined = { main: from, sub: 0 }
  while (rest !== undefined) {
    if (from < store.compactRevision) throw new EngineError('compacted')
    const start: Pick<RevisionRecord, 'main' | 'sub'> = rest
    const until = changes + changesPerStep
    rest = undefined
    const take = (record: RevisionRecord): boolean => {
      if (record.main !== revision) {
        if (events.length > 0) batches.push({ revision, events })
        events = []
        if (bytes >= maxBytes || changes >= maxChanges) {
          next = record.main
          return false
        }
        revision = record.main
      }
      if (changes === until) {
        rest = record
        return false
      }
      changes += 1
      const key = keyOf(record.kv)
      if (accepts !== undefined && !accepts(key)) return true
      bytes += record.kv.length
      events.push(
        record.tombstone
          ? { type: 'delete', key, kv: tombstoneEventKv(record.kv, record.main), created: false }
          : { type: 'put', key, kv: record.kv, created: readFields(record.kv).createRevision === record.main },
      )
      return true
    }
    store.storage.scan(start.main, last, take, start.sub)
    if (rest !== undefined) yield
  }
  if (events.length > 0) batches.push({ revision, events })
  return { batches, next }
}
