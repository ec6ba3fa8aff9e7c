/** Keys of revisions in the tree: main and sub, both as 64-bit big-endian numbers, and a mark for a tombstone. */
const tombstoneMark = 0x74
const putKeyBytes = 16
export const tombstoneKeyBytes = 17

const putKey = Buffer.alloc(putKeyBytes)
const tombstoneKey = Buffer.alloc(tombstoneKeyBytes, tombstoneMark)

/** A view of a buffer that the next call overwrites: the tree copies keys. */
export function revisionKey(main: number, sub: number, tombstone: boolean): Buffer {
  const key = tombstone ? tombstoneKey : putKey
  key.writeUInt32BE(Math.floor(main / 2 ** 32), 0)
  key.writeUInt32BE(main % 2 ** 32, 4)
  key.writeUInt32BE(Math.floor(sub / 2 ** 32), 8)
  key.writeUInt32BE(sub % 2 ** 32, 12)
  return key
}

export function parseRevisionKey(key: Buffer): { main: number; sub: number; tombstone: boolean } {
  return {
    main: key.readUInt32BE(0) * 2 ** 32 + key.readUInt32BE(4),
    sub: key.readUInt32BE(8) * 2 ** 32 + key.readUInt32BE(12),
    tombstone: key.length === tombstoneKeyBytes,
  }
}

export function leaseKey(id: bigint): Buffer {
  const key = Buffer.alloc(8)
  key.writeBigInt64BE(id)
  return key
}
