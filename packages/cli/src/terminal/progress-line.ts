const intervalMs = 100

/** A line on the terminal that says how far something has come. Nothing is shown when nobody looks. */
export class ProgressLine {
  readonly #isShown = process.stderr.isTTY === true
  #shownMs = Number.NEGATIVE_INFINITY

  /** @param text made only when it is shown, which is now and then */
  show(text: () => string): void {
    if (!this.#isShown || performance.now() - this.#shownMs < intervalMs) return
    this.#shownMs = performance.now()
    process.stderr.write(`\r\u001b[K${text()}`)
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#isShown && this.#shownMs >= 0) process.stderr.write('\r\u001b[K')
    this.#shownMs = Number.NEGATIVE_INFINITY
  }
}
