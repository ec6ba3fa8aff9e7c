import { writeSync } from 'node:fs'
import {
  branchElementSize,
  bucketElementFlag,
  bucketHeaderSize,
  encodeMetaPage,
  leafElementSize,
  pageFlags,
  pageHeaderSize,
  pageSize,
  writePageHeader,
} from './format.ts'

export interface BoltItem {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** A page that a level above points to. */
interface Child {
  readonly firstKey: Uint8Array
  readonly page: number
}

/** Pages are collected up to this number of bytes before they are written. */
const slabBytes = 1 << 20
/** Up to this length a loop costs less than the view that `set` needs. */
const maxInPlaceBytes = 256
const maxItemsPerPage = Math.floor((pageSize - pageHeaderSize) / leafElementSize)

/**
 * Writes a bbolt file from front to back: each bucket's items once, in key order, so that a database of any size
 * takes little memory. The two meta pages come last, so a file that was not finished is not a valid one.
 */
export class BoltWriter {
  readonly #fd: number
  readonly #buckets: { name: string; rootPage: number }[] = []
  #nextPage = 2
  readonly #slab = Buffer.allocUnsafeSlow(slabBytes)
  #slabUsed = 0
  #offset = 2 * pageSize
  /** Keys and values of the leaf that is being filled, one behind the other, and their lengths in turn. */
  #leafData = Buffer.allocUnsafeSlow(pageSize)
  #leafBytes = 0
  readonly #lengths = new Uint32Array(2 * maxItemsPerPage)
  #items = 0
  #leaves: Child[] = []

  /** @param fd of an empty file, open for writing */
  constructor(fd: number) {
    this.#fd = fd
  }

  /** Writes one bucket, its items in ascending byte order of their keys, each key once. */
  bucket(name: string, items: Iterable<BoltItem>): void {
    for (const { key, value } of items) this.add(key, value, 0, value.length)
    this.endBucket(name)
  }

  /** Adds an item, its value from `start` to `end`, to the bucket that `endBucket` ends. */
  add(key: Uint8Array, value: Uint8Array, start: number, end: number): void {
    const bytes = key.length + end - start
    const used = pageHeaderSize + this.#items * leafElementSize + this.#leafBytes
    if (this.#items > 0 && used + leafElementSize + bytes > pageSize) this.#endLeaf()
    if (this.#leafBytes + bytes > this.#leafData.length) this.#leafData = Buffer.allocUnsafeSlow(bytes)
    copy(key, 0, key.length, this.#leafData, this.#leafBytes)
    copy(value, start, end, this.#leafData, this.#leafBytes + key.length)
    this.#leafBytes += bytes
    this.#lengths[2 * this.#items] = key.length
    this.#lengths[2 * this.#items + 1] = end - start
    this.#items += 1
  }

  endBucket(name: string): void {
    if (this.#items > 0 || this.#leaves.length === 0) this.#endLeaf()
    this.#buckets.push({ name, rootPage: this.#branches(this.#leaves) })
    this.#leaves = []
  }

  /** Writes the root bucket, the freelist and the meta pages. Returns the number of bytes of the file. */
  finish(): number {
    const buckets = this.#buckets.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const { name, rootPage } of buckets) {
      const value = Buffer.alloc(bucketHeaderSize)
      value.writeBigUInt64LE(BigInt(rootPage), 0)
      this.add(Buffer.from(name), value, 0, value.length)
    }
    this.#endLeaf(bucketElementFlag)
    const rootPage = this.#leaves[0]?.page ?? 0
    const { page: freelistPage } = this.#keep(this.#page(pageFlags.freelist, 0, pageHeaderSize))
    this.#flush()
    const meta = { pageSize, rootPage, freelistPage, pageCount: this.#nextPage }
    const pages = [encodeMetaPage(0, { ...meta, transactionId: 0n }), encodeMetaPage(1, { ...meta, transactionId: 1n })]
    this.#writeAt(Buffer.concat(pages), 0)
    return this.#offset
  }

  #endLeaf(flags = 0): void {
    const headers = pageHeaderSize + this.#items * leafElementSize
    const page = this.#page(pageFlags.leaf, this.#items, headers + this.#leafBytes)
    const numbers = new DataView(page.buffer, page.byteOffset, page.length)
    let data = headers
    for (let index = 0; index < this.#items; index++) {
      const at = pageHeaderSize + index * leafElementSize
      const keyBytes = this.#lengths[2 * index] as number
      const valueBytes = this.#lengths[2 * index + 1] as number
      numbers.setUint32(at, flags, true)
      numbers.setUint32(at + 4, data - at, true)
      numbers.setUint32(at + 8, keyBytes, true)
      numbers.setUint32(at + 12, valueBytes, true)
      data += keyBytes + valueBytes
    }
    this.#leafData.copy(page, headers, 0, this.#leafBytes)
    const firstKey = Buffer.from(this.#leafData.subarray(0, this.#items === 0 ? 0 : this.#lengths[0]))
    this.#leaves.push(this.#keep(page, firstKey))
    this.#items = 0
    this.#leafBytes = 0
  }

  /** Writes levels of branch pages until one page is left; that is the root. */
  #branches(children: readonly Child[]): number {
    let level = children
    while (level.length > 1) {
      const above: Child[] = []
      let batch: Child[] = []
      let bytes = pageHeaderSize
      for (const child of level) {
        const size = branchElementSize + child.firstKey.length
        // A branch of one child would never get fewer: keys too long for two to fit take overflow pages.
        if (batch.length >= 2 && bytes + size > pageSize) {
          above.push(this.#branch(batch))
          batch = []
          bytes = pageHeaderSize
        }
        batch.push(child)
        bytes += size
      }
      above.push(this.#branch(batch))
      level = above
    }
    return level[0]?.page ?? 0
  }

  #branch(children: readonly Child[]): Child {
    const headers = pageHeaderSize + children.length * branchElementSize
    const dataBytes = children.reduce((sum, { firstKey }) => sum + firstKey.length, 0)
    const page = this.#page(pageFlags.branch, children.length, headers + dataBytes)
    let data = headers
    children.forEach(({ firstKey, page: childPage }, index) => {
      const at = pageHeaderSize + index * branchElementSize
      page.writeUInt32LE(data - at, at)
      page.writeUInt32LE(firstKey.length, at + 4)
      page.writeBigUInt64LE(BigInt(childPage), at + 8)
      page.set(firstKey, data)
      data += firstKey.length
    })
    return this.#keep(page, children[0]?.firstKey)
  }

  /** A page to be filled before the next one is asked for. */
  #page(flags: number, count: number, bytes: number): Buffer {
    const pages = Math.ceil(bytes / pageSize)
    const size = pages * pageSize
    if (this.#slabUsed + size > slabBytes) this.#flush()
    const isLarge = size > slabBytes
    const page = isLarge ? Buffer.alloc(size) : this.#slab.subarray(this.#slabUsed, this.#slabUsed + size).fill(0)
    writePageHeader(page, { id: this.#nextPage, flags, count, overflow: pages - 1 })
    return page
  }

  /** Counts in a page that is filled. */
  #keep(page: Buffer, firstKey: Uint8Array = Buffer.alloc(0)): Child {
    const child = { firstKey, page: this.#nextPage }
    this.#nextPage += page.length / pageSize
    if (page.length > slabBytes) this.#write(page)
    else this.#slabUsed += page.length
    return child
  }

  #flush(): void {
    this.#write(this.#slab.subarray(0, this.#slabUsed))
    this.#slabUsed = 0
  }

  #write(bytes: Buffer): void {
    this.#writeAt(bytes, this.#offset)
    this.#offset += bytes.length
  }

  #writeAt(bytes: Buffer, position: number): void {
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#fd, bytes, done, bytes.length - done, position + done)
  }
}

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > maxInPlaceBytes) to.set(from.subarray(start, end), at)
  else for (let source = start, target = at; source < end; source++, target++) to[target] = from[source] as number
}
