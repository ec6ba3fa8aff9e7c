import { boolean, checkOptions } from '@waypost/core/options'
import { asBuffer } from '@waypost/protocol'
import { bucketNames, storageVersionKey } from '../bolt/etcd-layout.ts'
import { crc32c } from '../mvcc/crc32c.ts'
import { parseEtcdRevisionKey } from '../mvcc/etcd-revision-key.ts'
import { keyOf } from '../mvcc/kv-bytes.ts'
import { SnapshotReader } from './snapshot-reader.ts'

export interface SnapshotStatus {
  /** CRC-32C over the buckets' names, keys and values. */
  readonly hash: number
  /** The revision of the last change in it. */
  readonly revision: number
  /** The number of keys that are there at that revision. */
  readonly totalKeys: number
  readonly totalBytes: number
  /** The version of etcd's layout; empty in snapshots of etcd before 3.6. */
  readonly version: string
}

/**
 * What `etcdutl snapshot status` shows of a file. Throws `not-found`, and `invalid-argument` when the file is no
 * snapshot or is damaged.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises'
 *
 * await etcd.kv.put('/greeting', 'hello')
 * await writeFile('status.db', etcd.maintenance.snapshot(), { mode: 0o600 })
 * const { totalKeys } = await snapshotStatus('status.db')
 * console.log(totalKeys > 0) // true
 * ```
 */
export async function snapshotStatus(
  path: string,
  options: { readonly skipHashCheck?: boolean | undefined } = {},
): Promise<SnapshotStatus> {
  checkOptions('snapshotStatus', options, { skipHashCheck: boolean })
  const snapshot = await SnapshotReader.open(path, { skipHashCheck: options.skipHashCheck ?? false })
  try {
    let hash = 0
    let revision = 0
    let version = ''
    const liveKeys = new Set<string>()
    for (const name of snapshot.bucketNames) {
      hash = crc32c(Buffer.from(name), hash)
      for await (const { key, value } of snapshot.items(name)) {
        hash = crc32c(value, crc32c(key, hash))
        if (name === bucketNames.meta && asBuffer(key).toString() === storageVersionKey)
          version = asBuffer(value).toString()
        const change = name === bucketNames.key ? parseEtcdRevisionKey(asBuffer(key)) : undefined
        if (change === undefined) continue
        revision = change.main
        if (change.tombstone) liveKeys.delete(keyOf(value))
        else liveKeys.add(keyOf(value))
      }
    }
    return { hash, revision, totalKeys: liveKeys.size, totalBytes: snapshot.totalBytes, version }
  } finally {
    await snapshot.close()
  }
}
