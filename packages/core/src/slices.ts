/** What one slice of long work takes: short enough for several of them to pass unnoticed. */
const sliceMs = 2

/** Work on this number of keys, or fewer, is done at once. */
const keysAtOnce = 1_000

/** How many small steps are done between two looks at the clock. */
const itemsBetweenLooks = 32

/** How many items are sorted in one go: a fraction of a slice. */
const runLength = 256

export interface SlicesOptions {
  /** Runs `start` once whatever else came in has been served. Default: in the next turn of the event loop. */
  readonly later?: ((start: () => void) => void) | undefined
  /** Default: the time since the process started. */
  readonly nowMs?: (() => number) | undefined
  /** Called before each slice, to do what would otherwise come at a time of its own choosing. Default: nothing. */
  readonly before?: (() => void) | undefined
  /** Work on more keys is long. Default 1,000. */
  readonly keysAtOnce?: number | undefined
}

/**
 * Divides long work into slices, between which everything else is served. However much long work there is, one
 * slice of it runs in a turn of the event loop; those who work take turns.
 */
export class Slices {
  /** Work on more keys is done in slices. */
  readonly keysAtOnce: number
  readonly #later: (start: () => void) => void
  readonly #nowMs: () => number
  readonly #before: () => void
  #waiting: (() => void)[] = []
  #isPlanned = false
  #endMs = 0
  /** Until when short work may be done in this turn; undefined when none was. */
  #shortEndMs: number | undefined

  constructor(options: SlicesOptions = {}) {
    this.keysAtOnce = options.keysAtOnce ?? keysAtOnce
    this.#later = options.later ?? setImmediate
    this.#nowMs = options.nowMs ?? (() => performance.now())
    this.#before = options.before ?? (() => {})
  }

  /** Resolves when the caller may work until `isOver`. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#plan()
    })
  }

  /** Whether the running slice has taken its time, and the rest is to wait for the next `turn`. */
  get isOver(): boolean {
    return this.#nowMs() >= this.#endMs
  }

  /** Whether short work may be done at once: together, such work in one turn of the event loop is to take one slice. */
  get hasTime(): boolean {
    if (this.#shortEndMs === undefined) {
      this.#shortEndMs = this.#nowMs() + sliceMs
      this.#later(() => {
        this.#shortEndMs = undefined
      })
      return true
    }
    return this.#nowMs() < this.#shortEndMs
  }

  /** Runs work that says where it can be interrupted. What it throws ends it. */
  async run<R>(work: Generator<void, R>, check: () => void = () => {}): Promise<R> {
    for (;;) {
      await this.turn()
      check()
      do {
        const step = work.next()
        if (step.done) return step.value
      } while (!this.isOver)
    }
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.length === 0) return
    this.#isPlanned = true
    this.#later(() => {
      this.#isPlanned = false
      this.#before()
      this.#endMs = this.#nowMs() + sliceMs
      this.#waiting.shift()?.()
      this.#plan()
    })
  }
}

/** The same work in one go. */
export function atOnce<R>(work: Generator<void, R>): R {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** Does `work` for each item, and can be interrupted every few. */
export function* eachInSlices<T>(items: Iterable<T>, work: (item: T) => void): Generator<void, void> {
  let done = 0
  for (const item of items) {
    work(item)
    done += 1
    if (done % itemsBetweenLooks === 0) yield
  }
}

/** The items in order, those that are equal as they came. */
export function* sortedInSlices<T extends string | object>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<void, T[]> {
  let runs: T[][] = []
  for (let start = 0; start < items.length; start += runLength) {
    runs.push(items.slice(start, start + runLength).sort(compare))
    yield
  }
  while (runs.length > 1) {
    const longer: T[][] = []
    for (let index = 0; index < runs.length; index += 2) {
      const [first = [], second] = runs.slice(index, index + 2)
      longer.push(second === undefined ? first : yield* mergedInSlices(first, second, compare))
      yield
    }
    runs = longer
  }
  return runs[0] ?? []
}

/** The items of two lists that are in order, in order. */
export function* mergedInSlices<T extends string | object>(
  first: T[],
  second: T[],
  compare: (a: T, b: T) => number,
): Generator<void, T[]> {
  const last = first.at(-1)
  const least = second[0]
  // Most of what is sorted here was nearly in order before.
  if (last === undefined || least === undefined || compare(last, least) <= 0) return first.concat(second)
  const all: T[] = []
  let next = 0
  for (const item of first) {
    for (let other = second[next]; other !== undefined && compare(other, item) < 0; other = second[next]) {
      all.push(other)
      next += 1
      if (all.length % itemsBetweenLooks === 0) yield
    }
    all.push(item)
    if (all.length % itemsBetweenLooks === 0) yield
  }
  for (; next < second.length; next++) {
    const other = second[next]
    if (other !== undefined) all.push(other)
    if (all.length % itemsBetweenLooks === 0) yield
  }
  return all
}
