import type { EtcdClient } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { queuesPrefix } from './queue-keys.ts'

/** The names of the queues, sorted. Reads one key of each and goes on after all of its keys. */
export async function queueNames(etcd: EtcdClient, options: CallOptions): Promise<readonly string[]> {
  const names: string[] = []
  const to = `${queuesPrefix.slice(0, -1)}0`
  for (let from = queuesPrefix; ; ) {
    const { kvs } = await etcd.kv.range({ from, to }, { ...options, limit: 1, keysOnly: true })
    const name = kvs[0]?.key.slice(queuesPrefix.length).split('/')[0]
    if (name === undefined) return names.sort()
    names.push(name)
    // The character after the slash.
    from = `${queuesPrefix}${name}0`
  }
}
