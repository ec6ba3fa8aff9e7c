import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Maintenance, SnapshotRequest } from '@waypost/protocol'
import { snapshotStatus } from '@waypost/server'
import { makeTempDir, removeTempDir } from '../../src/index.ts'
import type { Wire } from '../../src/wire/wire.ts'

/** The whole stream: a database, and its SHA-256. Rejects with `RpcError` when it does not come to its end. */
export function takeSnapshot(wire: Wire): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const blobs: Uint8Array[] = []
    const stream = wire.connection.stream(Maintenance.snapshot, {
      onMessage: ({ blob }) => blobs.push(blob),
      onEnd: (error) => {
        if (error) reject(error)
        else resolve(Buffer.concat(blobs))
      },
    })
    stream.send(SnapshotRequest.create({}))
    stream.closeSend()
  })
}

/**
 * Takes a snapshot and reads it; the revision of the last change in it. Rejects with `RpcError` when it does not come
 * to its end, and with another error when what came is no whole database.
 */
export async function snapshotRevision(wire: Wire): Promise<bigint> {
  const content = await takeSnapshot(wire)
  const directory = makeTempDir('crash-snapshot')
  try {
    const path = join(directory, 'snapshot.db')
    writeFileSync(path, content)
    return BigInt((await snapshotStatus(path)).revision)
  } finally {
    await removeTempDir(directory)
  }
}
