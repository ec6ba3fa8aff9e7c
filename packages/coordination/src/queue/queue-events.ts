import type { EtcdClient, WatchBatch, WatchEvent } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { readDelayed, readJobOrder } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import { isClaimRecord, isFinishedRecord, isJobState, readRecord } from './records.ts'

/** What happened to a job, in the order of the store's revisions. */
export interface QueueEvent {
  /**
   * `retrying`: it failed and waits for the next attempt; `stalled`: its worker was lost; `dead`: it became a dead
   * letter; `redriven`: a dead letter was put back; `removed`: somebody took it away. `paused` and `resumed` are of the
   * queue.
   */
  readonly type:
    | 'added'
    | 'active'
    | 'progress'
    | 'completed'
    | 'retrying'
    | 'stalled'
    | 'dead'
    | 'redriven'
    | 'removed'
    | 'paused'
    | 'resumed'
  readonly id: string | undefined
  readonly revision: bigint
  readonly worker?: string | undefined
  readonly attempt?: number | undefined
  readonly progress?: unknown
  readonly result?: unknown
  readonly error?: string | undefined
}

/** Follows a queue until the signal fires. Ends quietly. */
export async function* queueEvents(
  etcd: EtcdClient,
  keys: QueueKeys,
  { signal }: CallOptions,
): AsyncGenerator<QueueEvent, void, undefined> {
  const watch = etcd.watch({ prefix: keys.root })
  const close = (): void => void watch.close()
  signal?.addEventListener('abort', close, { once: true })
  try {
    if (signal?.aborted) return
    for await (const batch of watch) yield* eventsOf(keys, batch)
  } finally {
    signal?.removeEventListener('abort', close)
    await watch.close()
  }
}

/** The events of one revision. Exported for tests. */
export function eventsOf(keys: QueueKeys, { events, revision }: WatchBatch): QueueEvent[] {
  const gone = new Set(events.filter(({ type }) => type === 'delete').map(({ key }) => key))
  const written = new Set(events.filter(({ type }) => type === 'put').map(({ key }) => key))
  const finished = (id: string): boolean => written.has(keys.completed + id) || written.has(keys.dead + id)
  return events.flatMap((event): QueueEvent[] => {
    const found = eventOf(keys, event, { gone, finished })
    return found === undefined ? [] : [{ ...found, revision }]
  })
}

interface Batch {
  readonly gone: ReadonlySet<string>
  finished(id: string): boolean
}

function eventOf(
  keys: QueueKeys,
  { type, key, kv }: WatchEvent,
  batch: Batch,
): Omit<QueueEvent, 'revision'> | undefined {
  const rest = (prefix: string): string | undefined => (key.startsWith(prefix) ? key.slice(prefix.length) : undefined)
  if (key === keys.paused) return { type: type === 'put' ? 'paused' : 'resumed', id: undefined }
  const job = rest(keys.jobs)
  if (type === 'delete') {
    return job === undefined || batch.finished(job) ? undefined : { type: 'removed', id: job }
  }
  if (job !== undefined) return kv.version === 1n ? { type: 'added', id: job } : undefined
  const claimed = rest(keys.claims)
  if (claimed !== undefined) {
    const { worker, attempt, progress } = readRecord(kv.text(), isClaimRecord) ?? {}
    return { type: kv.version === 1n ? 'active' : 'progress', id: claimed, worker, attempt, progress }
  }
  const done = rest(keys.completed) ?? rest(keys.dead)
  if (done !== undefined) {
    const record = readRecord(kv.text(), isFinishedRecord)
    if (record === undefined) return undefined
    const { state, worker, attempt, result, error } = record
    return { type: state, id: done, worker, attempt, result, error }
  }
  return returned(keys, rest(keys.waiting), rest(keys.delayed), kv.text(), batch)
}

/** A job that is in the line again. */
function returned(
  keys: QueueKeys,
  waiting: string | undefined,
  delayed: string | undefined,
  text: string,
  { gone }: Batch,
): Omit<QueueEvent, 'revision'> | undefined {
  const order = waiting ?? (delayed === undefined ? undefined : readDelayed(delayed)?.order)
  const id = order === undefined ? undefined : readJobOrder(order)?.id
  const state = readRecord(text, isJobState)
  if (id === undefined || state === undefined) return undefined
  const { attempt, error } = state
  if (gone.has(keys.dead + id)) return { type: 'redriven', id, attempt }
  if (!gone.has(keys.claims + id)) return undefined
  return { type: delayed === undefined && state.stalls > 0 ? 'stalled' : 'retrying', id, attempt, error }
}
