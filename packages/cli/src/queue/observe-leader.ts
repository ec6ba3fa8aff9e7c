import type { EtcdClient, KeyValue } from '@waypost/client'
import { onAbort, WaypostError } from '@waypost/core'

/** Tells of the leader of an election, and of every new one and every new value, until the signal fires. */
export async function observeLeader(
  etcd: EtcdClient,
  name: string,
  signal: AbortSignal,
  tell: (leader: KeyValue) => Promise<void>,
): Promise<void> {
  const prefix = `${name}/`
  while (!signal.aborted) {
    const page = await etcd.kv.range(
      { prefix },
      { limit: 1, sort: { by: 'createRevision', order: 'ascending' }, signal },
    )
    const [leader] = page.kvs
    if (leader) await tell(leader)
    // Without a leader, the first one who comes is it.
    await using watch = etcd.watch(leader ? { key: leader.keyBytes } : { prefix }, {
      startRevision: page.revision + 1n,
    })
    const release = onAbort(signal, () => void watch.close())
    try {
      following: for await (const { events } of watch) {
        for (const { type, kv } of events) {
          if (type === 'delete' || !leader) break following
          await tell(kv)
        }
      }
    } catch (error) {
      if (!WaypostError.is(error, 'compacted')) throw error
    } finally {
      release()
    }
  }
}
