import { Watch, type WatchCreateRequest, type WatchRequest, type WatchResponse } from '@waypost/protocol'
import { RpcError, type RpcHandler, type ServerStream, StatusCode } from '@waypost/rpc/server'
import type { Access } from '../auth/access.ts'
import type { WatchHub } from '../watch/watch-hub.ts'
import { normalizedRange } from '../watch/watch-range.ts'
import type { WatchSink, WatchStream } from '../watch/watch-stream.ts'
import { versionedStream } from './client-version.ts'
import { toRpcError } from './error-map.ts'
import { goCodeName } from './go-code-name.ts'

export function watchHandlers(hub: WatchHub, access: Access, onInternalError: (error: unknown) => void): RpcHandler[] {
  return [versionedStream(Watch.watch, (call) => serveWatch(call, hub, access, onInternalError))]
}

/** Runs until the client goes or the server ends; that the client sends no more does not end it. */
function serveWatch(
  call: ServerStream<WatchRequest, WatchResponse>,
  hub: WatchHub,
  access: Access,
  onInternalError: (error: unknown) => void,
): void {
  const watches = hub.openStream(sinkOf(call, onInternalError))
  call.onMessage((request) => {
    try {
      answer(request, call, watches, access)
    } catch (error) {
      watches.fail(error)
    }
  })
  call.onDrain(() => watches.drained())
  call.onClose(() => watches.close())
}

function answer(
  request: WatchRequest,
  call: ServerStream<WatchRequest, WatchResponse>,
  watches: WatchStream,
  access: Access,
): void {
  if (request.createRequest) {
    const wanted = { ...request.createRequest, ...normalizedRange(request.createRequest) }
    const refusal = refusalOf(call, wanted, access)
    if (refusal === undefined) watches.create(wanted)
    else watches.refuse(refusal)
  } else if (request.cancelRequest) {
    watches.cancel(request.cancelRequest.watchId)
  } else if (request.progressRequest) {
    watches.requestProgress()
  }
}

function sinkOf(call: ServerStream<WatchRequest, WatchResponse>, onInternalError: (error: unknown) => void): WatchSink {
  return {
    sendFrames: (frames) => {
      call.sendFrames(frames)
    },
    get writableBytes() {
      return call.writableBytes
    },
    get connectionWritableBytes() {
      return call.connectionWritableBytes
    },
    pause: () => call.pause(),
    resume: () => call.resume(),
    fail(error) {
      const status = toRpcError(error)
      if (!RpcError.is(status)) onInternalError(error)
      call.end(RpcError.is(status) ? status : new RpcError(StatusCode.INTERNAL, 'internal error'))
    },
  }
}

/** Why the caller may not watch the range, in the words in which etcd passes a status on inside a response. */
function refusalOf(
  call: ServerStream<WatchRequest, WatchResponse>,
  range: WatchCreateRequest,
  access: Access,
): string | undefined {
  try {
    access.restricted(call)?.requireRead(range)
    return undefined
  } catch (error) {
    const status = toRpcError(error)
    if (!RpcError.is(status)) throw error
    return `rpc error: code = ${goCodeName(status.code)} desc = ${status.message}`
  }
}
