import { type EtcdClient, put, version } from '@waypost/client'
import type { Leadership } from '@waypost/coordination'
import { type Clock, WaypostError } from '@waypost/core'
import { encodeCheckpoint, writeParts } from './checkpoint.ts'
import { encodeChunk } from './chunk.ts'
import { contentsOf } from './contents.ts'
import { listFollowed } from './list-followed.ts'
import { transcribe } from './moment.ts'
import { decodePosition, encodePosition, type Position } from './position.ts'
import { TimelineState } from './state.ts'
import { checkpointKey, chunkKey, contentKey, positionKey } from './timeline-keys.ts'

export interface KnownPosition {
  readonly position: Position
  /** The revision of the position's key. */
  readonly positionRevision: bigint
}

/** How far the recording has come; `undefined` when it has never begun. */
export async function readPosition(etcd: EtcdClient, signal?: AbortSignal): Promise<KnownPosition | undefined> {
  const stored = await etcd.kv.get(positionKey, { signal })
  return stored && { position: decodePosition(stored.bytes), positionRevision: stored.modRevision }
}

/** The first recorder keeps what there is: the timeline begins with that. */
export async function begin(
  etcd: EtcdClient,
  clock: Clock,
  { guard, signal }: Pick<Leadership, 'guard' | 'signal'>,
): Promise<KnownPosition> {
  const { revision, keys } = await listFollowed(etcd, signal)
  const state = new TimelineState()
  const happening = { revision, changes: keys, isComparison: true, isLeaseGone: () => undefined }
  for await (const events of transcribe(happening, state)) {
    for (const content of contentsOf(events, keys)) {
      await etcd.kv.put(contentKey(content.revision, content.path), content.bytes, { signal })
    }
  }
  const id = `${revision}.0`
  const atMs = clock.epochMs()
  const written = await writeParts(etcd, id, state, signal)
  const event = JSON.stringify({ id, at: new Date(atMs).toISOString(), kind: 'timeline.began', key: positionKey })
  const position: Position = {
    revision,
    lastId: id,
    atMs,
    total: 1,
    checkpointId: id,
    checkpointTotal: 1,
    checkpointAtMs: atMs,
    checkpointBytes: written.bytes,
    bytes: 0,
  }
  const done = await guard(
    etcd
      .txn()
      .if(version(positionKey).equals(0))
      .do(
        put(positionKey, encodePosition(position)),
        put(checkpointKey(id), encodeCheckpoint({ id, total: 1, atMs, ...written })),
        put(chunkKey(id, atMs), encodeChunk(0, [event])),
      ),
  ).commit({ signal })
  if (!done.succeeded) throw new WaypostError('conflict', 'Another process has started the timeline in the meantime.')
  return { position, positionRevision: done.revision }
}
