import { deferred, onAbort, throwIfAborted } from '@waypost/core'
import { checkOptionsIfGiven } from '@waypost/core/options'
import * as wire from '@waypost/protocol'
import type { RpcError, RpcStream } from '@waypost/rpc/client'
import { type Caller, laggingMemberLimit } from '../link/caller.ts'
import { judge, toWaypostError } from '../link/errors.ts'
import { type SnapshotOptions, snapshotOptionKinds } from './snapshot-options.ts'

/** How many chunks may wait for the reader before the store is asked to wait. */
const maxWaiting = 16

/** Reads a snapshot chunk by chunk, and no faster than it is taken. */
export async function* readSnapshot(
  caller: Caller,
  options: SnapshotOptions | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkOptionsIfGiven('maintenance.snapshot', options, snapshotOptionKinds)
  const signal = options?.signal
  const { connection, release } = await caller.connectionFor(options?.endpoint, options)
  const relogin = caller.relogin()
  const chunks: { readonly blob: Uint8Array; readonly remainingBytes: bigint }[] = []
  let sentBytes = 0
  let news = deferred()
  let ended = false
  let failure: RpcError | undefined
  const open = (): RpcStream<wire.SnapshotRequest> => {
    ended = false
    failure = undefined
    const opened = connection.stream(
      wire.Maintenance.snapshot,
      {
        onMessage: (chunk) => {
          chunks.push(chunk)
          if (chunks.length >= maxWaiting) opened.pause()
          news.resolve()
        },
        onEnd: (error) => {
          ended = true
          failure = error
          news.resolve()
        },
      },
      { metadata: caller.metadata(false), timeoutMs: options?.timeoutMs },
    )
    opened.send({})
    opened.closeSend()
    return opened
  }
  let generation = caller.tokenGeneration
  let stream = open()
  const releaseSignal = onAbort(signal, () => stream.cancel())
  try {
    for (;;) {
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        if (chunks.length === 0) stream.resume()
        sentBytes += chunk.blob.length
        options?.onProgress?.(sentBytes, Number(chunk.remainingBytes))
        yield chunk.blob
      } else if (!ended) {
        news = deferred()
        await news.promise
      } else {
        if (failure === undefined) return
        const error = toWaypostError(failure, { endpoint: connection.endpoint, effect: 'read', signal })
        const isRefused = sentBytes === 0 && judge(failure, 'read') === 'log-in'
        if (!isRefused || !(await relogin.refused({ generation, connection, error }, laggingMemberLimit))) throw error
        throwIfAborted(signal)
        generation = caller.tokenGeneration
        stream = open()
      }
    }
  } finally {
    releaseSignal()
    stream.cancel()
    release()
  }
}
