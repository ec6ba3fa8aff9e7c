import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { WaypostError } from '@waypost/core'
import {
  childOf,
  nodeFlags,
  nodeHeaderBytes,
  noPage,
  pageFlags,
  pageHeaderBytes,
  readMeta,
  treeRecord,
} from './lmdb-format.ts'

/** Throws `WaypostError` with `data-dir-foreign` when the tree's file is no LMDB file or lacks pages that it uses. */
export function assertTreeIntact(treePath: string): void {
  const path = join(treePath, 'data.mdb')
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  try {
    const { size } = fstatSync(fd)
    // An empty file is what a crash leaves at the very first start.
    if (size > 0 && !isIntact(fd, size)) throw foreign(path)
  } finally {
    closeSync(fd)
  }
}

/** Missing pages are to be noticed before the file is mapped into memory, where they would end the process. */
function isIntact(fd: number, size: number): boolean {
  try {
    return hasItsPages(fd, size)
  } catch (error) {
    // Pages that make no sense point beyond themselves, or round in circles.
    if (error instanceof RangeError) return false
    throw error
  }
}

function hasItsPages(fd: number, size: number): boolean {
  const meta = readMeta(fd)
  if (meta === undefined) return false
  // A file may well be shorter than its last page when that one is free; then the pages in use are looked up.
  if (meta.pages * BigInt(meta.pageSize) <= BigInt(size)) return true
  const walk = new TreeWalk(fd, meta.pageSize, BigInt(Math.floor(size / meta.pageSize)))
  return meta.roots.every((root) => walk.hasAll(root))
}

class TreeWalk {
  readonly #fd: number
  readonly #pageSize: number
  readonly #pages: bigint

  constructor(fd: number, pageSize: number, pages: bigint) {
    this.#fd = fd
    this.#pageSize = pageSize
    this.#pages = pages
  }

  /** Whether the file has the page and all those below it. */
  hasAll(number: bigint): boolean {
    if (number === noPage) return true
    if (number >= this.#pages) return false
    const page = this.#read(number)
    const flags = page.readUInt16LE(18)
    if ((flags & (pageFlags.branch | pageFlags.leaf)) === 0) return false
    const count = page.readUInt16LE(20) >>> 1
    for (let index = 0; index < count; index++) {
      const offset = page.readUInt16LE(pageHeaderBytes + index * 2) + pageHeaderBytes
      if (offset + nodeHeaderBytes > page.length) return false
      const isThere =
        (flags & pageFlags.branch) !== 0 ? this.hasAll(childOf(page, offset)) : this.#hasValue(page, offset)
      if (!isThere) return false
    }
    return true
  }

  #hasValue(page: Buffer, offset: number): boolean {
    const flags = page.readUInt16LE(offset + 4)
    const data = offset + nodeHeaderBytes + page.readUInt16LE(offset + 6)
    if ((flags & nodeFlags.subTree) !== 0)
      return data + treeRecord.bytes <= page.length && this.hasAll(page.readBigUInt64LE(data + treeRecord.root))
    if ((flags & nodeFlags.bigData) === 0) return true
    if (data + 8 > page.length) return false
    const first = page.readBigUInt64LE(data)
    if (first >= this.#pages) return false
    return first + BigInt(this.#read(first).readUInt32LE(20)) <= this.#pages
  }

  #read(number: bigint): Buffer {
    const page = Buffer.alloc(this.#pageSize)
    readSync(this.#fd, page, 0, page.length, number * BigInt(this.#pageSize))
    return page
  }
}

function foreign(path: string): WaypostError {
  return new WaypostError(
    'data-dir-foreign',
    `${path} is not a tree of Waypost, or it was cut off. Nothing was changed.`,
  )
}
