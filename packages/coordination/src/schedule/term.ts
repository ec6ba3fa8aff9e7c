import type { Cache, CacheChanges, KeyValue } from '@waypost/client'
import { messageOf, onAbort, type Timer, withTimeLimit } from '@waypost/core'
import type { Leadership } from '../election/leadership.ts'
import { type Guard, guardOf } from '../place/guard.ts'
import type { Queue } from '../queue/queue.ts'
import { readRecord } from '../queue/records.ts'
import type { Parts } from '../shared/settings.ts'
import { ClockWatch } from './clock-watch.ts'
import { DueHeap } from './due-heap.ts'
import { FinishedJobs } from './finished-jobs.ts'
import { decideOverlap } from './overlap.ts'
import { RunHistory } from './run-history.ts'
import { isRunRecord, isScheduleRequest, type RunRecord, type RunState } from './run-record.ts'
import { RunStore } from './run-store.ts'
import type { PlannedRun, ScheduleEntry } from './schedule-entry.ts'
import { runId, type ScheduleKeys } from './schedule-keys.ts'
import { isScheduleSpec, type ScheduleSpec } from './schedule-options.ts'
import { jitterOf, timesOf } from './times-of.ts'

/** A wall clock that is set is noticed within this time. */
const maxSleepMs = 5_000
/** How long functions have to end once the lead is lost or given up. */
const maxEndingMs = 10_000
/** A run that is late by less than this is never missed. */
const minCatchUpMs = 1_000
/** Missed runs are counted up to this. */
const maxCounted = 1_000
/** How often histories are cut that do not grow. */
const tidyEveryMs = 3_600_000
/** Runs of one schedule that are begun in one turn at the most. */
const maxAtOnce = 1_000

/** What a function that a schedule runs is given. */
export interface ScheduledRun {
  /** The schedule's name. */
  readonly name: string
  /** Made of schedule and planned time: the same run never has another one. */
  readonly id: string
  /** The time that it was planned for. */
  readonly plannedAt: Date
  readonly payload: unknown
  /** The fencing token of the leader that runs it. */
  readonly token: bigint
  /** Fires when the lead is lost, and when the run is cancelled. */
  readonly signal: AbortSignal
  /** Adds "this process still leads" to a transaction. */
  readonly guard: Guard
}

export type ScheduleHandler = (run: ScheduledRun) => unknown

export interface TermParts {
  readonly parts: Parts
  readonly keys: ScheduleKeys
  readonly handlers: ReadonlyMap<string, ScheduleHandler>
  queueOf(name: string): Queue
  onProblem(error: unknown): void
  onSkew(process: string, skewMs: number): void
}

/** What one leader of a group of schedules does, from when it was elected until it is not. */
export class Term {
  readonly #termParts: TermParts
  readonly #parts: Parts
  readonly #keys: ScheduleKeys
  readonly #leadership: Leadership
  readonly #store: RunStore
  readonly #entries = new Map<string, ScheduleEntry>()
  readonly #heap = new DueHeap<ScheduleEntry>()
  readonly #finished = new Map<string, FinishedJobs>()
  /** Functions that run. */
  readonly #running = new Set<Promise<void>>()
  readonly #over = new AbortController()
  #timer: Timer | undefined
  #tidying: Timer | undefined

  constructor(termParts: TermParts, leadership: Leadership) {
    this.#termParts = termParts
    this.#parts = termParts.parts
    this.#keys = termParts.keys
    this.#leadership = leadership
    this.#store = new RunStore(termParts.parts, termParts.keys, leadership)
  }

  /** Resolves when the lead is lost or given up, and every function has ended or had ten seconds to. */
  async run(): Promise<void> {
    const { etcd } = this.#parts
    const { signal } = this.#leadership
    await using specs = etcd.cache({ prefix: this.#keys.specs })
    await using requests = etcd.cache({ prefix: this.#keys.requests })
    const clocks = new ClockWatch(this.#parts, this.#keys, this.#leadership, this.#termParts.onSkew)
    const ended = new Promise<void>((resolve) => onAbort(signal, resolve))
    const releases: (() => void)[] = []
    try {
      await Promise.race([Promise.all([specs.ready, requests.ready, clocks.start()]), ended])
      if (signal.aborted) return
      await this.#load(specs)
      releases.push(specs.onChange((changes) => this.#specsChanged(changes)))
      releases.push(requests.onChange(() => void this.#serve(requests)))
      await this.#serve(requests)
      this.#tick()
      this.#background(this.#tidy())
      await ended
    } finally {
      for (const release of releases) release()
      this.#timer?.cancel()
      this.#tidying?.cancel()
      this.#over.abort()
      for (const { active } of this.#entries.values()) for (const run of active.values()) run.cancel()
      await clocks.close()
      // A function that does not listen to its signal is not waited for without end.
      const { clock } = this.#parts
      const ending = Promise.all(this.#running)
      await withTimeLimit(ending, { timeoutMs: maxEndingMs, what: 'The end', clock }).catch(() => undefined)
    }
  }

  async #load(specs: Cache): Promise<void> {
    const { etcd } = this.#parts
    const cursors = new Map<string, number>()
    for await (const kv of etcd.kv.list({ prefix: this.#keys.state })) {
      const cursorMs = readRecord(kv.text(), isCursor)?.cursorMs
      if (cursorMs !== undefined) cursors.set(kv.key.slice(this.#keys.state.length), cursorMs)
    }
    for (const [key, kv] of specs) {
      const name = key.slice(this.#keys.specs.length)
      const spec = readSpec(kv)
      // Without any run yet, its times count from when it was made.
      if (spec) this.#put(name, spec, cursors.get(name) ?? Number.NEGATIVE_INFINITY)
    }
    for await (const { key } of etcd.kv.list({ prefix: this.#keys.open }, { keysOnly: true })) {
      await this.#adopt(key.slice(this.#keys.open.length))
    }
  }

  /** Takes over a run that an earlier leader has begun. */
  async #adopt(key: string): Promise<void> {
    const kv = await this.#parts.etcd.kv.get(this.#keys.runs + key)
    const record = kv && readRecord(kv.text(), isRunRecord)
    const entry = this.#entries.get(key.slice(0, key.indexOf('/')))
    if (record === undefined) {
      await this.#store.remove(this.#keys.open + key)
      return
    }
    if (entry === undefined) return this.#store.end(key, { ...record, state: 'cancelled', finishedMs: this.#nowMs })
    if (record.state === 'waiting') {
      const { plannedMs, payload, id } = record
      entry.waiting.push({ plannedMs, payload, id, key, overlap: entry.spec.overlap, kept: Promise.resolve(true) })
    } else if (record.queue !== undefined && record.job !== undefined) this.#followJob(entry, key, record)
    else {
      const error = `The leader ${record.by} was lost while it ran.`
      await this.#store.end(key, { ...record, state: 'failed', finishedMs: this.#nowMs, error })
    }
    if (entry.active.size === 0) this.#next(entry)
  }

  get #nowMs(): number {
    return this.#parts.clock.epochMs()
  }

  #specsChanged({ changes }: CacheChanges): void {
    for (const { key, current } of changes) {
      const name = key.slice(this.#keys.specs.length)
      const spec = readSpec(current)
      if (spec === undefined) {
        const entry = this.#entries.get(name)
        this.#entries.delete(name)
        if (entry) entry.nextAtMs = Number.POSITIVE_INFINITY
        for (const run of entry?.active.values() ?? []) run.cancel()
      } else this.#put(name, spec, Number.NEGATIVE_INFINITY, true)
    }
    this.#arm()
  }

  /** @param isLive it has changed just now: its times count from now on, whatever the clock of its author says */
  #put(name: string, spec: ScheduleSpec, cursorMs: number, isLive = false): void {
    const before = this.#entries.get(name)
    const nowMs = this.#nowMs
    const isNewSince = before?.spec.sinceMs !== spec.sinceMs
    const sinceMs = isLive && isNewSince ? nowMs : Math.min(spec.sinceMs, nowMs)
    try {
      const times = timesOf(spec)
      const entry: ScheduleEntry = before ?? {
        name,
        spec,
        times,
        cursorMs,
        nextAtMs: Number.POSITIVE_INFINITY,
        active: new Map(),
        waiting: [],
        history: new RunHistory(),
      }
      entry.spec = spec
      entry.times = times
      entry.cursorMs = Math.max(entry.cursorMs, sinceMs)
      this.#entries.set(name, entry)
      this.#plan(entry)
    } catch (error) {
      this.#termParts.onProblem(error)
    }
  }

  #plan(entry: ScheduleEntry): void {
    const { spec, times, name } = entry
    const planned = spec.paused ? undefined : times.next(entry.cursorMs)
    entry.nextAtMs = planned === undefined ? Number.POSITIVE_INFINITY : planned + jitterOf(name, planned, spec.jitterMs)
    if (planned !== undefined) this.#heap.add(entry.nextAtMs, entry)
  }

  #arm(): void {
    this.#timer?.cancel()
    if (this.#over.signal.aborted) return
    const nextMs = this.#heap.nextAtMs ?? Number.POSITIVE_INFINITY
    const sleepMs = Math.max(0, Math.min(nextMs - this.#nowMs, maxSleepMs))
    this.#timer = this.#parts.clock.after(sleepMs, () => this.#tick(), { ref: false })
  }

  #tick(): void {
    if (this.#leadership.lost.aborted || this.#over.signal.aborted) return
    const nowMs = this.#nowMs
    for (let item = this.#heap.take(nowMs); item !== undefined; item = this.#heap.take(nowMs)) {
      // What was planned again since, or deleted, stands in the heap more than once.
      if (item.value.nextAtMs === item.atMs) this.#due(item.value, nowMs)
    }
    this.#arm()
  }

  #due(entry: ScheduleEntry, nowMs: number): void {
    const { name, spec, times } = entry
    const oldestMs = nowMs - Math.max(spec.catchUpMs, minCatchUpMs)
    let planned = times.next(entry.cursorMs)
    if (planned !== undefined && planned < oldestMs) planned = this.#miss(entry, planned, oldestMs)
    for (let count = 0; planned !== undefined && count < maxAtOnce; count++) {
      if (planned + jitterOf(name, planned, spec.jitterMs) > nowMs) break
      entry.cursorMs = planned
      const key = this.#keys.runKey(name, planned)
      const id = runId(name, planned)
      this.#fire(entry, { plannedMs: planned, overlap: spec.overlap, payload: spec.payload, key, id })
      planned = times.next(planned)
    }
    this.#plan(entry)
  }

  /** Says that runs were missed, in one record, and returns the first time that was not. */
  #miss(entry: ScheduleEntry, firstMs: number, oldestMs: number): number | undefined {
    let count = 0
    let next: number | undefined = firstMs
    while (next !== undefined && next < oldestMs && count < maxCounted) {
      count += 1
      next = entry.times.next(next)
    }
    if (next !== undefined && next < oldestMs) next = entry.times.next(oldestMs - 1)
    const run: PlannedRun = {
      plannedMs: firstMs,
      overlap: entry.spec.overlap,
      payload: undefined,
      key: this.#keys.runKey(entry.name, firstMs),
      id: runId(entry.name, firstMs),
    }
    entry.cursorMs = oldestMs - 1
    this.#background(this.#store.make(entry, run, { ...this.#record(run, 'missed'), count }, undefined))
    if (next === undefined) this.#background(this.#store.move(entry.name, oldestMs - 1))
    return next
  }

  #fire(entry: ScheduleEntry, run: PlannedRun): void {
    // The leader before was lost after it had made this run, and before it had noted so: the run was adopted.
    if (entry.active.has(run.key) || entry.waiting.some(({ key }) => key === run.key)) return
    switch (decideOverlap(run.overlap, entry.active.size, entry.waiting.length)) {
      case 'start':
        this.#start(entry, run)
        return
      case 'skip':
        this.#background(this.#store.make(entry, run, this.#record(run, 'skipped'), undefined), entry)
        return
      case 'wait':
        this.#wait(entry, run)
        return
      case 'replace':
        for (const waiting of entry.waiting.splice(0)) {
          this.#background(this.#store.end(waiting.key, this.#record(waiting, 'skipped')), entry)
        }
        this.#wait(entry, run)
        for (const active of entry.active.values()) active.cancel()
    }
  }

  /** It stands in the store from then on, so that the next leader knows of it. */
  #wait(entry: ScheduleEntry, run: PlannedRun): void {
    const kept = this.#store.make(entry, run, this.#record(run, 'waiting'), undefined)
    entry.waiting.push({ ...run, kept })
    this.#background(kept)
    this.#next(entry)
  }

  /** Begins the run that has waited longest. */
  #next(entry: ScheduleEntry): void {
    if (this.#over.signal.aborted || entry.active.size > 0) return
    const run = entry.waiting.shift()
    if (run) this.#start(entry, run)
  }

  #start(entry: ScheduleEntry, run: PlannedRun): void {
    const { spec } = entry
    const queue = spec.queue === undefined ? undefined : this.#termParts.queueOf(spec.queue)
    const job = queue && run.id
    const record: RunRecord = { ...this.#record(run, 'running'), startedMs: this.#nowMs, queue: spec.queue, job }
    const controller = new AbortController()
    entry.active.set(run.key, { record, cancel: () => controller.abort(new Error('The run was cancelled.')) })
    const beginning =
      run.kept === undefined
        ? this.#store.make(entry, run, record, queue)
        : run.kept.then((made) => made && this.#store.begin(run, record, queue))
    const running = beginning.then(
      async (made) => {
        if (!made) this.#drop(entry, run.key)
        else if (queue) this.#followJob(entry, run.key, record)
        else await this.#call(entry, run, record, controller.signal)
      },
      (error: unknown) => {
        this.#drop(entry, run.key)
        this.#problem(error)
      },
    )
    this.#running.add(running)
    void running.finally(() => this.#running.delete(running))
  }

  #followJob(entry: ScheduleEntry, key: string, record: RunRecord): void {
    const { queue: name, job } = record
    if (name === undefined || job === undefined) return
    const queue = this.#termParts.queueOf(name)
    entry.active.set(key, {
      record,
      cancel: () => this.#background(this.#over.signal.aborted ? undefined : queue.cancel(job)),
    })
    let finished = this.#finished.get(name)
    if (finished === undefined) {
      finished = new FinishedJobs(this.#parts, queue, this.#over.signal)
      this.#finished.set(name, finished)
    }
    finished.wait(job, (status) => {
      if (status?.state === 'dead') this.#ended(entry, key, record, 'failed', status.error)
      else this.#ended(entry, key, record, status === undefined ? 'cancelled' : 'completed')
    })
  }

  /** Never rejects. */
  async #call(entry: ScheduleEntry, run: PlannedRun, record: RunRecord, cancelled: AbortSignal): Promise<void> {
    const { name } = entry
    const handler = this.#termParts.handlers.get(name)
    const controller = new AbortController()
    const releases = [this.#leadership.signal, cancelled].map((signal) =>
      onAbort(signal, () => controller.abort(signal.reason)),
    )
    try {
      if (handler === undefined)
        throw new Error(`${this.#parts.processName} leads, and has no function for this schedule.`)
      await handler({
        name,
        id: run.id,
        plannedAt: new Date(run.plannedMs),
        payload: run.payload,
        token: this.#leadership.token,
        signal: controller.signal,
        guard: guardOf([this.#leadership.condition]),
      })
      this.#ended(entry, run.key, record, 'completed')
    } catch (error) {
      this.#ended(entry, run.key, record, cancelled.aborted ? 'cancelled' : 'failed', messageOf(error))
    } finally {
      for (const release of releases) release()
    }
  }

  #ended(entry: ScheduleEntry, key: string, record: RunRecord, state: RunState, error?: string): void {
    entry.active.delete(key)
    const ending = this.#store.end(key, { ...record, state, finishedMs: this.#nowMs, error })
    this.#background(ending, entry)
    if (state === 'failed' && entry.spec.pauseOnFailure) this.#background(this.#pause(entry, error))
    this.#next(entry)
  }

  #drop(entry: ScheduleEntry, key: string): void {
    entry.active.delete(key)
    this.#next(entry)
  }

  async #pause({ name }: ScheduleEntry, error: string | undefined): Promise<void> {
    const { etcd } = this.#parts
    const kv = await etcd.kv.get(this.#keys.specs + name)
    const spec = kv && readSpec(kv)
    if (kv === undefined || spec === undefined) return
    const paused = { ...spec, paused: true, pauseReason: `A run failed: ${error ?? 'no reason given'}` }
    await this.#leadership.guard(this.#store.replacing(kv, JSON.stringify(paused))).commit()
  }

  /** Does what others asked the leader for. */
  async #serve(requests: Cache): Promise<void> {
    for (const [key, kv] of requests) {
      const request = readRecord(kv.text(), isScheduleRequest)
      const entry = request && this.#entries.get(request.name)
      const id = key.slice(this.#keys.requests.length)
      if (request !== undefined && entry !== undefined) {
        if (request.kind === 'trigger') {
          const payload = request.payload ?? entry.spec.payload
          this.#fire(entry, this.#requested(entry, this.#nowMs, { id, kind: 'trigger' }, payload))
        } else this.#backfill(entry, request.fromMs, request.toMs, id)
      }
      await this.#store.remove(key).catch((error: unknown) => this.#problem(error))
    }
  }

  /** The runs of a past time, one after the other; those that were made are left out. */
  #backfill(entry: ScheduleEntry, fromMs: number, toMs: number, id: string): void {
    let planned = entry.times.next(fromMs - 1)
    for (let count = 0; planned !== undefined && planned <= toMs && count < maxAtOnce; count++) {
      const run = this.#requested(entry, planned, { id, kind: 'backfill' }, entry.spec.payload)
      const key = this.#keys.runKey(entry.name, planned)
      this.#fire(entry, { ...run, key, id: runId(entry.name, planned), overlap: overlapOfBackfill(entry.spec) })
      planned = entry.times.next(planned)
    }
  }

  #requested(
    { name, spec }: ScheduleEntry,
    plannedMs: number,
    request: NonNullable<PlannedRun['request']>,
    payload: unknown,
  ): PlannedRun {
    const short = request.id.slice(0, 8)
    const [key, id] = [this.#keys.runKey(name, plannedMs, short), runId(name, plannedMs, short)]
    return { plannedMs, overlap: spec.overlap, payload, request, key, id }
  }

  #record({ id, plannedMs, request, payload }: PlannedRun, state: RunState): RunRecord {
    return { id, state, plannedMs, by: this.#parts.processName, request: request?.kind, payload }
  }

  /** @param entry whose history has grown */
  #background(work: Promise<unknown> | undefined, entry?: ScheduleEntry): void {
    const done = Promise.resolve(work)
      .then(() => (entry === undefined ? undefined : this.#store.prune(entry)))
      .catch((error: unknown) => this.#problem(error))
    this.#running.add(done)
    void done.finally(() => this.#running.delete(done))
  }

  /** That nothing can be written without the lead is no news. */
  #problem(error: unknown): void {
    if (!this.#leadership.lost.aborted) this.#termParts.onProblem(error)
  }

  /** Cuts every history by count and age, now and from time to time, also of schedules that have no runs any more. */
  async #tidy(): Promise<void> {
    try {
      await this.#store.readHistory(this.#entries)
      for (const entry of this.#entries.values()) {
        if (this.#over.signal.aborted) return
        await this.#store.prune(entry)
      }
    } catch (error) {
      this.#problem(error)
    }
    if (this.#over.signal.aborted) return
    this.#tidying = this.#parts.clock.after(tidyEveryMs, () => this.#background(this.#tidy()), { ref: false })
  }
}

/** Made-up runs do not fall out because others are due at the same time. */
function overlapOfBackfill({ overlap }: ScheduleSpec): ScheduleSpec['overlap'] {
  return overlap === 'allow-all' ? 'allow-all' : 'buffer-all'
}

function readSpec(kv: KeyValue | undefined): ScheduleSpec | undefined {
  return kv && readRecord(kv.text(), isScheduleSpec)
}

function isCursor(value: object): value is { readonly cursorMs: number } {
  return 'cursorMs' in value && typeof value.cursorMs === 'number'
}
