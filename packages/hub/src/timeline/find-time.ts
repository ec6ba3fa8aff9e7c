import type { EtcdClient } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { decodeChunk } from './chunk.ts'
import { revisionOf } from './event.ts'
import { eventsPrefix, readChunkKey, sortableId } from './timeline-keys.ts'

const end = `${eventsPrefix}~`

/**
 * The last event that was recorded at or before a time; `undefined` when the timeline begins later. Chunks are sorted
 * by revision, and their times never go back: it halves the range of revisions until one chunk is left.
 */
export async function lastEventAt(
  etcd: EtcdClient,
  epochMs: number,
  options: CallOptions,
): Promise<string | undefined> {
  const first = await nearestChunk(etcd, { from: eventsPrefix, to: end }, 'ascending', options)
  const last = await nearestChunk(etcd, { from: eventsPrefix, to: end }, 'descending', options)
  if (first === undefined || last === undefined || first.atMs > epochMs) return undefined
  let found = first
  if (last.atMs <= epochMs) found = last
  else {
    let low = revisionOf(first.firstId)
    let high = revisionOf(last.firstId)
    while (low < high) {
      const middle = (low + high + 1n) / 2n
      const range = { from: `${eventsPrefix}${sortableId(`${middle}.0`)}`, to: end }
      const chunk = await nearestChunk(etcd, range, 'ascending', options)
      if (chunk !== undefined && chunk.atMs <= epochMs) {
        found = chunk
        low = revisionOf(chunk.firstId)
      } else high = middle - 1n
    }
  }
  return lastIn(etcd, found.key, epochMs, options)
}

async function lastIn(
  etcd: EtcdClient,
  from: string,
  epochMs: number,
  options: CallOptions,
): Promise<string | undefined> {
  const until = new Date(epochMs).toISOString()
  let id: string | undefined
  // A revision may have several chunks.
  for await (const kv of etcd.kv.list({ from, to: end }, { ...options, pageSize: 4 })) {
    for (const event of decodeChunk(kv.key, kv.text()).events) {
      if (event.at > until) return id
      id = event.id
    }
  }
  return id
}

/** The first or last chunk of a range. */
export async function nearestChunk(
  etcd: EtcdClient,
  range: { readonly from: string; readonly to: string },
  order: 'ascending' | 'descending',
  options: CallOptions,
): Promise<{ readonly key: string; readonly firstId: string; readonly atMs: number } | undefined> {
  const { kvs } = await etcd.kv.range(range, { ...options, limit: 1, keysOnly: true, sort: { order } })
  const [found] = kvs
  const read = found && readChunkKey(found.key)
  return found && read && { key: found.key, ...read }
}
