/** After more changes than this, and than this share of the names, they are merged in without being asked for. */
const changesKept = 1_000
const shareKept = 1 / 32

/** A set of names that is read in order. Changes are cheap; the next look at the order merges in what is left of them. */
export class SortedNames {
  #sorted: readonly string[] = []
  /** Names that came and went since `#sorted` was made. */
  readonly #added = new Set<string>()
  readonly #removed = new Set<string>()

  /** A name that was not there. */
  add(name: string): void {
    if (!this.#removed.delete(name)) this.#added.add(name)
    this.#mergeMany()
  }

  /** A name that was there. */
  delete(name: string): void {
    if (!this.#added.delete(name)) this.#removed.add(name)
    this.#mergeMany()
  }

  /** @param names in order */
  replace(names: readonly string[]): void {
    this.#added.clear()
    this.#removed.clear()
    this.#sorted = names
  }

  /** The names in order. The array is never changed: after a change there is another one. */
  list(): readonly string[] {
    const changed = [...this.#added, ...this.#removed].sort(compareNames)
    if (changed.length === 0) return this.#sorted
    // What lies between two changes is copied as a whole.
    const parts: string[][] = []
    let from = 0
    for (const name of changed) {
      const at = placeOf(name, this.#sorted, from)
      parts.push(this.#sorted.slice(from, at))
      if (this.#added.has(name)) parts.push([name])
      from = this.#added.has(name) ? at : at + 1
    }
    parts.push(this.#sorted.slice(from))
    this.replace(parts.flat())
    return this.#sorted
  }

  /** A look after very many changes would take long. */
  #mergeMany(): void {
    const changes = this.#added.size + this.#removed.size
    if (changes > changesKept && changes > this.#sorted.length * shareKept) this.list()
  }
}

/** Where the name is in the list, or would be; not before `low`. */
function placeOf(name: string, sorted: readonly string[], low: number): number {
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareNames(sorted[middle] ?? '', name) < 0) low = middle + 1
    else high = middle
  }
  return low
}

export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
