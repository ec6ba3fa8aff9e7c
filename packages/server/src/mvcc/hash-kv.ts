import { EngineError } from '../engine-error.ts'
import { crc32c } from './crc32c.ts'
import { etcdRevisionKey } from './etcd-revision-key.ts'
import { keyOf } from './kv-bytes.ts'
import { revisionSlices } from './revision-slices.ts'
import type { MvccStore } from './store.ts'

export interface KvHash {
  readonly hash: number
  /** The store's revision when the hash was asked for. */
  readonly revision: number
  /** −1 when the store was never compacted. */
  readonly compactRevision: number
  /** The revision that the hash is of. */
  readonly hashRevision: number
}

/**
 * The hash of all versions up to `revision` (0: the current one), equal to that of an etcd with the same history:
 * CRC-32C over the word `key` and then each stored revision's key and message. Of the versions at or below the
 * compacted revision only those count that are visible at `revision`, so it does not matter how far the compaction has
 * been carried out. No compaction may run meanwhile.
 *
 * Throws `EngineError` with `compacted` or `futureRevision`. Source: etcd 3.7's `mvcc/hash.go`, and observed on 3.7.3.
 */
export async function hashKv(store: MvccStore, revision: number, check: () => void): Promise<KvHash> {
  const { revision: current, compactRevision } = store
  if (revision > 0 && revision < compactRevision) throw new EngineError('compacted')
  if (revision > current) throw new EngineError('futureRevision')
  const hashRevision = revision === 0 ? current : revision
  // etcd leaves out what is not visible only if anything is: with no key left it counts all that the compaction kept.
  const visibleAt = hasKeyAt(store, hashRevision) ? hashRevision : compactRevision
  let hash = crc32c(Buffer.from('key'))
  for await (const records of revisionSlices(store.storage, 1, hashRevision, check)) {
    for (const { main, sub, tombstone, kv } of records) {
      if (main <= compactRevision && !isVisible(store, visibleAt, main, sub, kv)) continue
      hash = crc32c(kv, crc32c(etcdRevisionKey(main, sub, tombstone), hash))
    }
  }
  return { hash, revision: current, compactRevision, hashRevision }
}

function hasKeyAt(store: MvccStore, revision: number): boolean {
  let found = false
  store.tree.scan({ start: '', end: undefined, single: false }, (entry) => {
    found = entry.revisionAt(revision) !== undefined
    return !found
  })
  return found
}

function isVisible(store: MvccStore, at: number, main: number, sub: number, kv: Uint8Array): boolean {
  const visible = store.tree.find(keyOf(kv))?.revisionAt(at)
  return visible !== undefined && visible.main === main && visible.sub === sub
}
