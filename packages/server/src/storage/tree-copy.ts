import { mkdirSync, rmSync } from 'node:fs'
import { encodeCheckpoint } from './checkpoint.ts'
import { leaseKey, revisionKey } from './lmdb-keys.ts'
import { LmdbTrees } from './lmdb-trees.ts'
import { revisionChecksumBytes, withChecksum, writeChecked } from './record-checksum.ts'
import { syncTree } from './sync-directory.ts'
import { RunningDigest } from './tree-digest.ts'
import { checkpointName, inspectTree, type TreeInspection } from './tree-inspection.ts'

/** What one transaction of the copy takes. */
const sliceItems = 1_000
const sliceBytes = 512 * 1024

/**
 * Writes what a tree's file holds into a new tree at `to`, durably, without mapping the old file into memory. Records
 * keep their checksums, so what is damaged stays known as damaged; records that have none get them.
 *
 * @param directory the data directory's name in messages
 */
export async function copyTree(
  from: string,
  to: string,
  options: {
    readonly directory: string
    readonly directoryId: string
    readonly hasChecksums: boolean
    /** Whether the keys are known to come in their order, so that pages can be filled one after the other. */
    readonly isOrdered?: boolean
  },
): Promise<TreeInspection> {
  const { hasChecksums, isOrdered: append = false } = options
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to)
  // Synced as a whole at the end.
  const trees = new LmdbTrees(to, options.directory, options.directoryId, 'unsynced')
  try {
    const digest = new RunningDigest()
    let slice: { readonly key: Buffer; readonly value: Buffer }[] = []
    let bytes = 0
    const write = (): void => {
      trees.root.transactionSync(() => {
        for (const { key, value } of slice) trees.revisions.putSync(key, value, { append })
      })
      slice = []
      bytes = 0
    }
    const inspection = inspectTree(from, {
      hasChecksums,
      revisions: 'all',
      visitsDamaged: true,
      visit: (main, sub, tombstone, page, start, end) => {
        const kv = page.subarray(start, end)
        const value = hasChecksums ? Buffer.from(kv) : checked(main, sub, tombstone, kv)
        slice.push({ key: Buffer.from(revisionKey(main, sub, tombstone)), value })
        digest.addRevision(main, sub, tombstone)
        bytes += value.length
        if (slice.length >= sliceItems || bytes >= sliceBytes) write()
      },
    })
    write()
    const { checkpoint } = inspection
    trees.root.transactionSync(() => {
      for (const [id, ttlSeconds] of inspection.leases) {
        const key = leaseKey(id)
        digest.changeLease(id, undefined, ttlSeconds)
        trees.leases.put(key, withChecksum(key, Buffer.from(String(ttlSeconds))))
      }
      for (const [name, value] of inspection.entries) {
        const key = Buffer.from(name)
        digest.changeEntry(name, undefined, value)
        trees.entries.put(key, withChecksum(key, value))
      }
      const key = Buffer.from(checkpointName)
      if (checkpoint !== undefined)
        trees.entries.put(
          key,
          withChecksum(key, encodeCheckpoint(checkpoint, checkpoint.digest ?? digest.value, options.directoryId)),
        )
    })
    await syncTree(to)
    return inspection
  } finally {
    await trees.close()
  }
}

function checked(main: number, sub: number, tombstone: boolean, kv: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(kv.length + revisionChecksumBytes)
  writeChecked(bytes, 0, { main, sub, tombstone, kv })
  return bytes
}
