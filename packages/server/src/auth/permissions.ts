import { asBuffer, isEmptyRange, isOpenEnd, type KeyRange, type Permission, Permission_Type } from '@waypost/protocol'

/** A half-open interval of keys as latin1 strings; `end` undefined: no end. */
interface Interval {
  readonly start: string
  readonly end: string | undefined
}

/** Keys that may be accessed, as the union of ranges. */
export class KeySet {
  /** Sorted, neither overlapping nor touching. */
  readonly #intervals: Interval[] = []

  constructor(ranges: readonly KeyRange[]) {
    const sorted = ranges.map(intervalOf).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
    for (const interval of sorted) {
      const last = this.#intervals.at(-1)
      if (!last || isAfter(interval.start, last.end)) this.#intervals.push(interval)
      else this.#intervals[this.#intervals.length - 1] = { start: last.start, end: later(last.end, interval.end) }
    }
  }

  /** Whether every key of the range is in the set. A range that can hold no key is judged by its start. */
  covers(range: KeyRange): boolean {
    const wanted = intervalOf(isEmptyRange(range) ? { key: range.key, rangeEnd: noEnd } : range)
    const holder = this.#lastStartingBy(wanted.start)
    if (!holder || isAfter(wanted.start, holder.end) || wanted.start === holder.end) return false
    return holder.end === undefined || (wanted.end !== undefined && wanted.end <= holder.end)
  }

  #lastStartingBy(key: string): Interval | undefined {
    let low = 0
    let high = this.#intervals.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#intervals[middle] as Interval).start <= key) low = middle + 1
      else high = middle
    }
    return this.#intervals[low - 1]
  }
}

/** What a user may do with keys. */
export interface KeyRights {
  readonly read: KeySet
  readonly write: KeySet
}

export function rightsOf(permissions: readonly Permission[]): KeyRights {
  return {
    read: new KeySet(permissions.filter(({ permType }) => permType !== Permission_Type.WRITE)),
    write: new KeySet(permissions.filter(({ permType }) => permType !== Permission_Type.READ)),
  }
}

/** Whether a permission on the range can be granted: it must hold a key. */
export function isGrantable(range: KeyRange): boolean {
  return range.key.length > 0 && !isEmptyRange(range)
}

const noEnd: Uint8Array = Buffer.alloc(0)

function intervalOf({ key, rangeEnd }: KeyRange): Interval {
  const start = asBuffer(key).toString('latin1')
  if (rangeEnd.length === 0) return { start, end: `${start}\0` }
  return { start, end: isOpenEnd(rangeEnd) ? undefined : asBuffer(rangeEnd).toString('latin1') }
}

function isAfter(start: string, end: string | undefined): boolean {
  return end !== undefined && start > end
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined
  return a > b ? a : b
}
