import { type Labels, sampleLine } from './metric-text.ts'

/** Counts durations by their length, in buckets of Prometheus. */
export class Histogram {
  readonly #boundsMs: readonly number[]
  readonly #counts: number[]
  #sumMs = 0
  #count = 0

  /** @param boundsMs the greatest duration of each bucket, ascending */
  constructor(boundsMs: readonly number[]) {
    this.#boundsMs = boundsMs
    this.#counts = boundsMs.map(() => 0)
  }

  observe(durationMs: number): void {
    this.#sumMs += durationMs
    this.#count += 1
    for (let index = 0; index < this.#boundsMs.length; index++) {
      if (durationMs > (this.#boundsMs[index] ?? 0)) continue
      this.#counts[index] = (this.#counts[index] ?? 0) + 1
      return
    }
  }

  /** What was counted so far, to be added to another one of the same buckets: `[sum, count, …buckets]`. */
  counts(): number[] {
    return [this.#sumMs, this.#count, ...this.#counts]
  }

  /** Adds what another one, of another process for example, has counted. */
  add([sumMs = 0, count = 0, ...buckets]: readonly number[]): void {
    this.#sumMs += sumMs
    this.#count += count
    for (let index = 0; index < this.#counts.length; index++) {
      this.#counts[index] = (this.#counts[index] ?? 0) + (buckets[index] ?? 0)
    }
  }

  /** The lines of one set of labels, in seconds. */
  lines(name: string, labels: Labels = {}): string {
    let text = ''
    let cumulative = 0
    for (const [index, boundMs] of this.#boundsMs.entries()) {
      cumulative += this.#counts[index] ?? 0
      text += sampleLine(`${name}_bucket`, { ...labels, le: String(boundMs / 1000) }, cumulative)
    }
    text += sampleLine(`${name}_bucket`, { ...labels, le: '+Inf' }, this.#count)
    text += sampleLine(`${name}_sum`, labels, this.#sumMs / 1000)
    return text + sampleLine(`${name}_count`, labels, this.#count)
  }
}
