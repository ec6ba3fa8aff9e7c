import { type Cache, createRevision } from '@waypost/client'
import {
  abortable,
  Backoff,
  type Clock,
  delay,
  Listeners,
  messageOf,
  onAbort,
  WaypostError,
  withTimeLimit,
} from '@waypost/core'
import { checkOptions, notNegative } from '@waypost/core/options'
import type { Hold } from '../place/hold.ts'
import type { Members } from '../place/members.ts'
import type { RateLimit } from '../rate/rate-limit.ts'
import type { Parts } from '../shared/settings.ts'
import { ActiveJob, type JobContext } from './active-job.ts'
import type { Batcher } from './batcher.ts'
import { type ClaimedJob, claimJobs } from './claim-jobs.ts'
import type { Ending, Finisher, Outcome } from './finish-job.ts'
import { DeadLetter, errorText, type Job } from './job.ts'
import { readJobOrder } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import { type QueueSettings, retryDelayMs, type WorkOptions } from './queue-options.ts'
import { Slots } from './slots.ts'
import { WorkFeed } from './work-feed.ts'

/** Does a job. What it returns is kept as the result; when it throws, the job is tried again. */
export type JobHandler<Data, Result> = (job: Job<Data>, context: JobContext) => Result | Promise<Result>

/** What a worker tells of the jobs that it ran. */
export interface WorkerEvent {
  /**
   * - `completed`, `retrying`, `dead`: what became of the job;
   * - `lost`: its completion was refused, because somebody else has it by now;
   * - `problem`: the store could not be asked; the worker goes on.
   */
  readonly type: 'completed' | 'retrying' | 'dead' | 'lost' | 'problem'
  readonly id: string | undefined
  readonly error: unknown
}

export interface WorkerParts {
  readonly parts: Parts
  readonly members: Members
  readonly keys: QueueKeys
  readonly name: string
  readonly settings: QueueSettings
  readonly finisher: Finisher
  readonly requests: Batcher
  readonly rateLimit: RateLimit | undefined
  /** Returns lost jobs and promotes delayed ones while this process leads the queue; runs until the signal fires. */
  keep(signal: AbortSignal): Promise<void>
}

const defaultDrainMs = 30_000
/** Jobs that are claimed in one request at the most: the store takes 128 steps. */
const maxClaimed = 60

/** Runs jobs of a queue in this process, until it is drained or closed. */
export class QueueWorker<Data, Result> implements AsyncDisposable {
  readonly #workerParts: WorkerParts
  readonly #handler: JobHandler<Data, Result>
  readonly #concurrency: number
  readonly #batch: number
  readonly #ttlSeconds: number | undefined
  readonly #listeners = new Listeners<[event: WorkerEvent]>()
  readonly #active = new Map<string, ActiveJob>()
  readonly #slots: Slots | undefined
  readonly #stopping = new AbortController()
  /** Fires when handlers that do not end are waited for no longer. */
  readonly #abandoned = new AbortController()
  #running: Promise<void> | undefined
  #onIdle: (() => void)[] = []
  #closing: Promise<void> | undefined
  readonly #onClosed: () => void

  /** @internal */
  constructor(workerParts: WorkerParts, handler: JobHandler<Data, Result>, options: WorkOptions, onClosed: () => void) {
    this.#workerParts = workerParts
    this.#handler = handler
    this.#concurrency = options.concurrency ?? 1
    this.#batch = Math.min(options.batch ?? maxClaimed, maxClaimed)
    this.#ttlSeconds = options.ttlSeconds
    this.#onClosed = onClosed
    const { settings, keys, parts } = workerParts
    if (settings.concurrency !== undefined) this.#slots = new Slots(parts.etcd, keys.slots, settings.concurrency)
  }

  /** How many jobs run in it now. */
  get active(): number {
    return this.#active.size
  }

  /** Begins to take jobs. Does nothing when it has begun. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Calls `listener` for what becomes of jobs. Returns the function that takes it off. */
  onEvent(listener: (event: WorkerEvent) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Resolves when nothing runs in it. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  /**
   * Takes no more jobs and waits for those that run, for `timeoutMs` at the most, 30,000 by default. What still runs
   * then is told by its signal, and goes back into the line.
   */
  async drain(options: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    checkOptions('worker.drain', options, { timeoutMs: notNegative })
    this.#stopping.abort()
    const { timeoutMs = defaultDrainMs } = options
    const { clock } = this.#workerParts.parts
    await withTimeLimit(this.idle(), { timeoutMs, what: 'The drain', clock }).catch(() => undefined)
    await this.close()
  }

  /** Takes no more jobs; what runs is told by its signal, and goes back into the line. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#stopping.abort()
    const reason = new WaypostError('closed', 'The worker was closed.')
    for (const job of this.#active.values()) job.abort(reason)
    // A handler that does not listen to its signal is left behind: its claim ends with the lease.
    await withTimeLimit(this.idle(), { timeoutMs: 2_000, what: 'The end', clock: this.#clock }).catch(() => undefined)
    this.#abandoned.abort()
    await this.#running
    this.#onClosed()
  }

  get #clock(): Clock {
    return this.#workerParts.parts.clock
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const backoff = new Backoff({ maxMs: 5_000 })
    while (!signal.aborted) {
      try {
        await this.#serve(signal)
        backoff.reset()
      } catch (error) {
        if (signal.aborted) return
        this.#listeners.tell({ type: 'problem', id: undefined, error })
        if (WaypostError.is(error, 'closed')) return
        await delay(backoff.nextMs(), { clock: this.#clock, signal }).catch(() => undefined)
      }
    }
  }

  /** Takes jobs for as long as one lease lives. */
  async #serve(stopping: AbortSignal): Promise<void> {
    const { parts, members, keys } = this.#workerParts
    const value = JSON.stringify({ process: parts.processName, concurrency: this.#concurrency })
    const worker = await members.join(keys.workers, value, { ttlSeconds: this.#ttlSeconds, signal: stopping })
    const ending = new AbortController()
    const releases = [onAbort(stopping, () => ending.abort()), onAbort(worker.lost, () => ending.abort())]
    const workers = parts.etcd.cache({ prefix: keys.workers })
    const control = parts.etcd.cache({ prefix: keys.control })
    releases.push(control.onChange(() => this.#cancelAsked(control)))
    const keeping = this.#workerParts.keep(ending.signal)
    try {
      await Promise.all([abortable(workers.ready, ending.signal), abortable(control.ready, ending.signal)])
      await this.#take(worker, workers, control, ending.signal)
    } catch (error) {
      if (!ending.signal.aborted) throw error
    } finally {
      ending.abort()
      // What runs keeps its claim until it has ended or its lease has.
      if (stopping.aborted) await this.#ended(worker)
      for (const release of releases) release()
      await Promise.all([workers.close(), control.close(), keeping])
      await worker.release()
    }
  }

  /** Resolves when nothing runs under this lease, or when it is lost. */
  async #ended(worker: Hold): Promise<void> {
    const idle = abortable(this.idle(), worker.lost).catch(() => undefined)
    await abortable(idle, this.#abandoned.signal).catch(() => undefined)
  }

  async #take(worker: Hold, workers: Cache, control: Cache, signal: AbortSignal): Promise<void> {
    const { parts, keys, requests, rateLimit } = this.#workerParts
    const feed = new WorkFeed(parts, keys, workers, worker.key)
    const workerId = worker.key.slice(keys.workers.length)
    try {
      while (!signal.aborted) {
        await this.#room(signal)
        await notPaused(control, keys.paused, signal)
        const free = Math.min(this.#concurrency - this.#active.size, this.#batch)
        const slots = await this.#slots?.free(free, signal)
        const candidates = await feed.take(slots?.length ?? free, signal)
        const allowed = candidates.slice(0, rateLimit?.burst)
        feed.giveBack(candidates.slice(allowed.length))
        await rateLimit?.take(allowed.length, { signal })
        const beganMs = this.#clock.monotonicMs()
        const outcome = await claimJobs(allowed, { parts, keys, requests, worker, workerId, slots })
        if (outcome.kind === 'claimed') {
          feed.claimed(this.#clock.monotonicMs() - beganMs, outcome.jobs.length === allowed.length)
          feed.giveBack(outcome.left)
        } else {
          feed.giveBack(allowed)
          // Paused a moment ago, or the lease has ended: neither is known here yet.
          await delay(50, { clock: this.#clock, signal })
          if (worker.lost.aborted) return
          continue
        }
        for (const job of outcome.jobs) void this.#work(job, worker)
      }
    } finally {
      feed.close()
    }
  }

  /** Resolves when another job may run here. */
  async #room(signal: AbortSignal): Promise<void> {
    while (this.#active.size >= this.#concurrency) {
      await abortable(new Promise<void>((resolve) => this.#onIdle.push(resolve)), signal)
    }
  }

  /** Never rejects. */
  async #work(claimed: ClaimedJob, worker: Hold): Promise<void> {
    const { parts, keys } = this.#workerParts
    const held = [createRevision(worker.key).equals(worker.token)]
    const active = new ActiveJob(parts, keys, claimed, worker, held)
    this.#active.set(claimed.id, active)
    const also = createRevision(worker.key).equals(worker.token)
    try {
      const outcome = await this.#attempt(active)
      await this.#finish({ id: claimed.id, token: claimed.token, claim: claimed.claim, also }, outcome, worker)
    } finally {
      active.end()
      if (this.#active.get(claimed.id) === active) this.#active.delete(claimed.id)
      for (const wake of this.#onIdle.splice(0)) wake()
    }
  }

  async #attempt(active: ActiveJob): Promise<Outcome & { readonly cause?: unknown }> {
    const { id, record, claim } = active.claimed
    if (record === undefined) return { kind: 'dead', error: 'The record of the job is missing or damaged.' }
    const place = readJobOrder(record.order)
    const job: Job<Data> = {
      id,
      // The data is what a process of the same application has added.
      data: record.data as Data,
      attempt: claim.attempt,
      attempts: record.attempts,
      priority: place?.priority ?? 0,
      group: claim.group,
      addedAt: new Date(place?.addedAtMs ?? 0),
    }
    try {
      const result: unknown = await this.#handler(job, active)
      return { kind: 'completed', result: printable(result) }
    } catch (cause) {
      const error = errorText(cause)
      if (active.isCancelled) return { kind: 'dead', error: 'The job was cancelled.', cause }
      const { attempt, stalls, group } = claim
      // Stopping is not the job's fault.
      if (active.isAborted) return { kind: 'again', state: { attempt: attempt - 1, stalls, group }, delayMs: 0, cause }
      if (cause instanceof DeadLetter || attempt >= record.attempts) return { kind: 'dead', error, cause }
      const delayMs = retryDelayMs(record.backoff, attempt)
      return { kind: 'again', state: { attempt, stalls, group, error }, delayMs, cause }
    }
  }

  /** Never rejects. Repeated until the claim has ended, or is certainly lost. */
  async #finish(ending: Ending, outcome: Outcome & { readonly cause?: unknown }, worker: Hold): Promise<void> {
    const backoff = new Backoff({ maxMs: 2_000 })
    const { id } = ending
    for (;;) {
      try {
        const type = outcome.kind === 'again' ? 'retrying' : outcome.kind
        const isOurs = !worker.lost.aborted && (await this.#workerParts.finisher.finish(ending, outcome))
        this.#listeners.tell({ type: isOurs ? type : 'lost', id, error: outcome.cause })
        return
      } catch (error) {
        this.#listeners.tell({ type: 'problem', id, error })
        if (worker.lost.aborted || (WaypostError.is(error) && !error.retryable && error.code !== 'outcome-unknown'))
          return
        await delay(backoff.nextMs(), { clock: this.#clock, signal: worker.lost }).catch(() => undefined)
      }
    }
  }

  #cancelAsked(control: Cache): void {
    for (const [id, job] of this.#active) if (control.has(this.#workerParts.keys.cancels + id)) job.cancel()
  }
}

async function notPaused(control: Cache, key: string, signal: AbortSignal): Promise<void> {
  while (control.has(key)) {
    await new Promise<void>((resolve) => {
      const releases = [control.onChange(() => done()), onAbort(signal, () => done())]
      const done = (): void => {
        for (const release of releases) release()
        resolve()
      }
    })
    if (signal.aborted) return
  }
}

/** A result that cannot be written as JSON, or is too large to be kept, is kept as its description. */
function printable(result: unknown): unknown {
  try {
    const text = JSON.stringify(result)
    if (text === undefined || text.length <= 65_536) return result
    return { omitted: `A result of ${text.length} characters was not kept.` }
  } catch (error) {
    return { omitted: `The result cannot be written as JSON: ${messageOf(error)}` }
  }
}
