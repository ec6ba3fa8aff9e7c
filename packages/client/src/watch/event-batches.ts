import { type Event, Event_EventType } from '@waypost/protocol'
import type { KeySpace } from '../keys/key-space.ts'
import type { WatchBatch, WatchEvent } from './watch-batch.ts'

/** Puts the events of one answer together by revision. The same batches go to everybody who watches the range. */
export function batchesOf(events: readonly Event[], space: KeySpace): WatchBatch[] {
  const batches: WatchBatch[] = []
  let index = 0
  while (index < events.length) {
    const revision = revisionOf(events[index])
    const batch: WatchEvent[] = []
    for (; index < events.length && revisionOf(events[index]) === revision; index++) {
      const event = events[index]
      if (event?.kv !== undefined) batch.push(watchEvent(event, event.kv, space))
    }
    batches.push({ revision, events: batch })
  }
  return batches
}

function watchEvent(event: Event, raw: NonNullable<Event['kv']>, space: KeySpace): WatchEvent {
  const kv = space.keyValue(raw)
  return {
    type: event.type === Event_EventType.DELETE ? 'delete' : 'put',
    key: kv.key,
    kv,
    previous: event.prevKv === undefined ? undefined : space.keyValue(event.prevKv),
  }
}

function revisionOf(event: Event | undefined): bigint {
  return event?.kv?.modRevision ?? 0n
}
