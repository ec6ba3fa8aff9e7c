import { Maintenance, type SnapshotRequest, type SnapshotResponse } from '@waypost/protocol'
import { RpcError, type RpcHandler, type ServerStream, StatusCode } from '@waypost/rpc/server'
import type { Engine } from '../apply/engine.ts'
import type { Access } from '../auth/access.ts'
import { etcdVersion } from '../etcd-version.ts'
import { versionedStream } from './client-version.ts'
import { toRpcError } from './error-map.ts'
import { Flow } from './flow.ts'

/** As much as etcd sends in a piece. */
const pieceBytes = 32 * 1024

/** @param onInternalError told of defects, and of a disk without room for the copy */
export function snapshotHandlers(
  engine: Engine,
  access: Access,
  directory: string | undefined,
  onInternalError: (error: unknown) => void,
): RpcHandler[] {
  return [
    versionedStream(Maintenance.snapshot, (call) => {
      let isAsked = false
      call.onMessage(() => {
        if (isAsked) return
        isAsked = true
        serve(call, engine, access, directory).catch((error: unknown) => {
          const status = toRpcError(error)
          if (!RpcError.is(status)) onInternalError(error)
          call.end(RpcError.is(status) ? status : new RpcError(StatusCode.INTERNAL, 'the snapshot could not be made'))
        })
      })
    }),
  ]
}

/** Pieces with the number of bytes that follow, then the SHA-256 of them all. The store as of when it was asked for. */
async function serve(
  call: ServerStream<SnapshotRequest, SnapshotResponse>,
  engine: Engine,
  access: Access,
  directory: string | undefined,
): Promise<void> {
  access.requireAdmin(call)
  const flow = new Flow(call)
  // Loaded by who needs it.
  const { SnapshotFile } = await import('../snapshot/snapshot-file.ts')
  const file = await SnapshotFile.write((path) => engine.writeSnapshot(path), directory)
  try {
    let remaining = file.bytes
    for await (const blob of file.pieces(pieceBytes)) {
      if (flow.isClosed) return
      remaining = Math.max(0, remaining - blob.length)
      if (!call.send({ header: undefined, remainingBytes: BigInt(remaining), blob, version: etcdVersion.storage }))
        await flow.room()
    }
  } finally {
    await file.close()
  }
  call.end()
}
