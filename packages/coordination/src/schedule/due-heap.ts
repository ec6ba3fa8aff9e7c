interface Item<T> {
  readonly atMs: number
  readonly value: T
}

/** Things by when they are due: a binary heap. */
export class DueHeap<T> {
  readonly #items: Item<T>[] = []

  get nextAtMs(): number | undefined {
    return this.#items[0]?.atMs
  }

  add(atMs: number, value: T): void {
    const items = this.#items
    items.push({ atMs, value })
    let index = items.length - 1
    while (index > 0) {
      const parent = (index - 1) >>> 1
      if (this.#at(parent) <= this.#at(index)) return
      this.#swap(parent, index)
      index = parent
    }
  }

  /** Takes out the first one if it is due. */
  take(nowMs: number): Item<T> | undefined {
    const items = this.#items
    const first = items[0]
    if (first === undefined || first.atMs > nowMs) return undefined
    const last = items.pop()
    if (items.length > 0 && last !== undefined) {
      items[0] = last
      this.#sink()
    }
    return first
  }

  #sink(): void {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      let smallest = index
      for (const child of [left, left + 1]) if (this.#at(child) < this.#at(smallest)) smallest = child
      if (smallest === index) return
      this.#swap(smallest, index)
      index = smallest
    }
  }

  #at(index: number): number {
    return this.#items[index]?.atMs ?? Number.POSITIVE_INFINITY
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#items[a], this.#items[b]]
    if (first === undefined || second === undefined) return
    this.#items[a] = second
    this.#items[b] = first
  }
}
