import {
  createRevision,
  type EtcdClient,
  get,
  type KeyValue,
  type Operation,
  put,
  type TxnResult,
} from '@waypost/client'
import { invalidArgument, WaypostError } from '@waypost/core'
import { checkOptions } from '@waypost/core/options'
import { checkName } from '../shared/names.ts'
import { enterLine } from './group-steps.ts'
import { type AddTimes, jobOrder } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import { type AddOptions, addOptionKinds, type QueueSettings, retryBackoff } from './queue-options.ts'
import { isJobRecord, type JobRecord, readRecord } from './records.ts'

/** One job to be added: its data, and how it is treated. */
export interface NewJob<Data> extends AddOptions {
  readonly data: Data
}

/** What became of a job that was to be added. */
export interface AddedJob {
  readonly id: string
  /** False: the id was taken already, and nothing was added. */
  readonly added: boolean
}

/** The transaction step that adds a job, and what it needs to be understood. */
export interface AddStep {
  readonly id: string
  readonly group: string | undefined
  readonly bytes: number
  readonly operation: Operation<AddResult>
  readonly addedBy: string
}

/** The answer to an `AddStep`. */
export type AddResult = TxnResult<readonly Operation<unknown>[], readonly [Operation<KeyValue | undefined>]>

/** What adding needs to know. */
export interface AddParts {
  readonly etcd: EtcdClient
  readonly name: string
  readonly keys: QueueKeys
  readonly settings: QueueSettings
  readonly times: AddTimes
  readonly nowMs: number
}

/**
 * The step that adds one job if its id is free. It stands alone: it may be a step of anybody's transaction.
 * @param isAlone false: the same transaction adds an earlier job of the same group
 */
export function addStep<Data>(parts: AddParts, job: NewJob<Data>, isAlone = true): AddStep {
  const { data, ...options } = job
  checkOptions('queue.add', options, addOptionKinds)
  const { settings, keys, nowMs } = parts
  const id = job.id === undefined ? randomId(nowMs) : checkName(job.id, 'job')
  const group = job.group === undefined ? undefined : checkName(job.group, 'group')
  const { addedAtMs, sequence } = parts.times.next(nowMs)
  const order = jobOrder({ priority: job.priority ?? 0, addedAtMs, id }, sequence)
  const addedBy = crypto.randomUUID()
  const record: JobRecord = {
    data: data === undefined ? null : data,
    order,
    group,
    attempts: job.attempts ?? settings.attempts,
    backoff: retryBackoff(job.backoff, settings.backoff),
    addedBy,
  }
  const text = encode(parts, record, settings.maxPayloadBytes)
  const dueMs = job.delayMs === undefined || job.delayMs <= 0 ? 0 : nowMs + job.delayMs
  const enter = enterLine(keys, order, { attempt: 0, stalls: 0, group }, dueMs, nowMs)
  const steps: Operation<unknown>[] = [put(keys.jobs + id, text)]
  if (group === undefined) steps.push(enter)
  else {
    // Only the head of a group stands in the line; the transaction sees the group as it was before.
    const prefix = keys.group(group)
    steps.push(put(prefix + order, String(dueMs)))
    if (isAlone) {
      const isHead = createRevision({ prefix }).equals(0)
      steps.push(parts.etcd.txn().if(isHead).do(enter).asOperation())
    }
  }
  const operation = parts.etcd
    .txn()
    .if(...[keys.jobs, keys.completed, keys.dead].map((prefix) => createRevision(prefix + id).equals(0)))
    .do(...steps)
    .else(get(keys.jobs + id))
    .asOperation()
  return { id, group, bytes: text.length + 400, operation, addedBy }
}

/** Whether the step added the job, or an earlier sending of the same step did. */
export function wasAdded({ addedBy }: AddStep, result: AddResult): boolean {
  if (result.succeeded) return true
  const text = result.responses[0]?.text()
  return text !== undefined && readRecord(text, isJobRecord)?.addedBy === addedBy
}

/** Sorts by time, roughly, so that people see in the order of adding. */
function randomId(nowMs: number): string {
  return `${Math.floor(nowMs).toString(36)}-${crypto.randomUUID().slice(-12)}`
}

function encode({ name }: AddParts, record: JobRecord, maxBytes: number): string {
  let text: string
  try {
    text = JSON.stringify(record)
  } catch (error) {
    throw invalidArgument(`The data of a job of the queue ${JSON.stringify(name)} cannot be written as JSON.`, error)
  }
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxBytes) return text
  throw new WaypostError(
    'too-large',
    `The data of a job of the queue ${JSON.stringify(name)} has ${bytes} bytes as JSON; the limit is ${maxBytes}. ` +
      'Store it elsewhere and put a reference into the job, or raise maxPayloadBytes.',
    { details: { bytes, maxBytes } },
  )
}
