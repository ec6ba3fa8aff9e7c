import {
  type Condition,
  createRevision,
  del,
  get,
  type KeyValue,
  modRevision,
  type Operation,
  put,
  type Txn,
} from '@waypost/client'
import { Backoff, delay, WaypostError } from '@waypost/core'
import type { Leadership } from '../election/leadership.ts'
import { Batcher } from '../queue/batcher.ts'
import type { Queue } from '../queue/queue.ts'
import type { Parts } from '../shared/settings.ts'
import type { RunRecord } from './run-record.ts'
import type { PlannedRun, ScheduleEntry } from './schedule-entry.ts'
import type { ScheduleKeys } from './schedule-keys.ts'

/** Keys of one step that are deleted, or noted, at the most. */
const writtenAtOnce = 100

/** Requests that begin runs at a time. */
const beginningsInFlight = 4

/** The beginning of a run: with a queue, its job. */
interface Beginning {
  readonly queue: Queue | undefined
  readonly job: { readonly data: unknown; readonly id: string }
  readonly bytes: number
}

/**
 * Writes what becomes of runs. Every write holds only while this process leads, so that a leader that was replaced
 * without knowing changes nothing.
 */
export class RunStore {
  readonly #parts: Parts
  readonly #keys: ScheduleKeys
  readonly #leadership: Leadership
  /** Runs that begin do not wait behind others that end. */
  readonly #beginnings: Batcher
  readonly #endings: Batcher
  /** How far schedules have come that is not written yet. */
  readonly #cursors = new Map<string, number>()
  #moving: Promise<void> | undefined

  constructor(parts: Parts, keys: ScheduleKeys, leadership: Leadership) {
    this.#parts = parts
    this.#keys = keys
    this.#leadership = leadership
    this.#beginnings = new Batcher(parts, beginningsInFlight)
    this.#endings = new Batcher(parts, 1)
  }

  /**
   * Makes a run that is not there yet, and moves the schedule on. With a queue, its job is added in the same
   * transaction. False: the run was made before.
   */
  async make(entry: ScheduleEntry, run: PlannedRun, record: RunRecord, queue: Queue | undefined): Promise<boolean> {
    const keys = this.#keys
    const isOpen = record.state === 'running' || record.state === 'waiting'
    const steps: Operation<unknown>[] = [put(keys.runs + run.key, JSON.stringify(record))]
    if (isOpen) steps.push(put(keys.open + run.key, ''))
    const conditions = [createRevision(keys.runs + run.key).equals(0)]
    const made = await this.#write(conditions, steps, this.#beginning(run, record, queue))
    entry.history.add(run.key)
    if (run.request === undefined) void this.move(entry.name, run.plannedMs)
    return made
  }

  /** Begins a run that has waited. False: it is not there any more. */
  begin(run: PlannedRun, record: RunRecord, queue: Queue | undefined): Promise<boolean> {
    const { runs, open } = this.#keys
    const steps = [put(runs + run.key, JSON.stringify(record))]
    return this.#write([createRevision(open + run.key).greaterThan(0)], steps, this.#beginning(run, record, queue))
  }

  /** Writes how a run ended. */
  async end(key: string, record: RunRecord): Promise<void> {
    const { runs, open } = this.#keys
    const steps = [put(runs + key, JSON.stringify(record)), del(open + key)]
    await this.#write([createRevision(open + key).greaterThan(0)], steps)
  }

  /**
   * Notes how far a schedule has come, after the runs up to there were made. A leader that is lost in between makes the
   * next one try them again, which does nothing. Never rejects.
   */
  async move(name: string, cursorMs: number): Promise<void> {
    this.#cursors.set(name, Math.max(cursorMs, this.#cursors.get(name) ?? 0))
    this.#moving ??= this.#writeCursors()
    await this.#moving
  }

  /** A transaction that replaces a key that nobody has changed since. */
  replacing(kv: KeyValue, text: string): Txn<readonly [Operation<unknown>]> {
    return this.#parts.etcd.txn().if(modRevision(kv.key).equals(kv.modRevision)).do(put(kv.key, text))
  }

  /** Deletes a key that somebody else has written for the leader. */
  async remove(key: string): Promise<void> {
    await this.#write([], [del(key)])
  }

  /** Cuts the history of a schedule by count and age; what has not ended stays. */
  async prune(entry: ScheduleEntry): Promise<void> {
    const { name, history, spec, active, waiting } = entry
    const isOpen = (key: string): boolean => active.has(key) || waiting.some((run) => run.key === key)
    const doomed = history.takeDoomed(name, spec.keep, this.#parts.clock.epochMs(), isOpen)
    for (let from = 0; from < doomed.length; from += writtenAtOnce) {
      const keys = doomed.slice(from, from + writtenAtOnce)
      await this.#write(
        [],
        keys.map((key) => del(this.#keys.runs + key)),
      )
    }
  }

  /** Looks at every run that stands in the store. */
  async readHistory(entries: ReadonlyMap<string, ScheduleEntry>): Promise<void> {
    const { runs } = this.#keys
    for await (const { key } of this.#parts.etcd.kv.list({ prefix: runs }, { keysOnly: true })) {
      const rest = key.slice(runs.length)
      entries.get(rest.slice(0, rest.indexOf('/')))?.history.add(rest)
    }
  }

  /** One after the other, as two in one transaction must not write the same key. */
  async #writeCursors(): Promise<void> {
    while (this.#cursors.size > 0) {
      const puts = [...this.#cursors].map(([name, cursorMs]) =>
        put(this.#keys.state + name, JSON.stringify({ cursorMs })),
      )
      this.#cursors.clear()
      const writing: Promise<boolean>[] = []
      for (let from = 0; from < puts.length; from += writtenAtOnce) {
        writing.push(this.#write([], puts.slice(from, from + writtenAtOnce)))
      }
      await Promise.allSettled(writing)
    }
    this.#moving = undefined
  }

  #beginning({ payload, id }: PlannedRun, { state }: RunRecord, queue: Queue | undefined): Beginning {
    const job = { data: payload ?? null, id }
    return { queue: state === 'running' ? queue : undefined, job, bytes: JSON.stringify(job.data).length }
  }

  /** Repeated while this process leads. Fails with `lease-not-found` when it does not. */
  async #write(
    conditions: readonly Condition[],
    steps: readonly Operation<unknown>[],
    beginning?: Beginning,
  ): Promise<boolean> {
    const { etcd, clock } = this.#parts
    const guarded = etcd
      .txn()
      .if(this.#leadership.condition, ...conditions)
      .do(...steps)
    const withJob = beginning?.queue?.addTo(guarded, [beginning.job]).txn ?? guarded
    const operation = withJob.else(get(this.#leadership.key)).asOperation()
    const batcher = beginning ? this.#beginnings : this.#endings
    const backoff = new Backoff({ maxMs: 2_000 })
    for (;;) {
      if (this.#leadership.lost.aborted) throw this.#leadership.lost.reason
      try {
        const result = await batcher.run(operation, 600 + 200 * steps.length + (beginning?.bytes ?? 0))
        if (result.succeeded) return true
        const leader = result.responses[0]
        if (leader?.createRevision === this.#leadership.token) return false
        throw new WaypostError('lease-not-found', 'Another process leads the schedules now.')
      } catch (error) {
        if (!WaypostError.is(error) || !error.retryable) throw error
        await delay(backoff.nextMs(), { clock, signal: this.#leadership.lost }).catch(() => undefined)
      }
    }
  }
}
