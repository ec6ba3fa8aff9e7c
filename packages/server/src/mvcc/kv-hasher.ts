import type { RevisionVisitor } from '../storage/storage.ts'
import { crc32c } from './crc32c.ts'
import { etcdRevisionKeyView } from './etcd-revision-key.ts'

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
 * The hash of all versions up to a revision, equal to that of an etcd with the same history: CRC-32C over the word `key`
 * and then each stored revision's key and message. It does not matter how far a compaction has been carried out.
 */
export class KvHasher {
  readonly #scope: Omit<KvHash, 'hash'>
  readonly #kept = new Map<number, Set<number>>()
  #crc = crc32c(Buffer.from('key'))

  /** @param kept as `keptRevisions` returns it */
  constructor(scope: Omit<KvHash, 'hash'>, kept: Float64Array) {
    this.#scope = scope
    for (let index = 0; index < kept.length; index += 2) {
      const [main, sub] = [kept[index] as number, kept[index + 1] as number]
      const subs = this.#kept.get(main)
      if (subs === undefined) this.#kept.set(main, new Set([sub]))
      else subs.add(sub)
    }
  }

  /** Takes the stored revisions in their order. */
  readonly visit: RevisionVisitor = (main, sub, tombstone, bytes, start, end) => {
    const { compactRevision, hashRevision } = this.#scope
    if (main > hashRevision || (main <= compactRevision && this.#kept.get(main)?.has(sub) !== true)) return
    const crc = crc32c(etcdRevisionKeyView(main, sub, tombstone), this.#crc)
    this.#crc = crc32c(bytes, crc, start, end)
  }

  get value(): number {
    return this.#crc
  }
}
