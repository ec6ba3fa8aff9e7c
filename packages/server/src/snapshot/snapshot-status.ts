import { asBuffer } from '@waypost/protocol'
import { bucketNames } from '../bolt/etcd-layout.ts'
import { crc32c } from '../mvcc/crc32c.ts'
import { parseEtcdRevisionKey } from '../mvcc/etcd-revision-key.ts'
import { SnapshotReader } from './snapshot-reader.ts'

export interface SnapshotStatus {
  /** CRC-32C over the buckets' names, keys and values. */
  readonly hash: number
  /** The revision of the last change in it. */
  readonly revision: number
  /** Items in all buckets: versions of keys, and what the store keeps besides. */
  readonly totalKeys: number
  readonly totalBytes: number
}

/** What `etcdctl snapshot status` tells of a file. Throws like `SnapshotReader.open`. */
export async function snapshotStatus(
  path: string,
  options: { readonly skipHashCheck?: boolean } = {},
): Promise<SnapshotStatus> {
  const snapshot = await SnapshotReader.open(path, options)
  try {
    let hash = 0
    let revision = 0
    let totalKeys = 0
    for (const name of snapshot.bucketNames) {
      hash = crc32c(Buffer.from(name), hash)
      for await (const { key, value } of snapshot.items(name)) {
        hash = crc32c(value, crc32c(key, hash))
        totalKeys += 1
        if (name === bucketNames.key) revision = parseEtcdRevisionKey(asBuffer(key))?.main ?? revision
      }
    }
    return { hash, revision, totalKeys, totalBytes: snapshot.totalBytes }
  } finally {
    await snapshot.close()
  }
}
