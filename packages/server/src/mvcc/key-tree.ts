import { KeyEntry } from './key-entry.ts'
import type { KeySpan } from './key-span.ts'

/** Chunks split above this size. Small enough to shift cheaply, large enough to keep the directory short. */
const maxChunkSize = 512

/** Entries that are made when somebody asks for one of them. */
export interface PackedEntries {
  readonly count: number
  unpack(): KeyEntry[]
}

/** Neighbours. What a start has read stays packed until somebody asks for one of them. */
class Chunk {
  #entries: KeyEntry[] | PackedEntries
  /** How many of the entries are live, so that counting a range need not visit whole chunks. */
  live: number
  /** By how much `live` changes when the counts are released. */
  heldChange = 0

  constructor(entries: KeyEntry[] | PackedEntries, live: number) {
    this.#entries = entries
    this.live = live
  }

  get entries(): KeyEntry[] {
    if (!Array.isArray(this.#entries)) this.#entries = this.#entries.unpack()
    return this.#entries
  }

  get size(): number {
    return Array.isArray(this.#entries) ? this.#entries.length : this.#entries.count
  }
}

/**
 * Every key in order: a directory of chunks of sorted entries. Finding and inserting take O(log n) comparisons
 * and a shift inside one chunk; counting visits two chunks and the directory between them.
 */
export class KeyTree {
  readonly #chunks: Chunk[] = []
  /** The first key of each chunk. */
  readonly #firsts: string[] = []
  #size = 0
  /** The revision at which the counts are held; undefined: they follow every change. */
  #heldAt: number | undefined
  #changedWhileHeld: Chunk[] = []

  /** How many neighbours `append` takes. */
  readonly chunkSize = maxChunkSize

  /** Entries, deleted keys that are not compacted included. */
  get size(): number {
    return this.#size
  }

  find(key: string): KeyEntry | undefined {
    const chunk = this.#chunks[this.#chunkIndex(key)]
    if (chunk === undefined) return undefined
    const entry = chunk.entries[lowerBound(chunk.entries, key)]
    return entry?.key === key ? entry : undefined
  }

  /** The key's entry, made when it is not there; a new one is not live. */
  findOrInsert(key: string): KeyEntry {
    const last = this.#chunks.at(-1)
    const greatest = last?.entries.at(-1)
    if (greatest === undefined || key > greatest.key) return this.#append(last, key)
    const chunkIndex = this.#chunkIndex(key)
    const chunk = this.#chunks[chunkIndex] as Chunk
    const index = lowerBound(chunk.entries, key)
    const found = chunk.entries[index]
    if (found?.key === key) return found
    const entry = new KeyEntry(key)
    this.#size += 1
    chunk.entries.splice(index, 0, entry)
    if (index === 0) this.#firsts[chunkIndex] = key
    if (chunk.entries.length > maxChunkSize) this.#split(chunkIndex)
    return entry
  }

  /** To be called whenever an entry becomes live (+1) or stops being so (−1). */
  adjustLive(key: string, change: 1 | -1): void {
    const chunk = this.#chunks[this.#chunkIndex(key)]
    if (chunk === undefined) return
    if (this.#heldAt === undefined) {
      chunk.live += change
      return
    }
    if (chunk.heldChange === 0) this.#changedWhileHeld.push(chunk)
    chunk.heldChange += change
  }

  /** Lets the counts stay those of a revision while the next one is made. Nothing may be removed meanwhile. */
  holdCounts(revision: number): void {
    this.#heldAt = revision
  }

  /** Makes the counts those of now. */
  releaseCounts(): void {
    this.#heldAt = undefined
    for (const chunk of this.#changedWhileHeld) {
      chunk.live += chunk.heldChange
      chunk.heldChange = 0
    }
    this.#changedWhileHeld = []
  }

  /**
   * Adds entries above all that are there.
   *
   * @param first the lowest of their keys
   * @param live how many of them are live
   */
  append(first: string, entries: PackedEntries, live: number): void {
    this.#size += entries.count
    this.#chunks.push(new Chunk(entries, live))
    this.#firsts.push(first)
  }

  /** Removes an entry that is not live. */
  remove(key: string): void {
    const chunkIndex = this.#chunkIndex(key)
    const chunk = this.#chunks[chunkIndex]
    if (chunk === undefined) return
    const index = lowerBound(chunk.entries, key)
    if (chunk.entries[index]?.key !== key) return
    chunk.entries.splice(index, 1)
    this.#size -= 1
    const first = chunk.entries[0]
    if (first === undefined) this.#removeChunk(chunkIndex)
    else {
      this.#firsts[chunkIndex] = first.key
      if (chunk.entries.length < maxChunkSize / 8) this.#mergeWithNext(chunkIndex)
    }
  }

  /** Visits the entries of the span in order, live or not, until `visit` returns false. */
  scan(span: KeySpan, visit: (entry: KeyEntry) => boolean): void {
    const { start, end } = span
    let chunkIndex = this.#chunkIndex(start)
    let index = lowerBound(this.#chunks[chunkIndex]?.entries ?? [], start)
    for (; chunkIndex < this.#chunks.length; chunkIndex++) {
      const { entries } = this.#chunks[chunkIndex] as Chunk
      for (; index < entries.length; index++) {
        const entry = entries[index] as KeyEntry
        if ((end !== undefined && entry.key >= end) || !visit(entry)) return
      }
      index = 0
    }
  }

  /** Like `scan`, but chunks without a live entry are passed over at once. */
  scanLive(span: KeySpan, visit: (entry: KeyEntry) => boolean): void {
    const { start, end } = span
    let chunkIndex = this.#chunkIndex(start)
    let index = lowerBound(this.#chunks[chunkIndex]?.entries ?? [], start)
    for (; chunkIndex < this.#chunks.length; chunkIndex++) {
      const chunk = this.#chunks[chunkIndex] as Chunk
      if (chunk.live > 0) {
        const { entries } = chunk
        for (; index < entries.length; index++) {
          const entry = entries[index] as KeyEntry
          if ((end !== undefined && entry.key >= end) || !visit(entry)) return
        }
      } else if (end !== undefined && (this.#firsts[chunkIndex] as string) >= end) return
      index = 0
    }
  }

  /** Entries of the span, live or not; those of the first and the last chunk count as a whole. */
  countRoughly(span: KeySpan): number {
    const { start, end } = span
    if (end !== undefined && end <= start) return 0
    const lastChunk = end === undefined ? this.#chunks.length - 1 : this.#chunkIndex(end)
    let count = 0
    for (let chunkIndex = this.#chunkIndex(start); chunkIndex <= lastChunk; chunkIndex++)
      count += this.#chunks[chunkIndex]?.size ?? 0
    return count
  }

  countLive(span: KeySpan): number {
    const { start, end } = span
    if (end !== undefined && end <= start) return 0
    const firstChunk = this.#chunkIndex(start)
    const lastChunk = end === undefined ? this.#chunks.length - 1 : this.#chunkIndex(end)
    let count = 0
    for (let chunkIndex = firstChunk; chunkIndex <= lastChunk; chunkIndex++) {
      const chunk = this.#chunks[chunkIndex]
      if (chunk === undefined) break
      if (chunkIndex > firstChunk && (chunkIndex < lastChunk || end === undefined)) count += chunk.live
      else {
        for (let index = lowerBound(chunk.entries, start); index < chunk.entries.length; index++) {
          const entry = chunk.entries[index] as KeyEntry
          if (end !== undefined && entry.key >= end) break
          if (this.#isCounted(entry)) count += 1
        }
      }
    }
    return count
  }

  /** Whether the entry is live as far as the counts go. */
  #isCounted(entry: KeyEntry): boolean {
    return this.#heldAt === undefined ? entry.live : entry.revisionAt(this.#heldAt) !== undefined
  }

  /** The chunk that holds `key` if any does: the last one whose first key is not above it. */
  #chunkIndex(key: string): number {
    const firsts = this.#firsts
    let low = 1
    let high = firsts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((firsts[middle] as string) <= key) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Keys that arrive in order fill chunks to the brim instead of leaving half-full ones behind. */
  #append(last: Chunk | undefined, key: string): KeyEntry {
    const entry = new KeyEntry(key)
    this.#size += 1
    if (last === undefined || last.entries.length >= maxChunkSize)
      this.#insertChunk(this.#chunks.length, key, new Chunk([entry], 0))
    else last.entries.push(entry)
    return entry
  }

  #split(chunkIndex: number): void {
    const chunk = this.#chunks[chunkIndex] as Chunk
    const entries = chunk.entries.splice(chunk.entries.length >>> 1)
    const right = new Chunk(entries, 0)
    for (const entry of entries) if (this.#isCounted(entry)) right.live += 1
    right.heldChange = this.#heldAt === undefined ? 0 : countLiveEntries(entries) - right.live
    chunk.live -= right.live
    chunk.heldChange -= right.heldChange
    if (right.heldChange !== 0) this.#changedWhileHeld.push(right)
    this.#insertChunk(chunkIndex + 1, (entries[0] as KeyEntry).key, right)
  }

  #mergeWithNext(chunkIndex: number): void {
    const chunk = this.#chunks[chunkIndex] as Chunk
    const next = this.#chunks[chunkIndex + 1]
    if (next === undefined || chunk.entries.length + next.entries.length > maxChunkSize / 2) return
    chunk.entries.push(...next.entries)
    chunk.live += next.live
    this.#removeChunk(chunkIndex + 1)
  }

  #insertChunk(chunkIndex: number, first: string, chunk: Chunk): void {
    this.#chunks.splice(chunkIndex, 0, chunk)
    this.#firsts.splice(chunkIndex, 0, first)
  }

  #removeChunk(chunkIndex: number): void {
    this.#chunks.splice(chunkIndex, 1)
    this.#firsts.splice(chunkIndex, 1)
  }
}

function countLiveEntries(entries: readonly KeyEntry[]): number {
  let count = 0
  for (const entry of entries) if (entry.live) count += 1
  return count
}

/** The index of the first entry whose key is not below `key`. */
function lowerBound(entries: readonly KeyEntry[], key: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle] as KeyEntry).key < key) low = middle + 1
    else high = middle
  }
  return low
}
