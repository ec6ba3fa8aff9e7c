/** The moments at which something succeeded, on the monotonic clock. */
export class Pulse {
  #atMs: number[] = []

  beat(): void {
    this.#atMs.push(performance.now())
  }

  clear(): void {
    this.#atMs = []
  }

  countSince(ms: number): number {
    return this.#atMs.filter((atMs) => atMs > ms).length
  }

  /** The first beat after a moment. */
  firstAfter(ms: number): number | undefined {
    return this.#atMs.find((atMs) => atMs > ms)
  }

  /** The longest time without a beat, until the last one. */
  get longestPauseMs(): number {
    let longest = 0
    for (let index = 1; index < this.#atMs.length; index++) {
      longest = Math.max(longest, (this.#atMs[index] ?? 0) - (this.#atMs[index - 1] ?? 0))
    }
    return longest
  }
}
