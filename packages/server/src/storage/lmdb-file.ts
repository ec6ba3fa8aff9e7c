import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { WaypostError } from '@waypost/core'

/**
 * What of LMDB's file format is needed to tell a file that was cut off, before it is mapped into memory, where a
 * missing page would end the process. As written by the `lmdb` package: little endian, page headers of 24 bytes.
 */
const pageHeaderBytes = 24
const magic = 0xbeefc0de
const metaFlag = 0x08
const branchFlag = 0x01
const leafFlag = 0x02
const bigDataFlag = 0x01
const subTreeFlag = 0x02
const noPage = 2n ** 64n - 1n

interface Meta {
  readonly pageSize: number
  readonly roots: readonly bigint[]
  readonly pages: bigint
  readonly txn: bigint
}

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

function isIntact(fd: number, size: number): boolean {
  const first = readMeta(fd, 0)
  if (first === undefined) return false
  const second = readMeta(fd, first.pageSize)
  if (second === undefined) return false
  const meta = second.txn > first.txn ? second : first
  // A file may well be shorter than its last page when that one is free; then the pages in use are looked up.
  if (meta.pages * BigInt(meta.pageSize) <= BigInt(size)) return true
  const walk = new TreeWalk(fd, meta.pageSize, BigInt(Math.floor(size / meta.pageSize)))
  return meta.roots.every((root) => walk.hasAll(root))
}

function readMeta(fd: number, position: number): Meta | undefined {
  const page = Buffer.alloc(pageHeaderBytes + 144)
  if (readSync(fd, page, 0, page.length, position) < page.length) return undefined
  const meta = page.subarray(pageHeaderBytes)
  if ((page.readUInt16LE(18) & metaFlag) === 0 || meta.readUInt32LE(0) !== magic) return undefined
  const pageSize = meta.readUInt32LE(24)
  if (pageSize < 256 || pageSize > 65_536) return undefined
  return {
    pageSize,
    roots: [meta.readBigUInt64LE(24 + 40), meta.readBigUInt64LE(24 + 48 + 40)],
    pages: meta.readBigUInt64LE(120) + 1n,
    txn: meta.readBigUInt64LE(128),
  }
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
    if ((flags & (branchFlag | leafFlag)) === 0) return false
    const count = page.readUInt16LE(20) >>> 1
    for (let index = 0; index < count; index++) {
      const offset = page.readUInt16LE(pageHeaderBytes + index * 2) + pageHeaderBytes
      if (offset + 8 > page.length) return false
      const isThere = (flags & branchFlag) !== 0 ? this.hasAll(childOf(page, offset)) : this.#hasValue(page, offset)
      if (!isThere) return false
    }
    return true
  }

  #hasValue(page: Buffer, offset: number): boolean {
    const flags = page.readUInt16LE(offset + 4)
    const data = offset + 8 + page.readUInt16LE(offset + 6)
    if ((flags & subTreeFlag) !== 0) return data + 48 <= page.length && this.hasAll(page.readBigUInt64LE(data + 40))
    if ((flags & bigDataFlag) === 0) return true
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

function childOf(page: Buffer, offset: number): bigint {
  const low = page.readUInt16LE(offset) + page.readUInt16LE(offset + 2) * 2 ** 16
  return BigInt(low) + (BigInt(page.readUInt16LE(offset + 4)) << 32n)
}

function foreign(path: string): WaypostError {
  return new WaypostError(
    'data-dir-foreign',
    `${path} is not a tree of Waypost, or it was cut off. Nothing was changed.`,
  )
}
