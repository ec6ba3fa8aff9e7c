import { invalidArgument, messageOf, quoted } from '@waypost/core'
import { Cron, CronPattern } from 'croner'
import { TimeZone } from './time-zone.ts'

/** When something is due. */
export interface Times {
  /** The first moment after `afterMs`, in milliseconds since the epoch; `undefined`: never again. */
  next(afterMs: number): number | undefined
}

/** No pattern has a gap of more steps than this that lie before the moment asked for. */
const maxSteps = 10_000

/**
 * The moments of a cron pattern of five fields, or six with seconds in front, in a time zone.
 *
 * Daylight saving:
 * - a time that the clocks leave out runs as much later as they are set forward: 02:30 runs at 03:30;
 * - of a time that comes twice, the first one runs;
 * - a pattern that runs in every hour runs in each hour that there is, also in the one that comes twice.
 *
 * The pattern is read by `croner`, which computes on the calendar alone; what a time zone makes of it is added here.
 */
export class CronTimes implements Times {
  readonly #cron: Cron
  readonly #zone: TimeZone
  readonly #isUtc: boolean
  readonly #runsEveryHour: boolean

  /** Throws `invalid-argument` with what is wrong about the pattern or the time zone. */
  constructor(pattern: string, timeZone = 'UTC') {
    this.#zone = new TimeZone(timeZone)
    this.#isUtc = timeZone === 'UTC'
    try {
      const mode = '5-or-6-parts'
      this.#runsEveryHour = new CronPattern(pattern, undefined, { mode }).hour.every((runs) => runs === 1)
      this.#cron = new Cron(pattern, { mode, utcOffset: 0 })
    } catch (error) {
      const reason = messageOf(error).replace(/^CronPattern: /, '')
      throw invalidArgument(`The cron pattern ${quoted(pattern)} is not valid: ${reason}`, error)
    }
  }

  next(afterMs: number): number | undefined {
    if (this.#isUtc) return this.#nextWall(afterMs)
    let wallMs = afterMs + this.#zone.offsetMs(afterMs)
    for (let step = 0; step < maxSteps; step++) {
      const next = this.#nextWall(wallMs)
      if (next === undefined) return undefined
      const at = this.#instantOf(next, afterMs)
      if (at > afterMs) return this.#runsEveryHour ? this.#inRepeatedHour(afterMs, at) : at
      wallMs = next
    }
    return undefined
  }

  /** Of two, the first one, unless both are to run; where the clocks leave it out, as much later. */
  #instantOf(wallMs: number, afterMs: number): number {
    const { instants, skipped } = this.#zone.instantsOf(wallMs)
    const [first = skipped, second] = instants
    return this.#runsEveryHour && first <= afterMs ? (second ?? first) : first
  }

  /** When the clocks are set back before `atMs`, the hour that comes again has its own times. */
  #inRepeatedHour(afterMs: number, atMs: number): number {
    const zone = this.#zone
    const offset = zone.offsetMs(atMs)
    if (offset >= zone.offsetMs(afterMs)) return atMs
    const changeMs = zone.changeBetween(afterMs, atMs)
    const wallMs = this.#nextWall(changeMs + offset - 1)
    const again = wallMs === undefined ? atMs : wallMs - offset
    return again > afterMs && again < atMs ? again : atMs
  }

  #nextWall(afterMs: number): number | undefined {
    return this.#cron.nextRun(new Date(afterMs))?.getTime()
  }
}
