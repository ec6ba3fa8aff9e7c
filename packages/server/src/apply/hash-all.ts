import { bucketNames, consistentIndexKey, storageVersionKey, termKey } from '../bolt/etcd-layout.ts'
import { crc32c } from '../mvcc/crc32c.ts'
import type { EtcdBucket } from './etcd-buckets.ts'

/** Keys of the meta bucket that differ between members with the same data. */
const ignoredMetaKeys: ReadonlySet<string> = new Set([consistentIndexKey, termKey, storageVersionKey])

/**
 * CRC-32C over each bucket's name, keys and values, without the keys that differ between members.
 * Source: etcd 3.7, storage/backend/backend.go (Hash) and storage/schema/bucket.go (DefaultIgnores).
 */
export async function hashAll(buckets: readonly EtcdBucket[]): Promise<number> {
  let hash = 0
  for (const { name, items } of buckets) {
    hash = crc32c(Buffer.from(name), hash)
    for await (const { key, value } of items) {
      if (name === bucketNames.meta && ignoredMetaKeys.has(Buffer.from(key).toString())) continue
      hash = crc32c(value, crc32c(key, hash))
    }
  }
  return hash
}
