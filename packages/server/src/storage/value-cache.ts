/** Roughly what an entry takes besides its bytes. */
const entryOverheadBytes = 150
/** Changes of one revision that can be cached. More come only of deleting many keys at once, and deletions have no value. */
const subsPerMain = 4096
/** Values are copied into pieces of memory of this size: one of its own for each is what a long range would spend most on. */
const slabBytes = 64 * 1024
/** Above it a value gets memory of its own. */
const maxInSlabBytes = slabBytes / 4

/**
 * Values that were read lately, within a budget of bytes: reading one from the tree again costs five times as much.
 * Entries live in two generations. When the young one has half the budget it becomes the old one, and the old one goes;
 * what is asked for in the old one is copied to the young, so that no slab is kept for the sake of a single value.
 */
export class ValueCache {
  readonly #generationBytes: number
  #young = new Map<number, Uint8Array>()
  #old = new Map<number, Uint8Array>()
  #youngBytes = 0
  #slab = Buffer.alloc(0)
  #slabUsed = 0

  constructor(budgetBytes: number) {
    this.#generationBytes = budgetBytes / 2
  }

  get(main: number, sub: number): Uint8Array | undefined {
    const key = keyOf(main, sub)
    const young = this.#young.get(key)
    if (young !== undefined || key === -1) return young
    const old = this.#old.get(key)
    return old && this.#add(key, old)
  }

  /** Returns a copy of the value, which stays as it is. */
  add(main: number, sub: number, value: Uint8Array): Uint8Array {
    const key = keyOf(main, sub)
    return key === -1 || value.length > this.#generationBytes / 64 ? Buffer.from(value) : this.#add(key, value)
  }

  delete(main: number, sub: number): void {
    const key = keyOf(main, sub)
    this.#young.delete(key)
    this.#old.delete(key)
  }

  #add(key: number, value: Uint8Array): Uint8Array {
    const kept = this.#copy(value)
    this.#young.set(key, kept)
    this.#youngBytes += kept.length + entryOverheadBytes
    if (this.#youngBytes >= this.#generationBytes) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngBytes = 0
    }
    return kept
  }

  #copy(value: Uint8Array): Uint8Array {
    const { length } = value
    if (length > maxInSlabBytes) return Buffer.from(value)
    if (this.#slabUsed + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes)
      this.#slabUsed = 0
    }
    const copy = this.#slab.subarray(this.#slabUsed, this.#slabUsed + length)
    copy.set(value)
    this.#slabUsed += length
    return copy
  }
}

/** One exact number for a revision; −1 for one that has none. */
function keyOf(main: number, sub: number): number {
  return sub < subsPerMain && main < Number.MAX_SAFE_INTEGER / subsPerMain ? main * subsPerMain + sub : -1
}
