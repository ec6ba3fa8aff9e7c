/**
 * The file format of bbolt, the B+ tree under etcd, as far as writing a fresh file and reading a sound one needs it.
 *
 * A file is pages. A page is a header (id, flags, count, overflow), then `count` elements, then their keys and values.
 * Pages 0 and 1 are meta pages: the valid one with the higher transaction id names the root bucket, whose leaves hold
 * the other buckets' roots. All integers are little-endian.
 *
 * Source: the public layout of go.etcd.io/bbolt (page.go, db.go).
 */
export const pageSize = 4096
export const pageHeaderSize = 16
export const leafElementSize = 16
export const branchElementSize = 16
export const bucketHeaderSize = 16

export const pageFlags = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const

/** Marks a leaf element whose value is a bucket. */
export const bucketElementFlag = 0x01

export interface PageHeader {
  readonly id: number
  readonly flags: number
  readonly count: number
  /** How many pages follow that belong to this one. */
  readonly overflow: number
}

export function writePageHeader(target: Buffer, page: PageHeader): void {
  target.writeBigUInt64LE(BigInt(page.id), 0)
  target.writeUInt16LE(page.flags, 8)
  target.writeUInt16LE(page.count, 10)
  target.writeUInt32LE(page.overflow, 12)
}

export function readPageHeader(source: Buffer): PageHeader {
  return {
    id: Number(source.readBigUInt64LE(0)),
    flags: source.readUInt16LE(8),
    count: source.readUInt16LE(10),
    overflow: source.readUInt32LE(12),
  }
}

export interface Meta {
  readonly pageSize: number
  /** The root bucket's first page. */
  readonly rootPage: number
  readonly freelistPage: number
  /** The number of pages in use: one more than the highest page id. */
  readonly pageCount: number
  readonly transactionId: bigint
}

const magic = 0xed0cdaed
const version = 2
const metaSize = 64
const checksumOffset = 56

/** A whole meta page. `id` is 0 or 1. */
export function encodeMetaPage(id: number, meta: Meta): Buffer {
  const page = Buffer.alloc(meta.pageSize)
  writePageHeader(page, { id, flags: pageFlags.meta, count: 0, overflow: 0 })
  const body = page.subarray(pageHeaderSize, pageHeaderSize + metaSize)
  body.writeUInt32LE(magic, 0)
  body.writeUInt32LE(version, 4)
  body.writeUInt32LE(meta.pageSize, 8)
  body.writeBigUInt64LE(BigInt(meta.rootPage), 16)
  body.writeBigUInt64LE(BigInt(meta.freelistPage), 32)
  body.writeBigUInt64LE(BigInt(meta.pageCount), 40)
  body.writeBigUInt64LE(meta.transactionId, 48)
  body.writeBigUInt64LE(fnv1a64(body.subarray(0, checksumOffset)), checksumOffset)
  return page
}

/** Undefined when it is not a sound meta page. */
export function decodeMetaPage(page: Buffer): Meta | undefined {
  if (page.length < pageHeaderSize + metaSize) return undefined
  const body = page.subarray(pageHeaderSize, pageHeaderSize + metaSize)
  if (body.readUInt32LE(0) !== magic || body.readUInt32LE(4) !== version) return undefined
  if (body.readBigUInt64LE(checksumOffset) !== fnv1a64(body.subarray(0, checksumOffset))) return undefined
  return {
    pageSize: body.readUInt32LE(8),
    rootPage: Number(body.readBigUInt64LE(16)),
    freelistPage: Number(body.readBigUInt64LE(32)),
    pageCount: Number(body.readBigUInt64LE(40)),
    transactionId: body.readBigUInt64LE(48),
  }
}

/** Source: Fowler, Noll, Vo: FNV-1a, 64 bits. */
function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}
