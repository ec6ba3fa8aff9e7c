import { get, type KeyValue, type Operation } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { readJobOrder } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import { isClaimRecord, isFinishedRecord, isJobRecord, readRecord } from './records.ts'

/** Where a job is, and what is known of it. */
export interface JobStatus {
  readonly id: string
  /** `waiting` includes jobs whose time, or whose turn in their group, has not come. */
  readonly state: 'waiting' | 'active' | 'completed' | 'dead'
  /** Attempts begun, as far as that is kept. */
  readonly attempt: number
  readonly addedAt: Date
  readonly finishedAt?: Date | undefined
  readonly worker?: string | undefined
  readonly progress?: unknown
  readonly result?: unknown
  readonly error?: string | undefined
  /** Of the attempt that is under way, or that finished the job. */
  readonly token?: bigint | undefined
}

/** Undefined: there is no such job, or what became of it is not kept any more. */
export async function jobStatus(
  { etcd }: Parts,
  keys: QueueKeys,
  id: string,
  options: CallOptions,
): Promise<JobStatus | undefined> {
  const prefixes = [keys.completed, keys.dead, keys.claims, keys.jobs]
  const steps = prefixes.map((prefix): Operation<KeyValue | undefined> => get(prefix + id))
  const { responses } = await etcd
    .txn()
    .do(...steps)
    .commit(options)
  const [completed, dead, claim, job] = responses
  const done = completed ?? dead
  const finished = done && readRecord(done.text(), isFinishedRecord)
  if (finished) {
    const { state, attempt, worker, result, error, token } = finished
    const finishedAt = new Date(finished.finishedAtMs)
    return {
      id,
      state,
      attempt,
      worker,
      result,
      error,
      token: BigInt(token),
      finishedAt,
      addedAt: added(finished.order),
    }
  }
  const claimed = claim && readRecord(claim.text(), isClaimRecord)
  if (claimed) {
    const { attempt, worker, progress, order, error } = claimed
    return { id, state: 'active', attempt, worker, progress, error, token: claim.createRevision, addedAt: added(order) }
  }
  const record = job && readRecord(job.text(), isJobRecord)
  return record && { id, state: 'waiting', attempt: 0, addedAt: added(record.order) }
}

function added(order: string): Date {
  return new Date(readJobOrder(order)?.addedAtMs ?? 0)
}
