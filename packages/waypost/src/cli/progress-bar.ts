import { ProgressLine } from './progress-line.ts'

const cells = 30

/** A bar on the terminal that fills up. Nothing is shown when nobody looks. */
export class ProgressBar {
  readonly #unit: string
  readonly #total: number
  readonly #line = new ProgressLine()

  /** @param total 0 when it is not known: only the count is shown then */
  constructor(unit: string, total: number) {
    this.#unit = unit
    this.#total = total
  }

  /** @param text what is shown for the count, when that is not the bare number */
  show(count: number, text = String(count)): void {
    this.#line.show(() =>
      this.#total > 0 ? `${bar(count / this.#total)} ${text} ${this.#unit}` : `${text} ${this.#unit}`,
    )
  }

  /** Takes the bar away, so that something else can be written. */
  clear(): void {
    this.#line.clear()
  }

  [Symbol.dispose](): void {
    this.clear()
  }
}

/** `[=====>    ]  50 %` */
function bar(share: number): string {
  const part = Math.min(1, Math.max(0, share))
  const full = Math.round(part * cells)
  const head = full > 0 && full < cells ? '>' : ''
  return `[${'='.repeat(full - head.length)}${head}${' '.repeat(cells - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`
}
