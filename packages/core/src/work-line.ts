import { type Deferred, deferred } from './deferred.ts'
import { atOnce, type Slices } from './slices.ts'

/** Work is done at once; or it says where it can be interrupted. */
type Work = () => Generator<void, void> | void

export interface WorkLineOptions {
  /** Work on more keys is long. Default: as `slices` have it. */
  readonly keysAtOnce?: number
  /** Called when the last piece of what was long is done. */
  readonly onIdle?: () => void
}

/**
 * Pieces of work, done in the order in which they come: what is short at once, as long as this turn of the event loop
 * has time for it; what is long in slices, while the others wait behind it.
 */
export class WorkLine {
  readonly #slices: Slices
  readonly #keysAtOnce: number
  readonly #onIdle: () => void
  #waiting: Work[] = []
  /** While something waits or is being done in slices. */
  #idle: Deferred<void> | undefined
  #closed = false

  constructor(slices: Slices, { keysAtOnce, onIdle }: WorkLineOptions = {}) {
    this.#slices = slices
    this.#keysAtOnce = keysAtOnce ?? slices.keysAtOnce
    this.#onIdle = onIdle ?? (() => {})
  }

  get isIdle(): boolean {
    return this.#idle === undefined
  }

  /** Settles when nothing is left to do. */
  whenIdle(): Promise<void> {
    return this.#idle?.promise ?? Promise.resolve()
  }

  /** @param keys how many keys the work is about */
  do(keys: number, work: Work): void {
    if (this.#closed) return
    if (this.isIdle && keys <= this.#keysAtOnce && this.#slices.hasTime) {
      const steps = work()
      if (steps) atOnce(steps)
      return
    }
    this.#waiting.push(work)
    if (!this.isIdle) return
    const idle = deferred()
    this.#idle = idle
    this.#slices.run(this.#all()).then(idle.resolve, idle.reject)
  }

  /** What is left is not done. */
  close(): void {
    this.#closed = true
    this.#waiting = []
  }

  *#all(): Generator<void, void> {
    while (this.#waiting.length > 0) {
      const pieces = this.#waiting
      this.#waiting = []
      for (const work of pieces) {
        if (this.#closed) break
        const steps = work()
        while (steps && !this.#closed && !steps.next().done) yield
        yield
      }
    }
    this.#idle = undefined
    if (!this.#closed) this.#onIdle()
  }
}
