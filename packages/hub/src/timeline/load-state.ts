import type { EtcdClient } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { type Checkpoint, decodeCheckpoint, readParts } from './checkpoint.ts'
import { decodeChunk } from './chunk.ts'
import { compareIds } from './event.ts'
import { TimelineState } from './state.ts'
import { checkpointKey, checkpointsPrefix, eventsPrefix, readChunkKey, sortableId } from './timeline-keys.ts'

/** What was known after an event, and the time of the last event up to then. */
export interface LoadedState {
  readonly state: TimelineState
  /** The last event up to then; `undefined`: nothing is known of a time as early as that. */
  readonly lastId: string | undefined
}

/** Puts together what was known after the event `id`: the checkpoint before it, and the events since. */
export async function loadState(etcd: EtcdClient, id: string, options: CallOptions): Promise<LoadedState> {
  const checkpoint = await checkpointBefore(etcd, id, options)
  if (checkpoint === undefined) return { state: new TimelineState(), lastId: undefined }
  const state = await readParts(etcd, checkpoint, options)
  let lastId = checkpoint.id
  const from = await chunkHolding(etcd, checkpoint.id, options)
  const range = { from: from ?? eventsPrefix, to: `${eventsPrefix}${sortableId(id)}~` }
  for await (const kv of etcd.kv.list(range, { ...options, pageSize: 50 })) {
    for (const event of decodeChunk(kv.key, kv.text()).events) {
      if (compareIds(event.id, lastId) <= 0) continue
      if (compareIds(event.id, id) > 0) break
      state.apply(event)
      lastId = event.id
    }
  }
  return { state, lastId }
}

async function checkpointBefore(etcd: EtcdClient, id: string, options: CallOptions): Promise<Checkpoint | undefined> {
  const range = { from: checkpointsPrefix, to: `${checkpointKey(id)}~` }
  const { kvs } = await etcd.kv.range(range, { ...options, limit: 1, sort: { order: 'descending' } })
  const [found] = kvs
  return found && decodeCheckpoint(found.key, found.bytes)
}

/** The key of the chunk that an event is in, or of the last one before it. */
export async function chunkHolding(etcd: EtcdClient, id: string, options: CallOptions): Promise<string | undefined> {
  const range = { from: eventsPrefix, to: `${eventsPrefix}${sortableId(id)}~` }
  const { kvs } = await etcd.kv.range(range, {
    ...options,
    limit: 1,
    keysOnly: true,
    sort: { order: 'descending' },
  })
  const [found] = kvs
  return found && readChunkKey(found.key) === undefined ? undefined : found?.key
}
