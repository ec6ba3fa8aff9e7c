/** Roughly what an entry takes besides its bytes. */
const entryOverheadBytes = 150
/** Changes of one revision that can be cached. More come only of deleting many keys at once, and deletions have no value. */
const subsPerMain = 4096

/**
 * Values that were read lately, within a budget of bytes: reading one from the tree again costs five times as much.
 * Entries live in two generations. When the young one has half the budget it becomes the old one, and the old one goes;
 * what is asked for in the old one moves to the young.
 */
export class ValueCache {
  readonly #generationBytes: number
  #young = new Map<number, Uint8Array>()
  #old = new Map<number, Uint8Array>()
  #youngBytes = 0

  constructor(budgetBytes: number) {
    this.#generationBytes = budgetBytes / 2
  }

  get(main: number, sub: number): Uint8Array | undefined {
    const key = keyOf(main, sub)
    const young = this.#young.get(key)
    if (young !== undefined || key === -1) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.#add(key, old)
    return old
  }

  add(main: number, sub: number, value: Uint8Array): void {
    const key = keyOf(main, sub)
    if (key !== -1 && value.length <= this.#generationBytes / 64) this.#add(key, value)
  }

  delete(main: number, sub: number): void {
    const key = keyOf(main, sub)
    this.#young.delete(key)
    this.#old.delete(key)
  }

  #add(key: number, value: Uint8Array): void {
    this.#young.set(key, value)
    this.#youngBytes += value.length + entryOverheadBytes
    if (this.#youngBytes < this.#generationBytes) return
    this.#old = this.#young
    this.#young = new Map()
    this.#youngBytes = 0
  }
}

/** One exact number for a revision; −1 for one that has none. */
function keyOf(main: number, sub: number): number {
  return sub < subsPerMain && main < Number.MAX_SAFE_INTEGER / subsPerMain ? main * subsPerMain + sub : -1
}
