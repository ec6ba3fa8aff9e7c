/**
 * LMDB's file format as far as it is needed to read and check a file without mapping it into memory. As written by the
 * `lmdb` package on a little-endian machine. Source: the package's own `mdb.c` (data version 2).
 *
 * - Page header (24 bytes): page number (8), transaction (8), pad (2), flags (2), then the bounds of the free space (2 and
 *   2), counted from the end of the header, or, in the first page of a large value, the number of its pages (4).
 * - A branch or leaf page: after the header the offsets of its nodes (2 each), nodes at the end.
 * - Node: length of the value (4), flags (2), length of the key (2), key, value. In a branch page the first six bytes are
 *   the number of the child page. A large value is a reference: first page (8), transaction (8), number of pages (8).
 * - Record of a tree (48 bytes): see `TreeRecord`.
 */
export const pageHeaderBytes = 24
export const nodeHeaderBytes = 8
export const largeReferenceBytes = 24
export const treeRecordBytes = 48
const magic = 0xbeefc0de
const dataVersion = 2
const metaFlag = 0x08

export const pageFlags = { branch: 0x01, leaf: 0x02, large: 0x04 } as const
/** A leaf's value lies on pages of its own, or is the record of a named tree. */
export const nodeFlags = { large: 0x01, tree: 0x02 } as const
/** Keys are native integers. */
export const integerKeysFlag = 0x08
/** LMDB's cursors cannot go deeper. */
export const maxDepth = 32

/** The root of an empty tree, as `readNumber` reads it. */
export const noPage = 2 ** 64

const metaFields = { version: 4, address: 8, trees: 24, lastPage: 120, txn: 128 } as const
const metaBytes = 136

/** What the file says of one of its trees. */
export interface TreeRecord {
  readonly pad: number
  readonly flags: number
  /** Levels of pages; 0 when it is empty. */
  readonly depth: number
  readonly branchPages: number
  readonly leafPages: number
  /** Pages of large values. */
  readonly largePages: number
  readonly items: number
  readonly root: number
}

/** What a meta page says: where the trees are, as of one transaction. */
export interface Meta {
  readonly pageSize: number
  readonly freePages: TreeRecord
  /** The tree of the named trees. */
  readonly main: TreeRecord
  readonly pages: number
  readonly txn: number
}

/** Reads bytes of a file; fewer than asked for at its end. */
export type ReadAt = (target: Buffer, position: number) => number

/** The newer of the two metas; undefined when either is none. */
export function readMeta(readAt: ReadAt): Meta | undefined {
  const first = readMetaAt(readAt, 0)
  const second = first && readMetaAt(readAt, first.pageSize)
  return second && (second.txn > first.txn ? second : first)
}

function readMetaAt(readAt: ReadAt, position: number): Meta | undefined {
  const page = Buffer.alloc(pageHeaderBytes + metaBytes)
  if (readAt(page, position) < page.length) return undefined
  const meta = page.subarray(pageHeaderBytes)
  if ((page.readUInt16LE(18) & metaFlag) === 0 || meta.readUInt32LE(0) !== magic) return undefined
  if ((meta.readUInt32LE(metaFields.version) & 0xffff) !== dataVersion || readNumber(meta, metaFields.address) !== 0)
    return undefined
  const freePages = readTreeRecord(meta, metaFields.trees)
  const pageSize = freePages.pad
  if (pageSize < 256 || pageSize > 65_536) return undefined
  return {
    pageSize,
    freePages,
    main: readTreeRecord(meta, metaFields.trees + treeRecordBytes),
    pages: readNumber(meta, metaFields.lastPage) + 1,
    txn: readNumber(meta, metaFields.txn),
  }
}

export function readTreeRecord(bytes: Buffer, at: number): TreeRecord {
  return {
    pad: bytes.readUInt32LE(at),
    flags: bytes.readUInt16LE(at + 4),
    depth: bytes.readUInt16LE(at + 6),
    branchPages: readNumber(bytes, at + 8),
    leafPages: readNumber(bytes, at + 16),
    largePages: readNumber(bytes, at + 24),
    items: readNumber(bytes, at + 32),
    root: readNumber(bytes, at + 40),
  }
}

/** A 64-bit number. Above 2^53 it is not exact, and larger than anything that a sound file holds. */
export function readNumber(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at)
}

/** The page that a branch's node points to. */
export function childOf(page: Buffer, node: number): number {
  return page.readUInt16LE(node) + page.readUInt16LE(node + 2) * 2 ** 16 + page.readUInt16LE(node + 4) * 2 ** 32
}
