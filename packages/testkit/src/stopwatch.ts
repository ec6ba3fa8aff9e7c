const tickMs = 5

/** What one tick counts at most. */
const mostPerTickMs = 20

/**
 * Measures how long something takes, without the time for which this process could not run because the machine
 * stood still or others had its processors: so that a test can say how soon without failing for their sake.
 * It counts in ticks of its event loop, and does not keep the process alive.
 */
export class Stopwatch {
  readonly #timer: NodeJS.Timeout
  #elapsedMs = 0
  #lastMs = performance.now()

  constructor() {
    this.#timer = setInterval(() => this.#tick(), tickMs).unref()
  }

  get elapsedMs(): number {
    this.#tick()
    return this.#elapsedMs
  }

  /** Stops it, and gives what it has measured. */
  stop(): number {
    clearInterval(this.#timer)
    return this.elapsedMs
  }

  #tick(): void {
    const nowMs = performance.now()
    this.#elapsedMs += Math.min(nowMs - this.#lastMs, mostPerTickMs)
    this.#lastMs = nowMs
  }
}
