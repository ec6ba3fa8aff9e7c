import { deferred, onAbort } from '@waypost/core'
import * as wire from '@waypost/protocol'
import { toWaypostError } from './errors.ts'
import type { Caller } from './link/caller.ts'
import type { EndpointOptions } from './maintenance.ts'

/** How many chunks may wait for the reader before the store is asked to wait. */
const maxWaiting = 16

/** Reads a snapshot chunk by chunk, and no faster than it is taken. */
export async function* readSnapshot(
  caller: Caller,
  options: EndpointOptions | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const signal = options?.signal
  const { connection, release } = await caller.connectionFor(options?.endpoint, options)
  const chunks: Uint8Array[] = []
  let news = deferred()
  let ended = false
  let failure: unknown
  const stream = connection.stream(
    wire.Maintenance.snapshot,
    {
      onMessage: ({ blob }) => {
        chunks.push(blob)
        if (chunks.length >= maxWaiting) stream.pause()
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
  const releaseSignal = onAbort(signal, () => stream.cancel())
  stream.send({})
  stream.closeSend()
  try {
    for (;;) {
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        if (chunks.length === 0) stream.resume()
        yield chunk
      } else if (!ended) {
        news = deferred()
        await news.promise
      } else {
        if (failure !== undefined) {
          throw toWaypostError(failure, { endpoint: connection.endpoint, effect: 'read', signal })
        }
        return
      }
    }
  } finally {
    releaseSignal()
    stream.cancel()
    release()
  }
}
