/** Eight buckets for each doubling: a value is told to within 9 %. */
export const nativeSchema = 3
const perDoubling = 2 ** nativeSchema

/** What takes no longer is counted in the bucket for zero: 61 microseconds. */
export const zeroThresholdSeconds = 2 ** -14
const lowest = -14 * perDoubling + 1
/** 36 hours; what takes longer is counted there as well. */
const highest = 17 * perDoubling

/**
 * Counts durations in the buckets of Prometheus' native histograms: bucket `i` takes what is above 2^((i - 1) / 8) and
 * at most 2^(i / 8) seconds.
 *
 * Source: Prometheus, "Native histograms", section "Schema".
 */
export class NativeBuckets {
  readonly #counts = new Float64Array(highest - lowest + 1)
  #zero = 0

  observe(durationMs: number): void {
    const seconds = durationMs / 1000
    if (!(seconds > zeroThresholdSeconds)) {
      this.#zero += 1
      return
    }
    const index = Math.min(Math.ceil(Math.log2(seconds) * perDoubling), highest) - lowest
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
  }

  /** What was counted, to be added to others: the count for zero, then index and count of each bucket in use, ascending. */
  counts(): number[] {
    const flat = [this.#zero]
    for (const [index, count] of this.#counts.entries()) if (count > 0) flat.push(index + lowest, count)
    return flat
  }
}

/** Adds up what two have counted. */
export function addNativeCounts(left: readonly number[], right: readonly number[]): number[] {
  const sums = new Map<number, number>()
  for (const flat of [left, right]) {
    for (let at = 1; at < flat.length; at += 2) {
      const index = flat[at] ?? 0
      sums.set(index, (sums.get(index) ?? 0) + (flat[at + 1] ?? 0))
    }
  }
  const buckets = [...sums].sort(([one], [other]) => one - other)
  return [(left[0] ?? 0) + (right[0] ?? 0), ...buckets.flat()]
}
