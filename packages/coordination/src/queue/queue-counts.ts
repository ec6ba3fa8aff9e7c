import { get, list } from '@waypost/client'
import { type CallOptions, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { readJobOrder } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'

/** How many jobs a queue has in each state; the numbers are as of one revision. */
export interface QueueCounts {
  /** May be claimed now. */
  readonly waiting: number
  /** Wait for their time: of their delay, or of the next attempt. */
  readonly delayed: number
  /** Wait for an earlier job of their group. */
  readonly blocked: number
  readonly active: number
  /** Completed ones whose result is still kept. */
  readonly completed: number
  readonly dead: number
  readonly workers: number
  readonly isPaused: boolean
  /** How long the job that was added first among those waiting has waited, in milliseconds; 0 when none waits. */
  readonly oldestWaitingMs: number
}

export async function queueCounts(parts: Parts, keys: QueueKeys, options: CallOptions): Promise<QueueCounts> {
  const one = { limit: 1, keysOnly: true } as const
  const { succeeded, responses } = await parts.etcd
    .txn()
    .do(
      list({ prefix: keys.waiting }, one),
      list({ prefix: keys.delayed }, one),
      list({ prefix: keys.claims }, one),
      list({ prefix: keys.completed }, one),
      list({ prefix: keys.dead }, one),
      list({ prefix: keys.jobs }, one),
      list({ prefix: keys.workers }, one),
      get(keys.paused),
    )
    .commit(options)
  if (!succeeded) throw new WaypostError('internal', 'A transaction without conditions did not succeed.')
  const [waiting, delayed, claims, completed, dead, jobs, workers, paused] = responses
  const addedAtMs = await oldestWaiting(parts, keys, waiting.kvs[0]?.key, options)
  const elsewhere = waiting.count + delayed.count + claims.count + dead.count
  return {
    waiting: Number(waiting.count),
    delayed: Number(delayed.count),
    blocked: Math.max(0, Number(jobs.count - elsewhere)),
    active: Number(claims.count),
    completed: Number(completed.count),
    dead: Number(dead.count),
    workers: Number(workers.count),
    isPaused: paused !== undefined,
    oldestWaitingMs: addedAtMs === undefined ? 0 : Math.max(0, parts.clock.epochMs() - addedAtMs),
  }
}

/**
 * When the oldest job that waits was added. Within a priority the first key is the oldest, so one key of each priority
 * is read: a request for each that is in use.
 */
async function oldestWaiting(
  { etcd }: Parts,
  keys: QueueKeys,
  firstKey: string | undefined,
  options: CallOptions,
): Promise<number | undefined> {
  let oldest: number | undefined
  for (let key = firstKey; key !== undefined; ) {
    const order = key.slice(keys.waiting.length)
    const addedAtMs = readJobOrder(order)?.addedAtMs
    if (addedAtMs !== undefined && (oldest === undefined || addedAtMs < oldest)) oldest = addedAtMs
    // The four digits of the priority, and the character after the point behind them.
    const from = `${keys.waiting}${order.slice(0, 4)}/`
    const { kvs } = await etcd.kv.range(
      { from, to: `${keys.waiting.slice(0, -1)}0` },
      { ...options, limit: 1, keysOnly: true },
    )
    key = kvs[0]?.key
  }
  return oldest
}
