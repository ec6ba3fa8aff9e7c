import { readSync } from 'node:fs'

/**
 * LMDB's file format as far as it is needed to read a file without mapping it into memory. As written by the `lmdb`
 * package: little endian, page headers of 24 bytes with flags at 18, twice the number of nodes at 20 and, in the first
 * page of a large value, the number of its pages at 20.
 */
export const pageHeaderBytes = 24
export const nodeHeaderBytes = 8
const magic = 0xbeefc0de
const metaFlag = 0x08

export const pageFlags = { branch: 0x01, leaf: 0x02 } as const
/** A leaf's value lies on pages of its own, or is the record of a named tree. */
export const nodeFlags = { bigData: 0x01, subTree: 0x02 } as const
/** The root of an empty tree. */
export const noPage = 2n ** 64n - 1n
/** The record of a tree: among other things the number of its items, and its root. */
export const treeRecord = { bytes: 48, items: 32, root: 40 } as const
const metaFields = { trees: 24, lastPage: 120, txn: 128 } as const

/** What a meta page says: where the trees are, as of one transaction. */
export interface Meta {
  readonly pageSize: number
  /** Of free pages, and of the named trees. */
  readonly roots: readonly [bigint, bigint]
  readonly pages: bigint
  readonly txn: bigint
}

/** The newer of the two metas; undefined when either is none. */
export function readMeta(fd: number): Meta | undefined {
  const first = readMetaAt(fd, 0)
  const second = first && readMetaAt(fd, first.pageSize)
  return second && (second.txn > first.txn ? second : first)
}

function readMetaAt(fd: number, position: number): Meta | undefined {
  const page = Buffer.alloc(pageHeaderBytes + 144)
  if (readSync(fd, page, 0, page.length, position) < page.length) return undefined
  const meta = page.subarray(pageHeaderBytes)
  if ((page.readUInt16LE(18) & metaFlag) === 0 || meta.readUInt32LE(0) !== magic) return undefined
  const pageSize = meta.readUInt32LE(24)
  if (pageSize < 256 || pageSize > 65_536) return undefined
  return {
    pageSize,
    roots: [
      meta.readBigUInt64LE(metaFields.trees + treeRecord.root),
      meta.readBigUInt64LE(metaFields.trees + treeRecord.bytes + treeRecord.root),
    ],
    pages: meta.readBigUInt64LE(metaFields.lastPage) + 1n,
    txn: meta.readBigUInt64LE(metaFields.txn),
  }
}

/** The page that a branch's node points to. */
export function childOf(page: Buffer, node: number): bigint {
  const low = page.readUInt16LE(node) + page.readUInt16LE(node + 2) * 2 ** 16
  return BigInt(low) + (BigInt(page.readUInt16LE(node + 4)) << 32n)
}
