import { EngineError } from '../engine-error.ts'
import type { AppliedBatch, HistoryOptions, HistorySlice, MvccEvent } from './event.ts'
import { keyOf, readFields, tombstoneEventKv } from './kv-bytes.ts'
import type { MvccStore } from './store.ts'

/** Reads past revisions from the storage, at most `maxRevisions` of them. */
export function history(store: MvccStore, options: HistoryOptions): HistorySlice {
  const { from, maxRevisions, accepts } = options
  const { maxBytes = Number.POSITIVE_INFINITY, maxChanges = Number.POSITIVE_INFINITY } = options
  if (from < store.compactRevision) throw new EngineError('compacted')
  const last = Math.min(options.to, store.revision, from + maxRevisions - 1)
  const batches: AppliedBatch[] = []
  let next = last + 1
  let bytes = 0
  let changes = 0
  let revision = 0
  let events: MvccEvent[] = []
  store.storage.scan(from, last, (record) => {
    if (record.main !== revision) {
      if (events.length > 0) batches.push({ revision, events })
      if (bytes >= maxBytes || changes >= maxChanges) {
        next = record.main
        events = []
        return false
      }
      revision = record.main
      events = []
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
  })
  if (events.length > 0) batches.push({ revision, events })
  return { batches, next }
}
