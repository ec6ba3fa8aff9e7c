import type { FileHandle } from 'node:fs/promises'
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

interface Element extends BoltItem {
  readonly flags: number
}

/** A page that a level above points to. */
interface Child {
  readonly firstKey: Uint8Array
  readonly page: number
}

/** Pages are collected in so many bytes before they are written. */
const slabBytes = 1 << 20

/**
 * Writes a bbolt file from front to back: each bucket's items once, in key order, so that a database of any size
 * takes little memory. The two meta pages come last, so a file that was not finished is not a valid one.
 */
export class BoltWriter {
  readonly #file: FileHandle
  readonly #buckets: { name: string; rootPage: number }[] = []
  #nextPage = 2
  readonly #slab = Buffer.allocUnsafeSlow(slabBytes)
  #slabUsed = 0
  #offset = 2 * pageSize

  constructor(file: FileHandle) {
    this.#file = file
  }

  /**
   * Writes one bucket.
   *
   * @param items in ascending byte order of their keys, each key once
   */
  async bucket(name: string, items: Iterable<BoltItem> | AsyncIterable<BoltItem>): Promise<void> {
    const leaves: Child[] = []
    let batch: Element[] = []
    let batchBytes = 0
    for await (const { key, value } of items) {
      const bytes = leafElementSize + key.length + value.length
      if (batch.length > 0 && pageHeaderSize + batchBytes + bytes > pageSize) {
        leaves.push(await this.#leaf(batch))
        batch = []
        batchBytes = 0
      }
      batch.push({ key, value, flags: 0 })
      batchBytes += bytes
    }
    if (batch.length > 0 || leaves.length === 0) leaves.push(await this.#leaf(batch))
    this.#buckets.push({ name, rootPage: await this.#branches(leaves) })
  }

  /** Writes the root bucket, the freelist and the meta pages, and syncs. The number of bytes of the file. */
  async finish(): Promise<number> {
    const names = this.#buckets.map(({ name, rootPage }) => {
      const value = Buffer.alloc(bucketHeaderSize)
      value.writeBigUInt64LE(BigInt(rootPage), 0)
      return { key: Buffer.from(name), value, flags: bucketElementFlag }
    })
    names.sort((a, b) => Buffer.compare(a.key, b.key))
    const rootPage = (await this.#leaf(names)).page
    const { page: freelistPage } = await this.#keep(await this.#page(pageFlags.freelist, 0, pageHeaderSize))
    await this.#flush()
    const meta = { pageSize, rootPage, freelistPage, pageCount: this.#nextPage }
    const pages = [encodeMetaPage(0, { ...meta, transactionId: 0n }), encodeMetaPage(1, { ...meta, transactionId: 1n })]
    await this.#file.write(Buffer.concat(pages), 0, 2 * pageSize, 0)
    await this.#file.sync()
    return this.#offset
  }

  async #leaf(elements: readonly Element[]): Promise<Child> {
    const headers = pageHeaderSize + elements.length * leafElementSize
    const dataBytes = elements.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
    const page = await this.#page(pageFlags.leaf, elements.length, headers + dataBytes)
    let data = headers
    elements.forEach(({ key, value, flags }, index) => {
      const at = pageHeaderSize + index * leafElementSize
      page.writeUInt32LE(flags, at)
      page.writeUInt32LE(data - at, at + 4)
      page.writeUInt32LE(key.length, at + 8)
      page.writeUInt32LE(value.length, at + 12)
      page.set(key, data)
      page.set(value, data + key.length)
      data += key.length + value.length
    })
    return this.#keep(page, elements[0]?.key)
  }

  /** Writes levels of branch pages until one page is left; that is the root. */
  async #branches(children: readonly Child[]): Promise<number> {
    let level = children
    while (level.length > 1) {
      const above: Child[] = []
      let batch: Child[] = []
      let bytes = pageHeaderSize
      for (const child of level) {
        const size = branchElementSize + child.firstKey.length
        // A branch of one child would never get fewer: keys too long for two to fit take overflow pages.
        if (batch.length >= 2 && bytes + size > pageSize) {
          above.push(await this.#branch(batch))
          batch = []
          bytes = pageHeaderSize
        }
        batch.push(child)
        bytes += size
      }
      above.push(await this.#branch(batch))
      level = above
    }
    return level[0]?.page ?? 0
  }

  async #branch(children: readonly Child[]): Promise<Child> {
    const headers = pageHeaderSize + children.length * branchElementSize
    const dataBytes = children.reduce((sum, { firstKey }) => sum + firstKey.length, 0)
    const page = await this.#page(pageFlags.branch, children.length, headers + dataBytes)
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
  async #page(flags: number, count: number, bytes: number): Promise<Buffer> {
    const pages = Math.ceil(bytes / pageSize)
    const size = pages * pageSize
    if (this.#slabUsed + size > slabBytes) await this.#flush()
    const isLarge = size > slabBytes
    const page = isLarge ? Buffer.alloc(size) : this.#slab.subarray(this.#slabUsed, this.#slabUsed + size).fill(0)
    writePageHeader(page, { id: this.#nextPage, flags, count, overflow: pages - 1 })
    return page
  }

  /** Counts in a page that is filled. */
  async #keep(page: Buffer, firstKey: Uint8Array = Buffer.alloc(0)): Promise<Child> {
    const child = { firstKey, page: this.#nextPage }
    this.#nextPage += page.length / pageSize
    if (page.length > slabBytes) await this.#write(page)
    else this.#slabUsed += page.length
    return child
  }

  async #flush(): Promise<void> {
    await this.#write(this.#slab.subarray(0, this.#slabUsed))
    this.#slabUsed = 0
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#offset)
      done += bytesWritten
      this.#offset += bytesWritten
    }
  }
}
