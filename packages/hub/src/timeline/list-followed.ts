import type { EtcdClient, RangeSelector } from '@waypost/client'
import type { KeyChange } from './concerns/concern.ts'
import { concernOf } from './concerns/concerns.ts'

/** Large and never needed to know what is there now. In the order of their keys. */
const leftOut = [
  '/waypost/audit/',
  '/waypost/config/releases/',
  '/waypost/timeline/checkpoint-parts/',
  '/waypost/timeline/contents/',
  '/waypost/timeline/events/',
  '/waypost/webhooks/deliveries/',
] as const

/** Everything in the store that the timeline follows, as of one revision. */
export async function listFollowed(
  etcd: EtcdClient,
  signal: AbortSignal | undefined,
): Promise<{ readonly revision: bigint; readonly keys: ReadonlyMap<string, KeyChange> }> {
  const keys = new Map<string, KeyChange>()
  let revision: bigint | undefined
  for (const range of ranges()) {
    for await (const page of etcd.kv.list(range, { signal, revision }).pages()) {
      revision = page.revision
      for (const kv of page.kvs) {
        const lease = kv.lease.toString(16)
        const { key, createRevision } = kv
        if (concernOf(key, lease) !== undefined) keys.set(key, { key, value: kv.bytes, lease, createRevision })
      }
    }
  }
  return { revision: revision ?? 0n, keys }
}

function ranges(): readonly RangeSelector[] {
  const starts = ['\0', ...leftOut.map((prefix) => after(prefix))]
  return starts.map((from, index) => {
    const to = leftOut[index]
    return to === undefined ? { from } : { from, to }
  })
}

/** The first key behind all that begin with the prefix, which ends in a slash. */
function after(prefix: string): string {
  return `${prefix.slice(0, -1)}0`
}
