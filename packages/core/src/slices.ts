/** What one slice of long work takes: short enough for several of them to pass unnoticed. */
const sliceMs = 2

/** Work on this number of keys, or fewer, is done at once. */
const keysAtOnce = 1_000

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
