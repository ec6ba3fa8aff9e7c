import { createRevision, put } from '@waypost/client'
import { onAbort, WaypostError } from '@waypost/core'
import { type Guard, guardOf } from '../place/guard.ts'
import type { Hold } from '../place/hold.ts'
import type { Parts } from '../shared/settings.ts'
import type { ClaimedJob } from './claim-jobs.ts'
import type { QueueKeys } from './queue-keys.ts'

/** What a handler has beside the job. */
export interface JobContext {
  /** The fencing token of this attempt: greater than that of every earlier one. */
  readonly token: bigint
  /** Fires when the job may be given to somebody else, when it is cancelled, and when the worker is closed. */
  readonly signal: AbortSignal
  /** Adds "this attempt still has the job" to a transaction. */
  readonly guard: Guard
  /** Publishes how far it is. Fails with `lease-not-found` when the job is lost. The last value is kept. */
  progress(value: unknown): Promise<void>
}

/** One attempt at a job in this process. */
export class ActiveJob implements JobContext {
  readonly token: bigint
  readonly claimed: ClaimedJob
  readonly guard: Guard
  readonly #parts: Parts
  readonly #keys: QueueKeys
  readonly #worker: Hold
  /** Made once somebody asks for the signal: most jobs are done before that. */
  #controller: AbortController | undefined
  #release: () => void = () => {}
  /** Why the job was ended from here. */
  #ended: { readonly reason: unknown } | undefined
  #isCancelled = false

  constructor(
    parts: Parts,
    keys: QueueKeys,
    claimed: ClaimedJob,
    worker: Hold,
    workerHeld: Parameters<typeof guardOf>[0],
  ) {
    this.#parts = parts
    this.#keys = keys
    this.claimed = claimed
    this.token = claimed.token
    this.guard = guardOf([createRevision(keys.claims + claimed.id).equals(claimed.token), ...workerHeld])
    this.#worker = worker
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController()
      this.#controller = controller
      const { lost } = this.#worker
      if (this.#ended) controller.abort(this.#ended.reason)
      else this.#release = onAbort(lost, () => controller.abort(lost.reason))
    }
    return this.#controller.signal
  }

  /** Whether the signal has fired, or would have. */
  get isAborted(): boolean {
    return this.#ended !== undefined || this.#worker.lost.aborted
  }

  get isCancelled(): boolean {
    return this.#isCancelled
  }

  readonly progress = async (value: unknown): Promise<void> => {
    const { id, claim } = this.claimed
    const record = JSON.stringify({ ...claim, progress: value })
    const { succeeded } = await this.guard(this.#parts.etcd.txn().do(put(this.#keys.claims + id, record))).commit()
    if (!succeeded)
      throw new WaypostError('lease-not-found', `The job ${JSON.stringify(id)} no longer belongs to this worker.`)
  }

  cancel(): void {
    this.#isCancelled = true
    this.abort(new WaypostError('aborted', `The job ${JSON.stringify(this.claimed.id)} was cancelled.`))
  }

  abort(reason: unknown): void {
    this.#ended ??= { reason }
    this.#controller?.abort(reason)
  }

  end(): void {
    this.#release()
  }
}
