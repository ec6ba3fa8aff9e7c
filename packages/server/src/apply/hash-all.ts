import { bucketNames, consistentIndexKey } from '../bolt/etcd-layout.ts'
import { crc32c } from '../mvcc/crc32c.ts'
import type { EtcdBucket } from './etcd-buckets.ts'

/**
 * CRC-32C over everything: each bucket's name, and its keys and values but the consistent index.
 * Source: etcd, mvcc/backend/backend.go, Hash.
 */
export async function hashAll(buckets: readonly EtcdBucket[]): Promise<number> {
  let hash = 0
  for (const { name, items } of buckets) {
    hash = crc32c(Buffer.from(name), hash)
    for await (const { key, value } of items) {
      if (name === bucketNames.meta && Buffer.from(key).toString() === consistentIndexKey) continue
      hash = crc32c(value, crc32c(key, hash))
    }
  }
  return hash
}
