/**
 * Weights by index, with both a change of one and a draw in proportion to them in O(log n).
 * An alias table draws in O(1), but must be built again when one weight changes.
 *
 * Source: Peter M. Fenwick, "A new data structure for cumulative frequency tables", 1994.
 */
export class WeightTree {
  #sums: Float64Array
  readonly #weights: Float64Array
  readonly #capacity: number
  #changes = 0

  /** @param weights the first weights; indices up to the next power of two can be set later */
  constructor(weights: readonly number[]) {
    this.#capacity = 2 ** Math.ceil(Math.log2(Math.max(2, weights.length + 1)))
    this.#weights = new Float64Array(this.#capacity)
    this.#weights.set(weights)
    this.#sums = this.#sum()
  }

  get capacity(): number {
    return this.#capacity
  }

  get total(): number {
    return this.#sums[this.#capacity] ?? 0
  }

  set(index: number, weight: number): void {
    const difference = weight - (this.#weights[index] ?? 0)
    if (difference === 0) return
    this.#weights[index] = weight
    this.#changes += 1
    // Sums of sums drift with each difference that is added, so they are computed again now and then.
    if (this.#changes >= this.#capacity) {
      this.#sums = this.#sum()
      this.#changes = 0
      return
    }
    for (let node = index + 1; node <= this.#capacity; node += node & -node) {
      this.#sums[node] = (this.#sums[node] ?? 0) + difference
    }
  }

  /** The index in whose stretch `point`, less than `total`, lies when the weights are laid end to end from 0 to `total`. */
  find(point: number): number {
    let index = 0
    let rest = point
    for (let step = this.#capacity >> 1; step > 0; step >>= 1) {
      const sum = this.#sums[index + step] ?? 0
      if (sum <= rest) {
        index += step
        rest -= sum
      }
    }
    return index
  }

  #sum(): Float64Array {
    const sums = new Float64Array(this.#capacity + 1)
    for (let node = 1; node <= this.#capacity; node++) {
      sums[node] = (sums[node] ?? 0) + (this.#weights[node - 1] ?? 0)
      const parent = node + (node & -node)
      if (parent <= this.#capacity) sums[parent] = (sums[parent] ?? 0) + (sums[node] ?? 0)
    }
    return sums
  }
}
