import type { EtcdClient } from '@waypost/client'
import { type CallOptions, MergingSlot, onAbort } from '@waypost/core'
import { firstOf, type Leader, leaderOf } from './leader.ts'

/**
 * Follows who leads an election: yields the leader, and again whenever another one leads, it proclaims another value,
 * or nobody leads (`undefined`). A slow consumer gets the newest.
 */
export async function* observe(
  etcd: EtcdClient,
  name: string,
  { signal }: CallOptions,
): AsyncGenerator<Leader | undefined, void, undefined> {
  const prefix = `${name}/`
  await using candidates = etcd.cache({ prefix }, { signal })
  await candidates.ready
  const slot = new MergingSlot<{ readonly leader: Leader | undefined }>((_waiting, next) => next)
  let last: Leader | undefined
  const look = (): void => {
    const kv = firstOf(prefix, candidates.values())
    if (kv?.modRevision === last?.revision && kv?.createRevision === last?.token) return
    last = kv && leaderOf(kv)
    slot.push({ leader: last })
  }
  const first = firstOf(prefix, candidates.values())
  last = first && leaderOf(first)
  const releases = [candidates.onChange(look), onAbort(signal, () => slot.end())]
  try {
    yield last
    for await (const { leader } of slot) yield leader
  } finally {
    for (const release of releases) release()
  }
}
