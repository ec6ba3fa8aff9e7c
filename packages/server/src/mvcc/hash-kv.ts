import { EngineError } from '../engine-error.ts'
import type { RevisionVisitor } from '../storage/storage.ts'
import { RunningCrc32c } from './crc32c.ts'
import { etcdRevisionKeyView } from './etcd-revision-key.ts'
import type { MvccStore } from './store.ts'
import { walk } from './walk.ts'

export interface KvHash {
  readonly hash: number
  /** The store's revision when the hash was asked for. */
  readonly revision: number
  /** −1 when the store was never compacted. */
  readonly compactRevision: number
  /** The revision that the hash is of. */
  readonly hashRevision: number
}

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

/**
 * The hash of all versions up to a revision, equal to that of an etcd with the same history: CRC-32C over the word `key`
 * and then each stored revision's key and message. It does not matter how far a compaction has been carried out.
 */
export class KvHasher {
  readonly #scope: Omit<KvHash, 'hash'>
  readonly #kept = new Map<number, Set<number>>()
  readonly #crc = new RunningCrc32c()

  /** @param kept as `keptRevisions` returns it */
  constructor(scope: Omit<KvHash, 'hash'>, kept: Float64Array) {
    this.#scope = scope
    for (let index = 0; index < kept.length; index += 2) {
      const [main, sub] = [kept[index] as number, kept[index + 1] as number]
      const subs = this.#kept.get(main)
      if (subs === undefined) this.#kept.set(main, new Set([sub]))
      else subs.add(sub)
    }
    this.#crc.add(Buffer.from('key'))
  }

  /** Takes the stored revisions in their order. */
  readonly visit: RevisionVisitor = (main, sub, tombstone, bytes, start, end) => {
    const { compactRevision, hashRevision } = this.#scope
    if (main > hashRevision || (main <= compactRevision && this.#kept.get(main)?.has(sub) !== true)) return
    this.#crc.add(etcdRevisionKeyView(main, sub, tombstone))
    this.#crc.add(bytes, start, end)
  }

  get value(): number {
    return this.#crc.value
  }
}
