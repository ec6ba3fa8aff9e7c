import { setTimeout as sleep } from 'node:timers/promises'

/** Customers who ask for one order after the other, each with a pause, and what becomes of it. */
export class Load {
  concurrency
  totals = { answered: 0, failed: 0, firstFailure: undefined }
  #latencies = []
  #waiting = new Set()
  #isOver = false
  #pauseMs
  #running

  constructor(url, { concurrency, pauseMs }) {
    this.concurrency = concurrency
    this.#pauseMs = pauseMs
    this.#running = Promise.all(Array.from({ length: concurrency }, () => this.#ask(url)))
  }

  get count() {
    return this.totals.answered
  }

  /** Resolves with the first answer, from now on, that fits. */
  until(fits) {
    return new Promise((resolve) => this.#waiting.add({ fits, resolve }))
  }

  percentileMs(percent) {
    const sorted = this.#latencies.toSorted((a, b) => a - b)
    return sorted[Math.floor((sorted.length - 1) * (percent / 100))]?.toFixed(1)
  }

  async stop() {
    this.#isOver = true
    await this.#running
  }

  async #ask(url) {
    while (!this.#isOver) {
      const startedMs = performance.now()
      try {
        const response = await fetch(`${url}/${this.totals.answered % 100}`)
        const text = await response.text()
        if (!response.ok) throw new Error(`${response.status} ${text}`)
        this.totals.answered += 1
        this.#latencies.push(performance.now() - startedMs)
        this.#tell(JSON.parse(text))
      } catch (error) {
        this.totals.failed += 1
        this.totals.firstFailure ??= String(error.cause ?? error)
      }
      if (this.#pauseMs > 0) await sleep(this.#pauseMs)
    }
  }

  #tell(answer) {
    for (const waiting of this.#waiting) {
      if (!waiting.fits(answer)) continue
      this.#waiting.delete(waiting)
      waiting.resolve(answer)
    }
  }
}
