import { type Condition, createRevision, del, type EtcdClient, type Operation, put } from '@waypost/client'
import { readJobOrder } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import type { JobState } from './records.ts'

/** What has to hold, and what has to be done, in the transaction that takes the head of a group away. */
export interface GroupSteps {
  readonly conditions: readonly Condition[]
  readonly steps: readonly Operation<unknown>[]
}

export const noGroupSteps: GroupSteps = { conditions: [], steps: [] }

/** When the job may be taken, in the value of its place in the group. */
export function dueOf(text: string): number {
  const dueMs = Number(text)
  return Number.isFinite(dueMs) ? dueMs : 0
}

/** Puts a job at the head of its group into the line. */
export function enterLine(
  keys: QueueKeys,
  order: string,
  state: JobState,
  dueMs: number,
  nowMs: number,
): Operation<unknown> {
  const key = dueMs > nowMs ? keys.delayedUntil(dueMs, order) : keys.waiting + order
  return put(key, JSON.stringify(state))
}

/**
 * Takes the job at the head of a group out of it and lets the next one into the line. When somebody joins the group
 * meanwhile, the conditions fail, and it is to be asked again.
 */
export async function leaveGroup(
  etcd: EtcdClient,
  keys: QueueKeys,
  group: string | undefined,
  order: string,
  nowMs: number,
): Promise<GroupSteps> {
  if (group === undefined) return noGroupSteps
  const prefix = keys.group(group)
  const own = prefix + order
  const { kvs } = await etcd.kv.range({ prefix }, { limit: 2 })
  const head = kvs.find(({ key }) => key === own)
  const next = kvs.find(({ key }) => key !== own)
  if (next === undefined) {
    const since = head?.createRevision ?? 0n
    // A job that joins later was created later.
    return { conditions: [createRevision({ prefix }).lessThan(since + 1n)], steps: [del(own)] }
  }
  const nextOrder = next.key.slice(prefix.length)
  const state: JobState = { attempt: 0, stalls: 0, group }
  return {
    conditions: [createRevision(next.key).equals(next.createRevision)],
    steps: [del(own), enterLine(keys, nextOrder, state, dueOf(next.text()), nowMs)],
  }
}

/** Lets the head of a group into the line when it stands nowhere: not in it, not delayed, not claimed. */
export async function repairGroup(etcd: EtcdClient, keys: QueueKeys, group: string, nowMs: number): Promise<void> {
  const prefix = keys.group(group)
  const { kvs } = await etcd.kv.range({ prefix }, { limit: 1 })
  const [head] = kvs
  if (head === undefined) return
  const order = head.key.slice(prefix.length)
  const id = readJobOrder(order)?.id
  if (id === undefined) return
  const delayed = await etcd.kv.range({ prefix: keys.delayed }, { keysOnly: true })
  if (delayed.kvs.some(({ key }) => key.endsWith(`.${order}`))) return
  const state: JobState = { attempt: 0, stalls: 0, group }
  await etcd
    .txn()
    .if(
      createRevision(head.key).equals(head.createRevision),
      createRevision(keys.waiting + order).equals(0),
      createRevision(keys.claims + id).equals(0),
      createRevision(keys.jobs + id).greaterThan(0),
    )
    .do(enterLine(keys, order, state, dueOf(head.text()), nowMs))
    .commit()
}

/** The names of the groups that have jobs. One request for each. */
export async function* groupNames(etcd: EtcdClient, keys: QueueKeys): AsyncGenerator<string, void, undefined> {
  const prefix = `${keys.root}groups/`
  let from = prefix
  for (;;) {
    const to = `${keys.root}groups0`
    const { kvs } = await etcd.kv.range({ from, to }, { limit: 1, keysOnly: true })
    const group = kvs[0]?.key.slice(prefix.length).split('/')[0]
    if (group === undefined) return
    yield group
    from = `${prefix}${group}0`
  }
}
