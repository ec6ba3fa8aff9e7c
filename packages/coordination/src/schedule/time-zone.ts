import { invalidArgument, quoted } from '@waypost/core'

/** Offsets change at full quarters of an hour. */
const bucketMs = 15 * 60_000
/** About as many as two months of every quarter. */
const maxCached = 6_000

/** What the clocks of a time zone show. Offsets are remembered, since asking for one takes microseconds. */
export class TimeZone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  /** Throws `invalid-argument` for a name that is not in the time zone database. */
  constructor(name: string) {
    this.name = name
    const part = 'numeric'
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        era: 'short',
        year: part,
        month: part,
        day: part,
        hour: part,
        minute: part,
        second: part,
      })
    } catch (error) {
      throw invalidArgument(`There is no time zone ${quoted(name)}; names look like "Asia/Shanghai" or "UTC".`, error)
    }
  }

  /** How far its clocks are ahead of UTC at a moment, in milliseconds. */
  offsetMs(atMs: number): number {
    const bucket = Math.floor(atMs / bucketMs)
    const known = this.#offsets.get(bucket)
    if (known !== undefined) return known
    const offset = this.#compute(bucket * bucketMs)
    if (this.#offsets.size >= maxCached) this.#offsets.clear()
    this.#offsets.set(bucket, offset)
    return offset
  }

  /**
   * The moments at which its clocks show a time, given as if it were UTC: one; two where clocks are set back; none
   * where they are set forward. Then `skipped` is the moment that lies as far behind the change as the time would.
   */
  instantsOf(wallMs: number): { readonly instants: readonly number[]; readonly skipped: number } {
    const dayMs = 86_400_000
    const before = this.offsetMs(wallMs - dayMs)
    const after = this.offsetMs(wallMs + dayMs)
    const candidates = before === after ? [wallMs - before] : [wallMs - before, wallMs - after]
    const instants = candidates.filter((at) => at + this.offsetMs(at) === wallMs).sort((a, b) => a - b)
    return { instants, skipped: wallMs - before }
  }

  /** The moment between two at which the offset becomes that of the later one. */
  changeBetween(fromMs: number, toMs: number): number {
    const target = this.offsetMs(toMs)
    let low = Math.floor(fromMs / bucketMs)
    let high = Math.ceil(toMs / bucketMs)
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.offsetMs(middle * bucketMs) === target) high = middle
      else low = middle
    }
    return high * bucketMs
  }

  #compute(atMs: number): number {
    const parts: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(atMs)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - atMs
  }
}
