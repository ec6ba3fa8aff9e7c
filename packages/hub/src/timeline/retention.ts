import type { EtcdClient } from '@waypost/client'
import { type Checkpoint, decodeCheckpoint, readParts } from './checkpoint.ts'
import { revisionOf } from './event.ts'
import type { Position } from './position.ts'
import {
  checkpointKey,
  checkpointPartKey,
  checkpointPartsPrefix,
  checkpointsPrefix,
  contentKey,
  contentsPrefix,
  eventsPrefix,
  sortableId,
} from './timeline-keys.ts'

/** How much of the timeline is kept. What is beyond either bound goes, together with the checkpoints before it. */
export interface TimelineRetention {
  /** Default 30. */
  readonly maxAgeDays: number
  /** Default 200,000. Up to a quarter more stays until the next checkpoint. */
  readonly maxEvents: number
}

export const defaultTimelineRetention: TimelineRetention = { maxAgeDays: 30, maxEvents: 200_000 }

const dayMs = 24 * 60 * 60 * 1000

/** Events may come to eight times the size of a checkpoint before the next one: that bounds what a reader has to read. */
const bytesPerCheckpointByte = 8
const minBytes = 1024 * 1024

/** Whether it is time for a checkpoint. Only behind a checkpoint can anything be deleted. */
export function isCheckpointDue(position: Position, retention: TimelineRetention, nowMs: number): boolean {
  const { total, checkpointTotal, checkpointAtMs, checkpointBytes, bytes } = position
  if (total === checkpointTotal) return false
  return (
    bytes > Math.max(minBytes, checkpointBytes * bytesPerCheckpointByte) ||
    total - checkpointTotal >= retention.maxEvents / 8 ||
    nowMs - checkpointAtMs >= (retention.maxAgeDays * dayMs) / 4
  )
}

/** Deletes what is too old or too much. */
export async function prune(
  etcd: EtcdClient,
  position: Position,
  { maxAgeDays, maxEvents }: TimelineRetention,
  nowMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let base: Checkpoint | undefined
  for await (const kv of etcd.kv.list({ prefix: checkpointsPrefix }, { signal })) {
    const checkpoint = decodeCheckpoint(kv.key, kv.bytes)
    const isEnough = position.total - checkpoint.total >= maxEvents || nowMs - checkpoint.atMs >= maxAgeDays * dayMs
    if (isEnough) base = checkpoint
  }
  if (base === undefined) return
  await deleteContents(etcd, base, signal)
  // The events first: without their checkpoint they could not be understood.
  await etcd.kv.delete({ from: eventsPrefix, to: `${eventsPrefix}${sortableId(base.id)}~` }, { signal })
  await etcd.kv.delete({ from: checkpointsPrefix, to: checkpointKey(base.id) }, { signal })
  await etcd.kv.delete({ from: checkpointPartsPrefix, to: checkpointPartKey(base.id, 0) }, { signal })
}

/** Contents that nobody can ask for any more: written before the checkpoint, and replaced before it, too. */
async function deleteContents(etcd: EtcdClient, base: Checkpoint, signal: AbortSignal | undefined): Promise<void> {
  const range = { from: contentsPrefix, to: contentKey(revisionOf(base.id) + 1n, '') }
  const keys: string[] = []
  for await (const { key } of etcd.kv.list(range, { keysOnly: true, signal })) keys.push(key)
  if (keys.length === 0) return
  const needed = new Set<string>()
  const state = await readParts(etcd, base, { signal })
  for (const [key, { writtenAt }] of state.entries()) {
    if (typeof writtenAt === 'string') needed.add(contentKey(BigInt(writtenAt), key.slice('/config/'.length)))
  }
  for (const key of keys) if (!needed.has(key)) await etcd.kv.delete(key, { signal })
}
