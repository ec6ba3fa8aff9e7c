import { EngineError } from '../engine-error.ts'
import type { KvHash } from './kv-hasher.ts'
import type { MvccStore } from './store.ts'
import { walk } from './walk.ts'

const everyKey = { start: '', end: undefined, single: false } as const

/** What a hash is made of, 0 being the current revision. Throws `EngineError` with `compacted` or `futureRevision`. */
export function hashScope(store: MvccStore, revision: number): Omit<KvHash, 'hash'> {
  const { revision: current, compactRevision } = store
  if (revision > 0 && revision < compactRevision) throw new EngineError('compacted')
  if (revision > current) throw new EngineError('futureRevision')
  return { revision: current, compactRevision, hashRevision: revision === 0 ? current : revision }
}

/**
 * Of the versions at or below the compacted revision those that count, as pairs of main and sub: the ones that are
 * visible at `hashRevision`. etcd leaves out what is not visible only if anything is: with no key left it counts all
 * that the compaction kept. Source: etcd 3.7's `mvcc/hash.go`, and observed on 3.7.3.
 */
export function* keptRevisions(
  store: MvccStore,
  { compactRevision, hashRevision }: Omit<KvHash, 'hash'>,
): Generator<void, Float64Array> {
  if (compactRevision < 0) return new Float64Array()
  const kept: number[] = []
  let hasKey = false
  yield* walk(store.tree, everyKey, false, (entry) => {
    const found = entry.revisionAt(hashRevision)
    if (found !== undefined) hasKey = true
    if (found !== undefined && found.main <= compactRevision) kept.push(found.main, found.sub)
    return true
  })
  if (!hasKey)
    yield* walk(store.tree, everyKey, false, (entry) => {
      const found = entry.revisionAt(compactRevision)
      if (found !== undefined) kept.push(found.main, found.sub)
      return true
    })
  return Float64Array.from(kept)
}
