import { LiveArea } from './live-area.ts'
import { terminal } from './terminal.ts'

/** Faster than this nobody can read. */
const redrawMs = 100
/** How often it is looked whether the store has gone away or come back. */
const checkMs = 1000

interface Source {
  /** Since when what is shown may be out of date. */
  readonly staleSince: Date | undefined
  readonly revision: bigint
}

/** A table on the terminal that is redrawn when what it shows changes. Disposed of, it stays as it was last. */
export class LiveTable implements Disposable {
  readonly #area = new LiveArea()
  readonly #render: () => string
  readonly #source: Source
  readonly #checks: NodeJS.Timeout
  #pending: NodeJS.Timeout | undefined
  #shownAway = false

  constructor(render: () => string, source: Source) {
    this.#render = render
    this.#source = source
    this.#draw()
    this.#checks = setInterval(() => {
      if (this.#isAway !== this.#shownAway) this.#draw()
    }, checkMs)
  }

  /** Redraws soon. */
  changed(): void {
    this.#pending ??= setTimeout(() => this.#draw(), redrawMs)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#checks)
    if (this.#pending) this.#draw()
  }

  /** A view is briefly stale at each reconnection: that is no news. */
  get #isAway(): boolean {
    const { staleSince } = this.#source
    return staleSince !== undefined && Date.now() - staleSince.getTime() > checkMs
  }

  #draw(): void {
    clearTimeout(this.#pending)
    this.#pending = undefined
    const { dim, yellow } = terminal.colors
    const { staleSince, revision } = this.#source
    this.#shownAway = this.#isAway
    const state = this.#isAway
      ? yellow(`the store does not answer: as of ${staleSince?.toLocaleTimeString()}`)
      : dim(`revision ${revision} · ${new Date().toLocaleTimeString()} · Ctrl+C ends`)
    this.#area.draw(`${this.#render()}${state}\n`)
  }
}
