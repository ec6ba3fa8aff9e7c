/** After so many changes, or a share of the names, they are merged in without being asked for. */
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
    if (this.#added.size === 0 && this.#removed.size === 0) return this.#sorted
    const added = [...this.#added].sort(compareNames)
    const merged: string[] = []
    let next = 0
    for (const name of this.#sorted) {
      if (this.#removed.has(name)) continue
      for (; next < added.length && compareNames(added[next] ?? '', name) < 0; next++) merged.push(added[next] ?? '')
      merged.push(name)
    }
    for (; next < added.length; next++) merged.push(added[next] ?? '')
    this.#added.clear()
    this.#removed.clear()
    this.#sorted = merged
    return merged
  }

  /** A look after very many changes would take long. */
  #mergeMany(): void {
    const changes = this.#added.size + this.#removed.size
    if (changes > changesKept && changes > this.#sorted.length * shareKept) this.list()
  }
}

export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
