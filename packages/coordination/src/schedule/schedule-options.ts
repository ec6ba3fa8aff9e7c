import { invalidArgument, quoted } from '@waypost/core'
import {
  boolean,
  checkOptions,
  kindOf,
  type OptionKinds,
  oneOf,
  optionsKind,
  positiveNumber,
  text,
  wholeNumber,
} from '@waypost/core/options'
import { checkName } from '../shared/names.ts'

/** What happens when a run is due while an earlier one has not ended. */
export type Overlap = 'skip' | 'buffer-one' | 'buffer-all' | 'cancel-other' | 'allow-all'

export const overlaps: readonly Overlap[] = ['skip', 'buffer-one', 'buffer-all', 'cancel-other', 'allow-all']

/** When a schedule runs, and what. Exactly one of `cron`, `everyMs` and `at`. */
export interface ScheduleOptions {
  /** A cron pattern of five fields, or of six with seconds in front. */
  readonly cron?: string | undefined
  /** The time zone of the pattern, such as `Asia/Shanghai`. Default `UTC`. */
  readonly timeZone?: string | undefined
  /** The interval between runs in milliseconds, at least 100, counted from when the schedule was made. */
  readonly everyMs?: number | undefined
  /** Runs once, at that time. */
  readonly at?: Date | undefined
  /**
   * What happens when a run is due while an earlier one has not ended. Default `skip`.
   * - `skip`: it is left out;
   * - `buffer-one`: one waits for the end, further ones are left out;
   * - `buffer-all`: all wait, and run one after the other;
   * - `cancel-other`: the earlier one is cancelled, and it runs once that has ended;
   * - `allow-all`: it runs beside the earlier one.
   */
  readonly overlap?: Overlap | undefined
  /** Runs that were missed, because no process was there, are made up for if they are no older. Default 10 minutes. */
  readonly catchUpMs?: number | undefined
  /** Each run is put off by a time from 0 to this, always the same for one run. Default 0. */
  readonly jitterMs?: number | undefined
  /** Adds a job to this queue for each run, with the run's id, instead of running a function of the leader. */
  readonly queue?: string | undefined
  /** The data of that job, and what the function gets. */
  readonly payload?: unknown
  /** Does not run until it is resumed. Default: as it is, `false` for a new one. */
  readonly paused?: boolean | undefined
  /** Pauses the schedule when a run fails. Default false. */
  readonly pauseOnFailure?: boolean | undefined
  /** How much history is kept. Default: 100 runs and 30 days, whichever is less. */
  readonly keep?: { readonly count?: number | undefined; readonly ageMs?: number | undefined } | undefined
}

export const scheduleOptionKinds: OptionKinds<ScheduleOptions> = {
  cron: text,
  timeZone: text,
  everyMs: wholeNumber(100),
  at: kindOf<Date>('a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime())),
  overlap: oneOf(...overlaps),
  catchUpMs: wholeNumber(0),
  jitterMs: wholeNumber(0),
  queue: text,
  payload: kindOf<NonNullable<unknown>>('anything', () => true),
  paused: boolean,
  pauseOnFailure: boolean,
  keep: optionsKind<NonNullable<ScheduleOptions['keep']>>({
    count: wholeNumber(1, 10_000),
    ageMs: positiveNumber('milliseconds'),
  }),
}

/** A schedule as it stands in the store: `specs/<name>`. */
export interface ScheduleSpec {
  readonly cron?: string | undefined
  readonly timeZone?: string | undefined
  readonly everyMs?: number | undefined
  readonly atMs?: number | undefined
  readonly overlap: Overlap
  readonly catchUpMs: number
  readonly jitterMs: number
  readonly queue?: string | undefined
  readonly payload?: unknown
  readonly paused: boolean
  readonly pauseReason?: string | undefined
  readonly pauseOnFailure: boolean
  readonly keep: { readonly count: number; readonly ageMs: number }
  readonly createdAtMs: number
  /** Since when its times count: when it was made, its times were changed, or it was resumed. */
  readonly sinceMs: number
}

/** Completes what is not given, and keeps what a change does not touch. Throws `invalid-argument`. */
export function scheduleSpec(options: ScheduleOptions, nowMs: number, before?: ScheduleSpec): ScheduleSpec {
  checkOptions('schedules.put', options, scheduleOptionKinds)
  const { cron, everyMs, at, timeZone } = options
  const given = [cron, everyMs, at].filter((value) => value !== undefined).length
  if (given !== 1) throw invalidArgument('A schedule needs exactly one of cron, everyMs and at.')
  if (timeZone !== undefined && cron === undefined) throw invalidArgument('timeZone is for schedules with cron.')
  const atMs = at?.getTime()
  const times = { cron, timeZone, everyMs, atMs }
  const isSame = before !== undefined && JSON.stringify(times) === JSON.stringify(timesOnly(before))
  if (atMs !== undefined && atMs <= nowMs && !isSame)
    throw invalidArgument(`at is in the past: ${quoted(at?.toISOString())}.`)
  const paused = options.paused ?? before?.paused ?? false
  const resumes = before?.paused === true && !paused
  return {
    ...times,
    overlap: options.overlap ?? 'skip',
    catchUpMs: options.catchUpMs ?? 600_000,
    jitterMs: options.jitterMs ?? 0,
    queue: options.queue === undefined ? undefined : checkName(options.queue, 'queue'),
    payload: options.payload,
    paused,
    pauseReason: paused ? before?.pauseReason : undefined,
    pauseOnFailure: options.pauseOnFailure ?? false,
    keep: { count: options.keep?.count ?? 100, ageMs: options.keep?.ageMs ?? 30 * 86_400_000 },
    createdAtMs: before?.createdAtMs ?? nowMs,
    sinceMs: isSame && !resumes ? before.sinceMs : nowMs,
  }
}

export function timesOnly({ cron, timeZone, everyMs, atMs }: ScheduleSpec): object {
  return { cron, timeZone, everyMs, atMs }
}

export function isScheduleSpec(value: object): value is ScheduleSpec {
  return 'overlap' in value && 'catchUpMs' in value && 'keep' in value && 'sinceMs' in value
}
