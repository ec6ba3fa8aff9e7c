import { createRevision, del, type KeyValue, type Operation, put } from '@waypost/client'
import type { Parts } from '../shared/settings.ts'
import { leaveGroup } from './group-steps.ts'
import { readDelayed } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import { isFinishedRecord, isJobRecord, type JobState, readRecord } from './records.ts'

/** Puts one dead letter back into the line, with all its attempts before it. False: it is not there any more. */
export async function redriveOne({ etcd }: Parts, keys: QueueKeys, id: string): Promise<boolean> {
  const [dead, job] = await Promise.all([etcd.kv.get(keys.dead + id), etcd.kv.get(keys.jobs + id)])
  const record = dead && readRecord(dead.text(), isFinishedRecord)
  if (dead === undefined || record === undefined || job === undefined) return false
  const { order, group } = record
  const state: JobState = { attempt: 0, stalls: 0, group }
  const enter = put(keys.waiting + order, JSON.stringify(state))
  // Written again without the lease that would have ended it.
  const steps: Operation<unknown>[] = [del(keys.dead + id), put(keys.jobs + id, job.bytes)]
  if (group === undefined) steps.push(enter)
  else {
    const prefix = keys.group(group)
    steps.push(put(prefix + order, '0'))
    steps.push(etcd.txn().if(createRevision({ prefix }).equals(0)).do(enter).asOperation())
  }
  const { succeeded } = await etcd
    .txn()
    .if(createRevision(dead.key).equals(dead.createRevision))
    .do(...steps)
    .commit()
  return succeeded
}

/** Lets a delayed job be taken now. False: it is not delayed. */
export async function hasten({ etcd }: Parts, keys: QueueKeys, id: string): Promise<boolean> {
  const found = await delayedKey({ etcd }, keys, id)
  if (found === undefined) return false
  const { kv, order } = found
  const { succeeded } = await etcd
    .txn()
    .if(createRevision(kv.key).equals(kv.createRevision))
    .do(del(kv.key), put(keys.waiting + order, kv.bytes))
    .commit()
  return succeeded
}

/** Takes away a job that no worker has. False: there is none, or a worker has it. */
export async function removeOne(parts: Parts, keys: QueueKeys, id: string): Promise<boolean> {
  const { etcd, clock } = parts
  for (;;) {
    const job = await etcd.kv.get(keys.jobs + id)
    const record = job && readRecord(job.text(), isJobRecord)
    if (job === undefined || record === undefined) return (await etcd.kv.delete(keys.completed + id)).deleted > 0
    const { order, group } = record
    const delayed = await delayedKey(parts, keys, id)
    const isDead = (await etcd.kv.get(keys.dead + id)) !== undefined
    const isHead = delayed !== undefined || (await etcd.kv.get(keys.waiting + order)) !== undefined
    // Only the head of a group lets the next one in. A dead letter is in it no longer.
    const left = isHead && !isDead ? await leaveGroup(etcd, keys, group, order, clock.epochMs()) : undefined
    const steps: Operation<unknown>[] = [del(keys.jobs + id), del(keys.waiting + order), del(keys.dead + id)]
    if (delayed) steps.push(del(delayed.kv.key))
    steps.push(...(left?.steps ?? (group === undefined ? [] : [del(keys.group(group) + order)])))
    const conditions = [createRevision(job.key).equals(job.createRevision), createRevision(keys.claims + id).equals(0)]
    if (isHead && !delayed) conditions.push(createRevision(keys.waiting + order).greaterThan(0))
    if (delayed) conditions.push(createRevision(delayed.kv.key).greaterThan(0))
    const { succeeded } = await etcd
      .txn()
      .if(...conditions, ...(left?.conditions ?? []))
      .do(...steps)
      .commit()
    if (succeeded) return true
    if ((await etcd.kv.get(keys.claims + id)) !== undefined) return false
  }
}

async function delayedKey(
  { etcd }: Pick<Parts, 'etcd'>,
  keys: QueueKeys,
  id: string,
): Promise<{ readonly kv: KeyValue; readonly order: string } | undefined> {
  for await (const kv of etcd.kv.list({ prefix: keys.delayed })) {
    const order = readDelayed(kv.key.slice(keys.delayed.length))?.order
    if (order?.endsWith(`.${id}`)) return { kv, order }
  }
  return undefined
}
