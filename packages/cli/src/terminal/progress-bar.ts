import { ProgressLine } from './progress-line.ts'

const cells = 30

interface Shown {
  /** What is known of it by now. */
  readonly total?: number
  /** Shown for the count in place of the number and its unit. */
  readonly text?: string
}

/** A bar on the terminal that fills up. Nothing is shown when nobody looks. */
export class ProgressBar {
  readonly #unit: string
  readonly #total: number
  readonly #line = new ProgressLine()

  /** @param total default none: only the count is shown then */
  constructor(unit: string, total = 0) {
    this.#unit = unit
    this.#total = total
  }

  show(count: number, { total = this.#total, text = `${count} ${this.#unit}` }: Shown = {}): void {
    this.#line.show(() => (total > 0 ? `${bar(count / total)} ${text}` : text))
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
