/** Up to this number of records the order is drawn for each answer; of more, part of it. */
const drawnEachTime = 32

/**
 * The order of an answer's records, at random: those of larger weight come first more often, each in proportion.
 *
 * Source: Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006.
 */
export class RecordOrder {
  readonly #weights: readonly number[] | undefined
  readonly #random: () => number
  readonly #order: Uint32Array
  readonly #keys: Float64Array | undefined
  /** How many answers an order may still be used for, each from another place on. */
  #uses = 0

  /** @param weights `undefined` when all records are alike */
  constructor(size: number, weights: readonly number[] | undefined, random: () => number) {
    this.#weights = weights
    this.#random = random
    this.#order = Uint32Array.from({ length: size }, (_, index) => index)
    this.#keys = weights === undefined ? undefined : new Float64Array(size)
  }

  /** The positions of the records, the first `count` of them at random. It is used until the next call. */
  draw(count: number): Uint32Array {
    if (this.#weights === undefined) this.#shuffle(Math.min(count, this.#order.length - 1))
    else if (this.#uses <= 0) {
      this.#sort()
      this.#uses = Math.floor(this.#order.length / drawnEachTime)
    } else {
      // Sorting thousands for every answer would cost more than the answer: the beginning is drawn again among all.
      this.#uses -= 1
      this.#turn()
    }
    return this.#order
  }

  /** Fisher and Yates. Whatever the order was before, it is at random afterwards. */
  #shuffle(count: number): void {
    const order = this.#order
    const { length } = order
    for (let index = 0; index < count; index += 1) {
      const other = index + Math.floor(this.#random() * (length - index))
      const kept = order[index] ?? 0
      order[index] = order[other] ?? 0
      order[other] = kept
    }
  }

  #sort(): void {
    const [keys, weights, order] = [this.#keys, this.#weights, this.#order]
    if (keys === undefined || weights === undefined) return
    for (let index = 0; index < order.length; index += 1) {
      keys[index] = -Math.log(1 - this.#random()) / (weights[index] ?? 1)
    }
    if (order.length > drawnEachTime) {
      order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
      return
    }
    for (let index = 1; index < order.length; index += 1) {
      const moved = order[index] ?? 0
      const key = keys[moved] ?? 0
      let at = index
      for (; at > 0 && (keys[order[at - 1] ?? 0] ?? 0) > key; at -= 1) order[at] = order[at - 1] ?? 0
      order[at] = moved
    }
  }

  /** Puts the first records behind the others. */
  #turn(): void {
    const first = this.#order.slice(0, drawnEachTime)
    this.#order.copyWithin(0, drawnEachTime)
    this.#order.set(first, this.#order.length - first.length)
  }
}
