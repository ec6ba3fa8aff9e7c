import { KV, type RangeRequest, RangeRequest_SortOrder, RangeRequest_SortTarget } from '@waypost/protocol'
import { RpcError, type RpcHandler, type ServerStream, StatusCode } from '@waypost/rpc/server'
import type { Engine } from '../apply/engine.ts'
import type { RangePart } from '../apply/response-encoder.ts'
import type { Access } from '../auth/access.ts'
import { requireRange } from '../auth/request-rights.ts'
import { isFiltered } from '../mvcc/range.ts'
import { answering } from './answering.ts'
import { versionedStream } from './client-version.ts'
import { toRpcError } from './error-map.ts'
import { Flow } from './flow.ts'
import { checkRange } from './validate.ts'

/**
 * A range in parts, at one revision: merged in order, they are the answer to Range. New in etcd 3.7.
 *
 * @param onInternalError told of defects
 */
export function rangeStreamHandlers(
  engine: Engine,
  access: Access,
  onInternalError: (error: unknown) => void,
): RpcHandler[] {
  const method = answering(KV.rangeStream, (part: RangePart, headroom) => engine.responses.rangePart(part, headroom))
  return [
    versionedStream(method, (call) => {
      let isAsked = false
      call.onMessage((request) => {
        if (isAsked) return
        isAsked = true
        serve(call, request, engine, access).catch((error: unknown) => {
          const status = toRpcError(error)
          if (!RpcError.is(status)) onInternalError(error)
          call.end(RpcError.is(status) ? status : new RpcError(StatusCode.INTERNAL, 'the range could not be read'))
        })
      })
    }),
  ]
}

async function serve(
  call: ServerStream<RangeRequest, RangePart>,
  request: RangeRequest,
  engine: Engine,
  access: Access,
): Promise<void> {
  checkRange(request)
  checkOrder(request)
  const caller = access.restricted(call)
  if (caller) requireRange(caller, request)
  const flow = new Flow(call)
  const { result, release } = await engine.longRange(request)
  try {
    let kvs: readonly Uint8Array[] = []
    for await (const list of result.lists()) {
      if (kvs.length > 0 && !call.send({ kvs, last: undefined })) await flow.room()
      if (flow.isClosed) return
      kvs = list
    }
    call.send({ kvs, last: result })
    call.end()
  } finally {
    release()
  }
}

/** Source: etcd 3.7, checkRangeStreamRequest. */
function checkOrder(request: RangeRequest): void {
  const isByKey =
    request.sortOrder === RangeRequest_SortOrder.NONE ||
    (request.sortTarget === RangeRequest_SortTarget.KEY && request.sortOrder === RangeRequest_SortOrder.ASCEND)
  if (!isByKey) throw new RpcError(StatusCode.UNIMPLEMENTED, 'RangeStream does not support custom sort orders')
  if (isFiltered(request)) throw new RpcError(StatusCode.UNIMPLEMENTED, 'RangeStream does not support revision filters')
}
