/** `_`, between main and sub. */
const separator = 0x5f
/** `t`, at the end of a tombstone's. */
const tombstoneMark = 0x74

/**
 * A revision as etcd stores it: main and sub as 64-bit big-endian numbers with `_` in between, and a `t` behind a
 * tombstone's. Source: etcd, mvcc/revision.go.
 */
export function etcdRevisionKey(main: number, sub: number, tombstone: boolean): Buffer {
  return fill(Buffer.allocUnsafe(tombstone ? 18 : 17), main, sub, tombstone)
}

const putKey = Buffer.alloc(17)
const tombstoneKey = Buffer.alloc(18)

/** The same in memory that the next call overwrites. */
export function etcdRevisionKeyView(main: number, sub: number, tombstone: boolean): Buffer {
  return fill(tombstone ? tombstoneKey : putKey, main, sub, tombstone)
}

function fill(key: Buffer, main: number, sub: number, tombstone: boolean): Buffer {
  putUint64(key, 0, main)
  key[8] = separator
  putUint64(key, 9, sub)
  if (tombstone) key[17] = tombstoneMark
  return key
}

/** Byte by byte, because this is done for each revision of a snapshot. */
function putUint64(key: Buffer, at: number, number: number): void {
  const high = number >= 2 ** 32 ? Math.floor(number / 2 ** 32) : 0
  const low = number >>> 0
  key[at] = high >>> 24
  key[at + 1] = high >>> 16
  key[at + 2] = high >>> 8
  key[at + 3] = high
  key[at + 4] = low >>> 24
  key[at + 5] = low >>> 16
  key[at + 6] = low >>> 8
  key[at + 7] = low
}

/** Undefined when it is none. */
export function parseEtcdRevisionKey(key: Buffer): { main: number; sub: number; tombstone: boolean } | undefined {
  const tombstone = key.length === 18 && key[17] === tombstoneMark
  if ((key.length !== 17 && !tombstone) || key[8] !== separator) return undefined
  const main = Number(key.readBigUInt64BE(0))
  const sub = Number(key.readBigUInt64BE(9))
  return Number.isSafeInteger(main) && Number.isSafeInteger(sub) ? { main, sub, tombstone } : undefined
}
