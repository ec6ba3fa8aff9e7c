import {
  createRevision,
  del,
  get,
  type KeyValue,
  modRevision,
  type Operation,
  put,
  type TxnResult,
} from '@waypost/client'
import { Backoff, delay, WaypostError } from '@waypost/core'
import type { Hold } from '../place/hold.ts'
import type { Parts } from '../shared/settings.ts'
import type { Batcher } from './batcher.ts'
import type { Candidate } from './candidates.ts'
import type { QueueKeys } from './queue-keys.ts'
import { type ClaimRecord, isClaimRecord, isJobRecord, type JobRecord, readRecord } from './records.ts'

/** A job that this worker has to itself, for as long as the worker's lease lives. */
export interface ClaimedJob {
  readonly id: string
  /** The create revision of the claim. */
  readonly token: bigint
  /** Undefined when somebody deleted it, or wrote something else. */
  readonly record: JobRecord | undefined
  readonly claim: ClaimRecord
}

/** What a request for jobs came to. */
export type ClaimOutcome =
  | {
      readonly kind: 'claimed'
      readonly jobs: readonly ClaimedJob[]
      /** Those that nobody has: somebody else took the place in the queue's own limit. */
      readonly left: readonly Candidate[]
    }
  /** The queue is paused, or this worker's lease has ended. */
  | { readonly kind: 'refused' }

export interface ClaimParts {
  readonly parts: Parts
  readonly keys: QueueKeys
  /** A claim travels with what the worker has finished meanwhile. */
  readonly requests: Batcher
  readonly worker: Hold
  readonly workerId: string
  /** Free places of the queue's own limit, one for each candidate; undefined without such a limit. */
  readonly slots: readonly string[] | undefined
}

type StepResult = TxnResult<
  readonly [Operation<KeyValue | undefined>, ...Operation<unknown>[]],
  readonly [Operation<KeyValue | undefined>, ...Operation<KeyValue | undefined>[]]
>

/** Of the request; that of an answer is for the data of the jobs. */
const bytesPerClaim = 500

/** Claims those of the candidates that nobody else has claimed, in one request. Repeated until that was answered. */
export async function claimJobs(candidates: readonly Candidate[], claiming: ClaimParts): Promise<ClaimOutcome> {
  const { parts, keys, requests, worker, workerId, slots } = claiming
  const nonce = crypto.randomUUID()
  const claims = candidates.map(
    ({ order, state }, index): ClaimRecord => ({
      ...state,
      attempt: state.attempt + 1,
      worker: workerId,
      order,
      claimedAtMs: parts.clock.epochMs(),
      slot: slots?.[index],
      nonce,
    }),
  )
  const steps = candidates.map((candidate, index) => claimStep(candidate, claims[index], claiming))
  const txn = worker.guard(
    parts.etcd
      .txn()
      .if(createRevision(keys.paused).equals(0))
      .do(...steps),
  )
  const operation = txn.asOperation()
  const bytes = candidates.length * bytesPerClaim
  const backoff = new Backoff({ maxMs: 1_000 })
  for (;;) {
    try {
      const result = await requests.run(operation, bytes)
      if (!result.succeeded) return { kind: 'refused' }
      const jobs: (ClaimedJob | Promise<ClaimedJob>)[] = []
      const left: Candidate[] = []
      result.responses.forEach((step, index) => {
        const [candidate, claim] = [candidates[index], claims[index]]
        if (candidate === undefined || claim === undefined) return
        const { id, kv } = candidate
        if (step.succeeded) jobs.push({ id, token: result.revision, record: recordOf(step.responses[0]), claim })
        else {
          const [existing, waiting] = step.responses
          // When an earlier answer was lost, the claim is there already.
          if (existing && isOurs(existing, claim)) jobs.push(repeated(claiming, id, claim, existing))
          else if (waiting?.modRevision === kv.modRevision) left.push(candidate)
        }
      })
      return { kind: 'claimed', jobs: await Promise.all(jobs), left }
    } catch (error) {
      const isTransient = WaypostError.is(error) && (error.retryable || error.code === 'outcome-unknown')
      if (!isTransient || worker.lost.aborted) throw error
      await delay(backoff.nextMs(), { clock: parts.clock, signal: worker.lost })
    }
  }
}

function claimStep(
  candidate: Candidate,
  claim: ClaimRecord | undefined,
  { parts, keys }: ClaimParts,
): Operation<StepResult> {
  const { kv, id } = candidate
  const conditions = [modRevision(kv.key).equals(kv.modRevision)]
  const steps: Operation<unknown>[] = [del(kv.key), put(keys.claims + id, JSON.stringify(claim))]
  const others: Operation<KeyValue | undefined>[] = []
  if (claim?.slot !== undefined) {
    conditions.push(createRevision(claim.slot).equals(0))
    steps.push(put(claim.slot, id))
    // The job may still be there when only the place was taken.
    others.push(get(kv.key))
  }
  return parts.etcd
    .txn()
    .if(...conditions)
    .do(get(keys.jobs + id), ...steps)
    .else(get(keys.claims + id), ...others)
    .asOperation()
}

function isOurs(existing: KeyValue, { nonce }: ClaimRecord): boolean {
  return readRecord(existing.text(), isClaimRecord)?.nonce === nonce
}

async function repeated(
  { parts, keys }: ClaimParts,
  id: string,
  claim: ClaimRecord,
  existing: KeyValue,
): Promise<ClaimedJob> {
  const job = await parts.etcd.kv.get(keys.jobs + id)
  return { id, token: existing.createRevision, record: recordOf(job), claim }
}

function recordOf(kv: KeyValue | undefined): JobRecord | undefined {
  return kv && readRecord(kv.text(), isJobRecord)
}
