import { createRevision, del, modRevision, put } from '@waypost/client'
import { Backoff, type CallOptions, delay, invalidArgument, Listeners, onAbort, WaypostError } from '@waypost/core'
import {
  anything,
  boolean,
  callOptionKinds,
  checkOptions,
  kindOf,
  type OptionKinds,
  required,
  wholeNumber,
} from '@waypost/core/options'
import type { Elections } from '../election/elections.ts'
import type { Members } from '../place/members.ts'
import type { Queue } from '../queue/queue.ts'
import { readRecord } from '../queue/records.ts'
import { checkInteger } from '../shared/check-number.ts'
import { checkName } from '../shared/names.ts'
import type { Parts } from '../shared/settings.ts'
import { Attempts } from '../transaction/update.ts'
import { isLeaderStatus, type LeaderStatus } from './clock-watch.ts'
import { isRunRecord, type RunRecord, type ScheduleRequest } from './run-record.ts'
import { ScheduleKeys } from './schedule-keys.ts'
import { isScheduleSpec, type ScheduleOptions, type ScheduleSpec, scheduleSpec } from './schedule-options.ts'
import { type ScheduleHandler, Term } from './term.ts'
import { timesOf } from './times-of.ts'

/** How often a process says what its clock shows. */
const clockIntervalMs = 30_000

/** A schedule and its name. */
export interface Schedule extends ScheduleSpec {
  readonly name: string
}

/** One run of a schedule, as its history shows it. */
export interface Run extends Omit<RunRecord, 'plannedMs' | 'startedMs' | 'finishedMs'> {
  readonly plannedAt: Date
  readonly startedAt: Date | undefined
  readonly finishedAt: Date | undefined
}

/** What a process tells of the schedules that it takes part in. */
export interface ScheduleEvent {
  /** `leading`, `following`: whether this process leads; `skew`: a clock differs by a second or more; `problem`. */
  readonly type: 'leading' | 'following' | 'skew' | 'problem'
  readonly error?: unknown
  readonly process?: string | undefined
  readonly skewMs?: number | undefined
}

/** @internal */
export interface ScheduleParts {
  readonly parts: Parts
  readonly members: Members
  readonly elections: Elections
  queueOf(name: string): Queue
}

interface RunHistoryOptions extends CallOptions {
  readonly limit?: number | undefined
}

const historyOptionKinds: OptionKinds<RunHistoryOptions> = { ...callOptionKinds, limit: anything() }
const date = kindOf<Date>('a Date', (value) => value instanceof Date)

/**
 * Schedules of a group of processes. One of them leads: its clock says when runs are due, and it runs the functions, or
 * adds the jobs. When it goes, the next one goes on where it stopped.
 *
 * @example
 * ```ts
 * const { schedules } = coordination
 * await schedules.run('close-month', { cron: '0 3 1 * *', timeZone: 'Asia/Shanghai' }, async ({ plannedAt, guard }) => {
 *   await guard(etcd.txn().do(put('billing/closed', plannedAt.toISOString()))).commit()
 * })
 * await schedules.put('nightly', { cron: '0 3 * * *', queue: 'reports' })
 * ```
 */
export class Schedules implements AsyncDisposable {
  readonly #scheduleParts: ScheduleParts
  readonly #parts: Parts
  readonly #keys: ScheduleKeys
  readonly #handlers = new Map<string, ScheduleHandler>()
  readonly #listeners = new Listeners<[event: ScheduleEvent]>()
  readonly #stopping = new AbortController()
  #taking: Promise<unknown> | undefined
  #isLeading = false

  /** @internal */
  constructor(scheduleParts: ScheduleParts, group: string) {
    this.#scheduleParts = scheduleParts
    this.#parts = scheduleParts.parts
    this.#keys = new ScheduleKeys(group)
  }

  /** The processes of one group can lead each other's schedules. */
  get group(): string {
    return this.#keys.group
  }

  /** Whether this process leads now. */
  get isLeading(): boolean {
    return this.#isLeading
  }

  /** Calls `listener` for what this process learns. Returns the function that takes it off. */
  onEvent(listener: (event: ScheduleEvent) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Takes part: this process leads when its turn comes. Does nothing when it takes part already. */
  start(): void {
    this.#taking ??= Promise.all([this.#lead(), this.#tellTime()])
  }

  /**
   * Makes or replaces a schedule, and takes part unless `takePart` is false. Its history and what runs stay; when its
   * times change, they count from now on. Writes nothing when the schedule is unchanged. Fails with `invalid-argument`.
   */
  async put(
    name: string,
    options: ScheduleOptions,
    taking: { readonly takePart?: boolean | undefined } = {},
  ): Promise<void> {
    checkOptions('schedules.put', taking, { takePart: boolean })
    const { takePart = true } = taking
    const key = this.#keys.specs + checkName(name, 'schedule')
    await this.#change(key, name, (before) => {
      const spec = scheduleSpec(options, this.#parts.clock.epochMs(), before)
      // Throws when the pattern or the time zone is not valid.
      timesOf(spec)
      return spec
    })
    if (takePart) this.start()
  }

  /**
   * Makes a schedule that runs a function, in whichever process of the group leads: once in the whole group. Every
   * process that can lead must give the function. It takes part from then on.
   */
  async run(name: string, options: Omit<ScheduleOptions, 'queue'>, handler: ScheduleHandler): Promise<void> {
    this.handle(name, handler)
    await this.put(name, options)
  }

  /** Gives the function of a schedule that was made elsewhere. */
  handle(name: string, handler: ScheduleHandler): void {
    this.#handlers.set(checkName(name, 'schedule'), handler)
  }

  async get(name: string, options: CallOptions = {}): Promise<Schedule | undefined> {
    const kv = await this.#parts.etcd.kv.get(this.#keys.specs + checkName(name, 'schedule'), options)
    const spec = kv && readRecord(kv.text(), isScheduleSpec)
    return spec && { ...spec, name }
  }

  /** All schedules of the group, by name. */
  async list(options: CallOptions = {}): Promise<readonly Schedule[]> {
    const found: Schedule[] = []
    for await (const kv of this.#parts.etcd.kv.list({ prefix: this.#keys.specs }, options)) {
      const spec = readRecord(kv.text(), isScheduleSpec)
      if (spec) found.push({ ...spec, name: kv.key.slice(this.#keys.specs.length) })
    }
    return found
  }

  /** Deletes a schedule and its history; what runs is cancelled. False: there is none. */
  async delete(name: string): Promise<boolean> {
    const { specs, state, runs } = this.#keys
    const key = specs + checkName(name, 'schedule')
    const { succeeded } = await this.#parts.etcd
      .txn()
      .if(createRevision(key).greaterThan(0))
      .do(del(key), del(state + name), del({ prefix: `${runs}${name}/` }))
      .commit()
    return succeeded
  }

  /** Stops a schedule until it is resumed. What runs goes on. Fails with `not-found`. */
  async pause(name: string, reason?: string): Promise<void> {
    await this.#changeExisting(name, (spec) => ({ ...spec, paused: true, pauseReason: reason }))
  }

  /** Goes on from now; what was due meanwhile is not made up for. Fails with `not-found`. */
  async resume(name: string): Promise<void> {
    const sinceMs = this.#parts.clock.epochMs()
    await this.#changeExisting(name, (spec) =>
      spec.paused ? { ...spec, paused: false, pauseReason: undefined, sinceMs } : spec,
    )
  }

  /** Asks the leader for a run now, under the schedule's overlap rule. Fails with `not-found`. */
  async trigger(name: string, options: { readonly payload?: unknown } = {}): Promise<void> {
    checkOptions('schedules.trigger', options, { payload: anything<NonNullable<unknown>>() })
    await this.#request({ kind: 'trigger', name, payload: options.payload })
  }

  /**
   * Asks the leader for the runs that the schedule had in a past time, both ends included, up to 1,000: one after the
   * other, or together with `allow-all`. Those that were made already are left out. Fails with `not-found`.
   */
  async backfill(name: string, range: { readonly from: Date; readonly to: Date }): Promise<void> {
    checkOptions('schedules.backfill', range, { from: required(date), to: required(date) })
    const [fromMs, toMs] = [range.from.getTime(), range.to.getTime()]
    if (!(fromMs <= toMs)) throw invalidArgument('backfill needs a start and a later end.')
    await this.#request({ kind: 'backfill', name, fromMs, toMs })
  }

  /** The runs of a schedule, the newest first; 20 of them unless told otherwise. */
  async history(name: string, options: RunHistoryOptions = {}): Promise<readonly Run[]> {
    checkOptions('schedules.history', options, historyOptionKinds)
    const { limit = 20, signal, timeoutMs } = options
    const prefix = `${this.#keys.runs}${checkName(name, 'schedule')}/`
    const sort = { order: 'descending' } as const
    checkInteger(limit, 'limit', 1)
    const { kvs } = await this.#parts.etcd.kv.range({ prefix }, { limit, sort, signal, timeoutMs })
    return kvs.flatMap((kv) => {
      const record = readRecord(kv.text(), isRunRecord)
      return record ? [runOf(record)] : []
    })
  }

  /**
   * When a schedule runs next, without jitter; none while it is paused. One that `list` or `get` gave is not read again.
   * Fails with `not-found`.
   */
  async next(
    schedule: string | Schedule,
    options: { readonly count?: number | undefined; readonly from?: Date | undefined } = {},
  ): Promise<readonly Date[]> {
    checkOptions('schedules.next', options, { count: wholeNumber(0), from: date })
    const { count = 5, from } = options
    const spec = typeof schedule === 'string' ? await this.#existing(schedule) : schedule
    if (spec.paused) return []
    const times = timesOf(spec)
    const found: Date[] = []
    let at = from?.getTime() ?? this.#parts.clock.epochMs()
    while (found.length < count) {
      const next = times.next(at)
      if (next === undefined) break
      found.push(new Date(next))
      at = next
    }
    return found
  }

  /** Who leads, since when, and how far the clocks of the processes differ; `undefined`: nobody has led yet. */
  async status(options: CallOptions = {}): Promise<LeaderStatus | undefined> {
    const kv = await this.#parts.etcd.kv.get(this.#keys.status, options)
    return kv && readRecord(kv.text(), isLeaderStatus)
  }

  /** Takes part no more: the next process leads. Functions that run are told by their signal, and waited for. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#taking
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Never rejects. */
  async #lead(): Promise<void> {
    const { signal } = this.#stopping
    const backoff = new Backoff({ maxMs: 5_000 })
    const term = {
      parts: this.#parts,
      keys: this.#keys,
      handlers: this.#handlers,
      queueOf: (name: string) => this.#scheduleParts.queueOf(name),
      onProblem: (error: unknown) => this.#listeners.tell({ type: 'problem', error }),
      onSkew: (process: string, skewMs: number) => this.#listeners.tell({ type: 'skew', process, skewMs }),
    }
    while (!signal.aborted) {
      try {
        await this.#scheduleParts.elections.lead(
          this.#keys.leader,
          async (leadership) => {
            backoff.reset()
            this.#turned(true)
            try {
              await new Term(term, leadership).run()
            } finally {
              this.#turned(false)
            }
          },
          { signal },
        )
      } catch (error) {
        if (signal.aborted || WaypostError.is(error, 'closed')) return
        this.#listeners.tell({ type: 'problem', error })
        await delay(backoff.nextMs(), { clock: this.#parts.clock, signal, ref: false }).catch(() => undefined)
      }
    }
  }

  #turned(isLeading: boolean): void {
    this.#isLeading = isLeading
    this.#listeners.tell({ type: isLeading ? 'leading' : 'following' })
  }

  /** Says what this process's clock shows, so that the leader can compare. Never rejects. */
  async #tellTime(): Promise<void> {
    const { signal } = this.#stopping
    const { clock, etcd, processName } = this.#parts
    const backoff = new Backoff({ maxMs: 30_000 })
    while (!signal.aborted) {
      try {
        const record = (): string => JSON.stringify({ process: processName, atMs: clock.epochMs() })
        await using place = await this.#scheduleParts.members.join(this.#keys.clocks, record(), { signal })
        const ended = new AbortController()
        const releases = [signal, place.lost].map((source) => onAbort(source, () => ended.abort()))
        try {
          while (!ended.signal.aborted) {
            await delay(clockIntervalMs, { clock, signal: ended.signal, ref: false })
            await place.guard(etcd.txn().do(put(place.key, record(), { ignoreLease: true }))).commit()
          }
        } finally {
          for (const release of releases) release()
        }
      } catch (error) {
        if (signal.aborted || WaypostError.is(error, 'closed')) return
        await delay(backoff.nextMs(), { clock, signal, ref: false }).catch(() => undefined)
      }
    }
  }

  async #request(request: ScheduleRequest): Promise<void> {
    const name = checkName(request.name, 'schedule')
    const key = this.#keys.requests + crypto.randomUUID()
    const { succeeded } = await this.#parts.etcd
      .txn()
      .if(createRevision(this.#keys.specs + name).greaterThan(0))
      .do(put(key, JSON.stringify(request)))
      .commit()
    if (!succeeded) throw this.#notFound(name)
  }

  async #changeExisting(name: string, change: (spec: ScheduleSpec) => ScheduleSpec): Promise<void> {
    await this.#change(this.#keys.specs + checkName(name, 'schedule'), name, (before) => {
      if (before === undefined) throw this.#notFound(name)
      return change(before)
    })
  }

  async #change(key: string, name: string, change: (before: ScheduleSpec | undefined) => ScheduleSpec): Promise<void> {
    const { etcd } = this.#parts
    const attempts = new Attempts(this.#parts, undefined)
    for (;;) {
      const kv = await etcd.kv.get(key)
      const before = kv && readRecord(kv.text(), isScheduleSpec)
      const text = JSON.stringify(change(before))
      if (text === kv?.text()) return
      const { succeeded } = await etcd
        .txn()
        .if(modRevision(key).equals(kv?.modRevision ?? 0n))
        .do(put(key, text))
        .commit()
      if (succeeded) return
      await attempts.again(`The schedule ${JSON.stringify(name)}`)
    }
  }

  async #existing(name: string): Promise<Schedule> {
    const schedule = await this.get(name)
    if (schedule === undefined) throw this.#notFound(name)
    return schedule
  }

  #notFound(name: string): WaypostError {
    return new WaypostError(
      'not-found',
      `There is no schedule ${JSON.stringify(name)} in the group ${JSON.stringify(this.group)}.`,
    )
  }
}

function runOf({ plannedMs, startedMs, finishedMs, ...record }: RunRecord): Run {
  const date = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms))
  return { ...record, plannedAt: new Date(plannedMs), startedAt: date(startedMs), finishedAt: date(finishedMs) }
}
