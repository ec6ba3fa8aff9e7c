/** `_`, between main and sub. */
const separator = 0x5f
/** `t`, at the end of a tombstone's. */
const tombstoneMark = 0x74

/**
 * A revision as etcd stores it: main and sub as 64-bit big-endian numbers with `_` in between, and a `t` behind a
 * tombstone's. Source: etcd, mvcc/revision.go.
 */
export function etcdRevisionKey(main: number, sub: number, tombstone: boolean): Buffer {
  const key = Buffer.allocUnsafe(tombstone ? 18 : 17)
  key.writeBigUInt64BE(BigInt(main), 0)
  key[8] = separator
  key.writeBigUInt64BE(BigInt(sub), 9)
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
