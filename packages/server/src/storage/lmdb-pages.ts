import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ReadAt } from './lmdb-format.ts'

/** What is read at once: neighbours in a tree are mostly neighbours in its file too. */
const windowBytes = 64 * 1024

/** Plain reads of an LMDB file, a window at a time. */
export class PageFile {
  readonly size: number
  readonly readAt: ReadAt
  readonly #fd: number
  readonly #window = Buffer.allocUnsafeSlow(windowBytes)
  #windowStart = -1
  #windowEnd = -1

  constructor(path: string) {
    this.#fd = openSync(path, 'r')
    this.size = fstatSync(this.#fd).size
    this.readAt = (target, position) => readSync(this.#fd, target, 0, target.length, position)
  }

  /** A view that the next call may overwrite; undefined when the file has no such page. */
  page(number: number, pageSize: number): Buffer | undefined {
    const start = number * pageSize
    if (start < this.#windowStart || start + pageSize > this.#windowEnd) {
      if (start + pageSize > this.size) return undefined
      const length = Math.min(windowBytes, this.size - start)
      this.#windowStart = start
      this.#windowEnd = start + readSync(this.#fd, this.#window, 0, length, start)
      if (start + pageSize > this.#windowEnd) return undefined
    }
    const at = start - this.#windowStart
    return this.#window.subarray(at, at + pageSize)
  }

  /** Bytes of their own; undefined when the file ends before. */
  bytes(position: number, length: number): Buffer | undefined {
    if (position + length > this.size) return undefined
    const bytes = Buffer.allocUnsafe(length)
    return readSync(this.#fd, bytes, 0, length, position) === length ? bytes : undefined
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Pages by number, to notice one that is used twice. */
export class PageSet {
  readonly #bits: Uint8Array

  constructor(pages: number) {
    this.#bits = new Uint8Array(Math.ceil(pages / 8))
  }

  /** Whether it was in the set before. */
  add(page: number): boolean {
    const byte = this.#bits[page >>> 3] as number
    const bit = 1 << (page & 7)
    if ((byte & bit) !== 0) return true
    this.#bits[page >>> 3] = byte | bit
    return false
  }
}
