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
  key.writeUInt32BE(Math.floor(main / 2 ** 32), 0)
  key.writeUInt32BE(main % 2 ** 32, 4)
  key[8] = separator
  key.writeUInt32BE(Math.floor(sub / 2 ** 32), 9)
  key.writeUInt32BE(sub % 2 ** 32, 13)
  if (tombstone) key[17] = tombstoneMark
  return key
}

/** Undefined when it is none. */
export function parseEtcdRevisionKey(key: Buffer): { main: number; sub: number; tombstone: boolean } | undefined {
  const tombstone = key.length === 18 && key[17] === tombstoneMark
  if ((key.length !== 17 && !tombstone) || key[8] !== separator) return undefined
  const main = Number(key.readBigUInt64BE(0))
  const sub = Number(key.readBigUInt64BE(9))
  return Number.isSafeInteger(main) && Number.isSafeInteger(sub) ? { main, sub, tombstone } : undefined
}
