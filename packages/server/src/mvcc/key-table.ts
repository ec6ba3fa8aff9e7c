import { KeyEntry } from './key-entry.ts'
import type { KeyTree } from './key-tree.ts'
import { KvHead } from './kv-bytes.ts'
import type { LeaseAttachments } from './lease-attachments.ts'

const initialRows = 1_024
const none = -1

/**
 * What a start reads, key by key: columns of numbers, so that a million keys are no objects. Revisions come in their
 * order, keys in any; those that rise, as most do, are neither looked for nor sorted.
 */
export class KeyTable {
  readonly #head = new KvHead()
  #rows = 0
  #keys = Buffer.allocUnsafeSlow(64 * 1024)
  /** Where each row's key starts; the next row's start is its end. */
  #keyStart = new Float64Array(initialRows + 1)
  #main = new Float64Array(initialRows)
  #sub = new Float64Array(initialRows)
  #createRevision = new Float64Array(initialRows)
  #version = new Float64Array(initialRows)
  #lease = new BigInt64Array(initialRows)
  #bytes = new Float64Array(initialRows)
  /** The versions before the newest one of the few keys that have such, by row: as in `KeyEntry`. */
  readonly #older = new Map<number, number[]>()
  #greatest = none
  #isSorted = true
  /** Rows by the hash of their key, once a key has come that is not above all before it. */
  #slots: Int32Array | undefined

  /** Takes a revision, as `Storage.load` tells of it. */
  add(main: number, sub: number, tombstone: boolean, bytes: Buffer, start: number, end: number): void {
    const head = this.#head
    head.read(bytes, start, end)
    if (head.keyEnd > end) throw new Error(`The key of revision ${main}.${sub} does not end`)
    const row = this.#rowOf(bytes, head.keyStart, head.keyEnd)
    const before = this.#main[row] as number
    if (before !== 0) this.#keepOlder(row, before)
    this.#main[row] = main
    this.#sub[row] = sub
    // A tombstone holds nothing but its key.
    this.#createRevision[row] = tombstone ? 0 : head.createRevision
    this.#version[row] = head.version
    this.#lease[row] = head.lease
    this.#bytes[row] = end - start
  }

  /** Fills an empty tree, and attaches the keys to their leases. Nothing may be added any more. */
  moveTo(tree: KeyTree, attachments: LeaseAttachments): void {
    this.#slots = undefined
    const order = this.#isSorted ? undefined : this.#sortedRows()
    for (let from = 0; from < this.#rows; from += tree.chunkSize) {
      const to = Math.min(this.#rows, from + tree.chunkSize)
      let live = 0
      for (let index = from; index < to; index++) {
        const row = order === undefined ? index : (order[index] as number)
        if (this.#createRevision[row] !== 0) live += 1
        const lease = this.#lease[row] as bigint
        if (lease !== 0n) attachments.attach(lease, this.#key(row))
      }
      const first = this.#key(order === undefined ? from : (order[from] as number))
      tree.append(first, { count: to - from, unpack: () => this.#entries(order, from, to) }, live)
    }
  }

  #entries(order: Uint32Array | undefined, from: number, to: number): KeyEntry[] {
    const entries: KeyEntry[] = []
    for (let index = from; index < to; index++) {
      const row = order === undefined ? index : (order[index] as number)
      const entry = new KeyEntry(this.#key(row), this.#older.get(row))
      entry.main = this.#main[row] as number
      entry.sub = this.#sub[row] as number
      entry.createRevision = this.#createRevision[row] as number
      entry.version = this.#version[row] as number
      entry.lease = this.#lease[row] as bigint
      entry.bytes = this.#bytes[row] as number
      entries.push(entry)
    }
    return entries
  }

  #key(row: number): string {
    return this.#keys.toString('latin1', this.#keyStart[row], this.#keyStart[row + 1])
  }

  #keepOlder(row: number, main: number): void {
    const mark = (this.#sub[row] as number) * 2 + (this.#createRevision[row] === 0 ? 1 : 0)
    const older = this.#older.get(row)
    if (older === undefined) this.#older.set(row, [main, mark])
    else older.push(main, mark)
  }

  #rowOf(bytes: Buffer, start: number, end: number): number {
    const order = this.#greatest === none ? 1 : this.#compare(this.#greatest, bytes, start, end)
    if (order === 0) return this.#greatest
    if (order > 0 && this.#slots === undefined) {
      this.#greatest = this.#append(bytes, start, end)
      return this.#greatest
    }
    this.#slots ??= this.#makeSlots(this.#rows * 4)
    let slots = this.#slots
    const hash = hashOf(bytes, start, end)
    let slot = hash & (slots.length - 1)
    for (; slots[slot] !== none; slot = (slot + 1) & (slots.length - 1)) {
      const row = slots[slot] as number
      if (this.#compare(row, bytes, start, end) === 0) return row
    }
    const row = this.#append(bytes, start, end)
    slots[slot] = row
    if (this.#rows * 2 > slots.length) slots = this.#slots = this.#makeSlots(this.#rows * 4)
    if (order > 0) this.#greatest = row
    else this.#isSorted = false
    return row
  }

  #append(bytes: Buffer, start: number, end: number): number {
    const row = this.#rows
    if (row === this.#main.length) this.#grow(row * 2)
    const keyStart = this.#keyStart[row] as number
    const keyEnd = keyStart + end - start
    if (keyEnd > this.#keys.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(keyEnd, this.#keys.length * 2))
      this.#keys.copy(larger, 0, 0, keyStart)
      this.#keys = larger
    }
    const keys = this.#keys
    for (let at = start, to = keyStart; at < end; at++, to++) keys[to] = bytes[at] as number
    this.#keyStart[row + 1] = keyEnd
    this.#rows = row + 1
    return row
  }

  #grow(rows: number): void {
    const more = (before: Float64Array, size = rows): Float64Array<ArrayBuffer> => {
      const after = new Float64Array(size)
      after.set(before)
      return after
    }
    this.#keyStart = more(this.#keyStart, rows + 1)
    this.#main = more(this.#main)
    this.#sub = more(this.#sub)
    this.#createRevision = more(this.#createRevision)
    this.#version = more(this.#version)
    this.#bytes = more(this.#bytes)
    const leases = new BigInt64Array(rows)
    leases.set(this.#lease)
    this.#lease = leases
  }

  #makeSlots(atLeast: number): Int32Array {
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(atLeast, 16)))).fill(none)
    for (let row = 0; row < this.#rows; row++) {
      let slot = hashOf(this.#keys, this.#keyStart[row] as number, this.#keyStart[row + 1] as number)
      for (slot &= slots.length - 1; slots[slot] !== none; ) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = row
    }
    return slots
  }

  /** Above 0 when the key in `bytes` comes after the row's. */
  #compare(row: number, bytes: Uint8Array, start: number, end: number): number {
    const keys = this.#keys
    const keyStart = this.#keyStart[row] as number
    const keyEnd = this.#keyStart[row + 1] as number
    const length = Math.min(end - start, keyEnd - keyStart)
    for (let at = 0; at < length; at++) {
      const difference = (bytes[start + at] as number) - (keys[keyStart + at] as number)
      if (difference !== 0) return difference
    }
    return end - start - (keyEnd - keyStart)
  }

  #sortedRows(): Uint32Array {
    const keys = this.#keys
    const before = (a: number, b: number): boolean =>
      this.#compare(a, keys, this.#keyStart[b] as number, this.#keyStart[b + 1] as number) >= 0
    return sortedRows(this.#rows, before)
  }
}

/** A merge sort of the numbers below `rows`, which takes no more than a pass when they are in order. */
function sortedRows(rows: number, isBeforeOrSame: (a: number, b: number) => boolean): Uint32Array {
  let from = Uint32Array.from({ length: rows }, (_, row) => row)
  let to = new Uint32Array(rows)
  // Where runs that ascend by themselves start.
  let starts: number[] = [0]
  for (let row = 1; row < rows; row++) if (!isBeforeOrSame(row - 1, row)) starts.push(row)
  while (starts.length > 1) {
    const merged: number[] = []
    for (let run = 0; run < starts.length; run += 2) {
      const start = starts[run] as number
      const middle = starts[run + 1] ?? rows
      const end = starts[run + 2] ?? rows
      merged.push(start)
      let left = start
      let right = middle
      for (let at = start; at < end; at++) {
        const takesLeft = right >= end || (left < middle && isBeforeOrSame(from[left] as number, from[right] as number))
        to[at] = from[takesLeft ? left++ : right++] as number
      }
    }
    starts = merged
    const done = from
    from = to
    to = done
  }
  return from
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
