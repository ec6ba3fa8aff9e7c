import { type Cache, type EtcdClient, list } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import type { FollowedRange } from '../layers/slot.ts'

/** A live copy of one range of keys. */
export interface FollowedCache {
  readonly range: FollowedRange
  readonly cache: Cache
}

/** What a range held at a census: enough to tell whether a copy of it has seen everything up to then. */
interface Extent {
  readonly cache: Cache
  readonly keys: bigint
  /** When a key of it was last written; 0 when it had none. */
  readonly lastWrite: bigint
}

/** Some ranges as they were at one revision. */
export interface RangeCensus {
  readonly revision: bigint
  readonly extents: readonly Extent[]
}

/** etcd takes 128 steps in one transaction. */
const maxOperations = 100

/** Asks the store what some ranges hold now, all as of one revision, without their values. */
export async function takeCensus(
  etcd: EtcdClient,
  followed: readonly FollowedCache[],
  options: CallOptions,
): Promise<RangeCensus> {
  const extents: Extent[] = []
  let pinned: bigint | undefined
  for (let start = 0; start < followed.length; start += maxOperations) {
    const some = followed.slice(start, start + maxOperations)
    const newest = {
      keysOnly: true,
      limit: 1,
      sort: { by: 'modRevision', order: 'descending' },
      revision: pinned,
    } as const
    const { responses, revision } = await etcd
      .txn()
      .do(...some.map(({ range }) => list(range, newest)))
      .commit(options)
    pinned ??= revision
    for (const [index, { cache }] of some.entries()) {
      const { count = 0n, kvs = [] } = responses[index] ?? {}
      extents.push({ cache, keys: count, lastWrite: kvs[0]?.modRevision ?? 0n })
    }
  }
  return { revision: pinned ?? 0n, extents }
}

/**
 * Whether a copy has seen all that the census counted. It may have seen more. A copy that is older than the census
 * has, when it knows the last write and has as many keys: each key of then was last written before, so it is in the
 * copy, and the copy has no other.
 */
export function hasSeen({ cache, keys, lastWrite }: Extent, { revision }: RangeCensus): boolean {
  if (cache.revision >= revision) return true
  return cache.revision >= lastWrite && BigInt(cache.size) === keys
}
