import { bucketNames, consistentIndexKey, storageVersionKey, termKey } from '../bolt/etcd-layout.ts'
import { crc32c } from '../mvcc/crc32c.ts'
import { etcdRevisionKeyView } from '../mvcc/etcd-revision-key.ts'
import type { RevisionVisitor } from '../storage/storage.ts'
import type { EtcdBucket } from './etcd-buckets.ts'

/** Takes a store bucket by bucket, each item once, in the order of the keys. */
export interface BucketSink {
  startBucket?(name: string): void
  /** The value is in `value` from `start` to `end`. Key and value may change afterwards. */
  add(key: Uint8Array, value: Uint8Array, start: number, end: number): void
  endBucket?(name: string): void
}

/** @param visitKeys visits every stored revision */
export async function fillSink(
  sink: BucketSink,
  buckets: readonly EtcdBucket[],
  visitKeys: (visit: RevisionVisitor) => void | Promise<void>,
): Promise<void> {
  for (const { name, items } of buckets) {
    sink.startBucket?.(name)
    if (items === undefined)
      await visitKeys((main, sub, tombstone, bytes, start, end) =>
        sink.add(etcdRevisionKeyView(main, sub, tombstone), bytes, start, end),
      )
    else for (const { key, value } of items) sink.add(key, value, 0, value.length)
    sink.endBucket?.(name)
  }
}

/** Keys of the meta bucket that differ between members with the same data. */
const ignoredMetaKeys: ReadonlySet<string> = new Set([consistentIndexKey, termKey, storageVersionKey])

/**
 * CRC-32C over each bucket's name, keys and values, without the keys that differ between members.
 * Source: etcd 3.7, storage/backend/backend.go (Hash) and storage/schema/bucket.go (DefaultIgnores).
 */
export class HashSink implements BucketSink {
  #bucket = ''
  value = 0

  startBucket(name: string): void {
    this.#bucket = name
    this.value = crc32c(Buffer.from(name), this.value)
  }

  add(key: Uint8Array, value: Uint8Array, start: number, end: number): void {
    if (this.#bucket === bucketNames.meta && ignoredMetaKeys.has(Buffer.from(key).toString())) return
    this.value = crc32c(value, crc32c(key, this.value), start, end)
  }
}
