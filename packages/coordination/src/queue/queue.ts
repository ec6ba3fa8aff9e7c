import type { Operation, Txn } from '@waypost/client'
import { createRevision, put } from '@waypost/client'
import { Backoff, type CallOptions, delay, onAbort, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptions } from '@waypost/core/options'
import { when } from '../barrier/when.ts'
import type { Elections } from '../election/elections.ts'
import type { Members } from '../place/members.ts'
import { RateLimit } from '../rate/rate-limit.ts'
import type { Parts } from '../shared/settings.ts'
import {
  type AddedJob,
  type AddParts,
  type AddResult,
  type AddStep,
  addStep,
  type NewJob,
  wasAdded,
} from './add-jobs.ts'
import { Batcher } from './batcher.ts'
import { Finisher } from './finish-job.ts'
import { repairGroup } from './group-steps.ts'
import { AddTimes, readJobOrder } from './job-order.ts'
import { type JobStatus, jobStatus } from './job-status.ts'
import { Keeper } from './keeper.ts'
import { type QueueCounts, queueCounts } from './queue-counts.ts'
import { type QueueEvent, queueEvents } from './queue-events.ts'
import { QueueKeys } from './queue-keys.ts'
import {
  type AddOptions,
  addOptionKinds,
  type QueueOptions,
  type QueueSettings,
  queueOptionKinds,
  queueSettings,
  type WorkOptions,
  workOptionKinds,
} from './queue-options.ts'
import { isFinishedRecord, isJobRecord, readRecord } from './records.ts'
import { hasten, redriveOne, removeOne } from './redrive.ts'
import { Retention } from './retention.ts'
import { type JobHandler, QueueWorker } from './worker.ts'

/** Jobs of one transaction at the most: the store takes 128 steps. */
const maxBatch = 100
/** Requests that add jobs: what comes while they are on their way travels together. */
const addsInFlight = 2
/** Bytes of one transaction at the most; the store takes 1.5 MiB. */
const maxBatchBytes = 1_048_576

/** A job that waits, as `peek` shows it. */
export interface PeekedJob<Data> {
  readonly id: string
  readonly data: Data
  readonly priority: number
  readonly group: string | undefined
  readonly addedAt: Date
}

/** @internal */
export interface QueueParts {
  readonly parts: Parts
  readonly members: Members
  readonly elections: Elections
  readonly workers: Set<QueueWorker<never, unknown>>
}

/**
 * A queue of jobs: each is done at least once, by one worker at a time, and comes back when its worker dies.
 *
 * @example
 * ```ts
 * const mails = coordination.queue<{ to: string }, string>('mail')
 * const { id } = await mails.add({ to: 'ada@example.org' })
 * const worker = mails.work(async ({ data }) => `sent to ${data.to}`, { concurrency: 8 })
 * console.log(await mails.result(id)) // sent to ada@example.org
 * await worker.drain()
 * ```
 */
export class Queue<Data = unknown, Result = unknown> {
  readonly name: string
  readonly settings: QueueSettings
  readonly #queueParts: QueueParts
  readonly #keys: QueueKeys
  readonly #times = new AddTimes()
  readonly #adds: Batcher
  /** Claims and completions, one request at a time: what comes meanwhile travels together. */
  readonly #work: Batcher
  readonly #finisher: Finisher
  readonly #rateLimit: RateLimit | undefined

  /** @internal */
  constructor(queueParts: QueueParts, name: string, options: QueueOptions) {
    checkOptions('queue', options, queueOptionKinds)
    const { parts } = queueParts
    const { etcd, clock } = parts
    this.name = name
    this.settings = queueSettings(options)
    this.#queueParts = queueParts
    this.#keys = new QueueKeys(name)
    this.#adds = new Batcher(parts, addsInFlight)
    this.#work = new Batcher(parts, 1)
    const { keepCompletedMs, keepDeadMs, rateLimit } = this.settings
    const [completed, dead] = [new Retention(etcd, clock, keepCompletedMs), new Retention(etcd, clock, keepDeadMs)]
    this.#finisher = new Finisher(parts, this.#keys, this.#work, completed, dead)
    if (rateLimit) this.#rateLimit = new RateLimit(parts, name, `${this.#keys.root}rate`, rateLimit)
  }

  /**
   * Adds a job. Jobs that are added at the same time travel together. Fails with `too-large` when its data is, and
   * with `invalid-argument`.
   */
  async add(data: Data, options: AddOptions = {}): Promise<AddedJob> {
    checkOptions('queue.add', options, addOptionKinds)
    const step = addStep(this.#addParts(), { ...options, data })
    return this.#added(step, await this.#adds.run(step.operation, step.bytes))
  }

  /** Adds up to 100 jobs in one transaction: all of them or, when it fails, none. Ids that are taken are left out. */
  async addAll(jobs: readonly NewJob<Data>[]): Promise<readonly AddedJob[]> {
    const steps = this.#steps(jobs)
    const backoff = new Backoff({ maxMs: 2_000 })
    for (;;) {
      try {
        const { responses } = await this.#queueParts.parts.etcd
          .txn()
          .do(...steps.map(({ operation }) => operation))
          .commit()
        return await Promise.all(steps.map((step, index) => this.#added(step, responses[index])))
      } catch (error) {
        if (!WaypostError.is(error, 'outcome-unknown')) throw error
        await delay(backoff.nextMs(), { clock: this.#queueParts.parts.clock })
      }
    }
  }

  /**
   * Adds jobs as steps of a transaction of yours, so that they exist exactly if its writes do. Nothing is sent before
   * its `commit()`. The ids of the jobs are in `ids`; those that are taken are left out.
   *
   * @example
   * ```ts
   * const mails = coordination.queue<{ to: string }>('receipts')
   * const { txn } = mails.addTo(etcd.txn().do(put('orders/7', 'paid')), [{ data: { to: 'ada@example.org' } }])
   * console.log((await txn.commit()).succeeded) // true
   * ```
   */
  addTo<const Do extends readonly Operation<unknown>[], const Else extends readonly Operation<unknown>[]>(
    txn: Txn<Do, Else>,
    jobs: readonly NewJob<Data>[],
  ): { readonly txn: Txn<readonly [...Do, ...Operation<unknown>[]], Else>; readonly ids: readonly string[] } {
    const steps = this.#steps(jobs)
    const operations: readonly Operation<unknown>[] = steps.map(({ operation }) => operation)
    return { txn: txn.do(...operations), ids: steps.map(({ id }) => id) }
  }

  /** Runs jobs in this process until the worker is drained or closed, or the coordination is. */
  work(handler: JobHandler<Data, Result>, options: WorkOptions = {}): QueueWorker<Data, Result> {
    checkOptions('queue.work', options, workOptionKinds)
    const { parts, members, elections, workers } = this.#queueParts
    const keeper = new Keeper({ parts, keys: this.#keys, settings: this.settings, finisher: this.#finisher })
    const worker: QueueWorker<Data, Result> = new QueueWorker(
      {
        parts,
        members,
        keys: this.#keys,
        name: this.name,
        settings: this.settings,
        finisher: this.#finisher,
        requests: this.#work,
        rateLimit: this.#rateLimit,
        keep: async (signal) => {
          const lead = elections.lead(this.#keys.keeper, (leadership) => keeper.run(leadership.signal), { signal })
          // Without the store nobody leads; the worker says so.
          await lead.catch(() => undefined)
        },
      },
      handler,
      options,
      () => workers.delete(worker),
    )
    workers.add(worker)
    if (options.autoStart !== false) worker.start()
    return worker
  }

  /** How many jobs there are in each state, and how long the oldest has waited. */
  counts(options: CallOptions = {}): Promise<QueueCounts> {
    return queueCounts(this.#queueParts.parts, this.#keys, options)
  }

  /** What is known of a job; `undefined` when there is none, or its result is not kept any more. */
  status(id: string, options: CallOptions = {}): Promise<JobStatus | undefined> {
    return jobStatus(this.#queueParts.parts, this.#keys, id, options)
  }

  /**
   * Waits until a job is done and returns its result. Fails with `failed-precondition` when it became a dead letter,
   * `not-found` when there is no such job, `deadline-exceeded` and `aborted`.
   */
  async result(id: string, options: CallOptions = {}): Promise<Result> {
    checkOptions('queue.result', options, callOptionKinds)
    const { parts } = this.#queueParts
    const what = `The job ${JSON.stringify(id)} of the queue ${JSON.stringify(this.name)}`
    const known = await this.status(id, { signal: options.signal })
    if (known === undefined) throw new WaypostError('not-found', `${what} does not exist, or is no longer kept.`)
    if (known.state === 'waiting' || known.state === 'active') {
      // It is gone from `jobs/` once completed, and its record is written again once dead.
      const key = this.#keys.jobs + id
      const dead = this.#keys.dead + id
      const ended = new AbortController()
      const release = onAbort(options.signal, () => ended.abort(options.signal?.reason))
      const until = { ...options, signal: ended.signal }
      const waiting = [
        when(parts.etcd, key, (keys) => !keys.has(key), `${what} was not done`, until),
        when(parts.etcd, dead, (keys) => keys.has(dead), `${what} was not done`, until),
      ]
      try {
        await Promise.race(waiting)
      } finally {
        release()
        ended.abort()
        await Promise.allSettled(waiting)
      }
    }
    const done = await this.status(id, { signal: options.signal })
    // What a handler of the same application has returned.
    if (done?.state === 'completed') return done.result as Result
    if (done?.state === 'dead') throw new WaypostError('failed-precondition', `${what} is a dead letter: ${done.error}`)
    throw new WaypostError('not-found', `${what} was removed, or its result is no longer kept.`)
  }

  /** What happens to jobs from now on, in the order in which the store saw it. Ends quietly with the signal. */
  events(options: CallOptions = {}): AsyncGenerator<QueueEvent, void, undefined> {
    checkOptions('queue.events', options, callOptionKinds)
    return queueEvents(this.#queueParts.parts.etcd, this.#keys, options)
  }

  /** The first jobs that would be taken, without taking them. */
  async peek(limit = 10, options: CallOptions = {}): Promise<readonly PeekedJob<Data>[]> {
    checkOptions('queue.peek', options, callOptionKinds)
    const { etcd } = this.#queueParts.parts
    const { kvs } = await etcd.kv.range({ prefix: this.#keys.waiting }, { ...options, limit, keysOnly: true })
    const ids = kvs.flatMap(({ key }) => readJobOrder(key.slice(this.#keys.waiting.length))?.id ?? [])
    const jobs = await Promise.all(ids.map((id) => etcd.kv.get(this.#keys.jobs + id, options)))
    return jobs.flatMap((kv, index) => {
      const record = kv && readRecord(kv.text(), isJobRecord)
      const place = record && readJobOrder(record.order)
      if (record === undefined || place === undefined) return []
      const { priority, addedAtMs } = place
      // The data is what a process of the same application has added.
      const data = record.data as Data
      return [{ id: ids[index] ?? '', data, priority, group: record.group, addedAt: new Date(addedAtMs) }]
    })
  }

  /** The dead letters, by id. */
  async deadLetters(options: CallOptions = {}): Promise<readonly JobStatus[]> {
    const { etcd } = this.#queueParts.parts
    const found: JobStatus[] = []
    for await (const kv of etcd.kv.list({ prefix: this.#keys.dead }, options)) {
      const record = readRecord(kv.text(), isFinishedRecord)
      if (record === undefined) continue
      const { state, attempt, error, worker, finishedAtMs, order } = record
      const addedAt = new Date(readJobOrder(order)?.addedAtMs ?? 0)
      const id = kv.key.slice(this.#keys.dead.length)
      found.push({ id, state, attempt, error, worker, addedAt, finishedAt: new Date(finishedAtMs) })
    }
    return found
  }

  /** Lets a job be tried now: one that is delayed, or a dead letter. False: it is neither. */
  async retry(id: string): Promise<boolean> {
    const { parts } = this.#queueParts
    return (await redriveOne(parts, this.#keys, id)) || (await hasten(parts, this.#keys, id))
  }

  /** Puts every dead letter back into the line. Returns how many. */
  async redrive(): Promise<number> {
    let count = 0
    for (const { id } of await this.deadLetters()) {
      if (await redriveOne(this.#queueParts.parts, this.#keys, id)) count += 1
    }
    return count
  }

  /** Takes away a job that no worker has. False: there is none, or a worker has it. */
  remove(id: string): Promise<boolean> {
    return removeOne(this.#queueParts.parts, this.#keys, id)
  }

  /**
   * Cancels a job: one that waits is taken away; one that runs is told by its signal and becomes a dead letter once its
   * handler throws. False: there is no such job.
   */
  async cancel(id: string): Promise<boolean> {
    const { etcd } = this.#queueParts.parts
    if (await this.remove(id)) return true
    const { id: lease } = await etcd.leases.grant({ ttlSeconds: 600, keepAlive: false })
    const { succeeded } = await etcd
      .txn()
      .if(createRevision(this.#keys.claims + id).greaterThan(0))
      .do(put(this.#keys.cancels + id, '', { lease }))
      .commit()
    return succeeded
  }

  /** Lets no worker take another job. What runs goes on. */
  async pause(options?: CallOptions): Promise<void> {
    await this.#queueParts.parts.etcd.kv.put(this.#keys.paused, '', options)
  }

  async resume(options?: CallOptions): Promise<void> {
    await this.#queueParts.parts.etcd.kv.delete(this.#keys.paused, options)
  }

  /** Takes away jobs that no worker has: those that wait, the results, the dead letters, or `all`. Returns how many. */
  async purge(what: 'waiting' | 'completed' | 'dead' | 'all'): Promise<number> {
    const { etcd } = this.#queueParts.parts
    let count = 0
    if (what === 'completed' || what === 'all') {
      count += (await etcd.kv.delete({ prefix: this.#keys.completed })).deleted
    }
    const dead = new Set((await this.deadLetters()).map(({ id }) => id))
    for await (const { key } of etcd.kv.list({ prefix: this.#keys.jobs }, { keysOnly: true })) {
      const id = key.slice(this.#keys.jobs.length)
      if (what === 'completed' || (what !== 'all' && dead.has(id) !== (what === 'dead'))) continue
      if (await this.remove(id)) count += 1
    }
    return count
  }

  #addParts(): AddParts {
    const { etcd, clock } = this.#queueParts.parts
    const { name, settings } = this
    return { etcd, name, keys: this.#keys, settings, times: this.#times, nowMs: clock.epochMs() }
  }

  #steps(jobs: readonly NewJob<Data>[]): readonly AddStep[] {
    const what = `queue ${JSON.stringify(this.name)}`
    if (jobs.length > maxBatch) {
      throw new WaypostError('too-large', `${jobs.length} jobs for the ${what}; one transaction takes ${maxBatch}.`)
    }
    const groups = new Set<string>()
    const parts = this.#addParts()
    const steps = jobs.map((job) => {
      const step = addStep(parts, job, job.group === undefined || !groups.has(job.group))
      if (job.group !== undefined) groups.add(job.group)
      return step
    })
    const bytes = steps.reduce((sum, step) => sum + step.bytes, 0)
    if (bytes <= maxBatchBytes) return steps
    throw new WaypostError(
      'too-large',
      `${bytes} bytes of jobs for the ${what}; one transaction takes ${maxBatchBytes}.`,
    )
  }

  async #added(step: AddStep, result: AddResult | undefined): Promise<AddedJob> {
    const added = result !== undefined && wasAdded(step, result)
    // The next of its group in the same transaction may have relied on it.
    if (!added && step.group !== undefined) {
      const { etcd, clock } = this.#queueParts.parts
      await repairGroup(etcd, this.#keys, step.group, clock.epochMs())
    }
    return { id: step.id, added }
  }
}
