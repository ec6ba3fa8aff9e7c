import {
  type CompactionRequest,
  DeleteRangeRequest,
  KV,
  PutRequest,
  type RangeRequest,
  TxnRequest,
} from '@waypost/protocol'
import { type LongAnswer, type RpcHandler, unary } from '@waypost/rpc/server'
import type { Engine } from '../apply/engine.ts'
import type { DeleteRangeResult, PutResult, RangeResult, TxnResult } from '../apply/results.ts'
import type { Access } from '../auth/access.ts'
import { requireDeleteRange, requirePut, requireRange, requireTxn } from '../auth/request-rights.ts'
import { answering } from './answering.ts'
import { translated } from './error-map.ts'
import type { Headers } from './header.ts'
import type { RequestLimits } from './request-limits.ts'
import { checkSize, checkSizeOf, measured } from './request-size.ts'
import { checkDeleteRange, checkPut, checkRange, checkTxn } from './validate.ts'

export function kvHandlers(engine: Engine, access: Access, headers: Headers, limits: RequestLimits): RpcHandler[] {
  const { maxRequestBytes, maxTxnOps } = limits
  const { responses } = engine
  const range = answering(KV.range, (result: RangeResult, headroom) => responses.range(result, headroom))
  const put = answering(KV.put, (result: PutResult, headroom) => responses.put(result, headroom))
  const deleteRange = answering(KV.deleteRange, (result: DeleteRangeResult, headroom) =>
    responses.deleteRange(result, headroom),
  )
  const txn = answering({ ...KV.txn, request: measured(TxnRequest) }, (result: TxnResult, headroom) =>
    responses.txn(result, headroom),
  )
  return [
    unary(
      range,
      translated((request, call) => {
        checkRange(request)
        const caller = access.restricted(call)
        if (caller) requireRange(caller, request)
        return engine.isLongRange(request) ? longRange(engine, request) : engine.range(request)
      }),
    ),
    unary(
      put,
      translated((request, call) => {
        const refusal = engine.quota.refusalOf('put', request)
        if (refusal) return refusal
        checkPut(request)
        const caller = access.restricted(call)
        checkSizeOf(PutRequest, request, request.key.length + request.value.length, maxRequestBytes)
        if (caller) requirePut(caller, request)
        return engine.propose('put', request)
      }),
    ),
    unary(
      deleteRange,
      translated((request, call) => {
        checkDeleteRange(request)
        const caller = access.restricted(call)
        checkSizeOf(DeleteRangeRequest, request, request.key.length + request.rangeEnd.length, maxRequestBytes)
        if (caller) requireDeleteRange(caller, request)
        const deleting = engine.propose('deleteRange', request)
        return request.prevKv ? deleting.then((result) => responses.deleteRangeOrLong(result, engine.slices)) : deleting
      }),
    ),
    unary(
      txn,
      translated(({ message: request, bytes }, call) => {
        const refusal = engine.quota.refusalOf('txn', request)
        if (refusal) return refusal
        checkTxn(request, maxTxnOps)
        const caller = access.restricted(call)
        if (writes(request)) checkSize(bytes, maxRequestBytes)
        if (caller) requireTxn(caller, request)
        return engine.propose('txn', request).then((result) => responses.txnOrLong(result, engine.slices))
      }),
    ),
    unary(
      KV.compact,
      translated(async (request: CompactionRequest, call) => {
        access.requireAdmin(call)
        const { revision } = await engine.propose('compact', request)
        return { header: headers.of(revision) }
      }),
    ),
  ]
}

async function longRange(engine: Engine, request: RangeRequest): Promise<LongAnswer> {
  const { result, release } = await engine.longRange(request)
  return engine.responses.longRange(result, release)
}

/** Whether any branch could change something; one that only reads is not written to the log, so its size is free. */
function writes(request: TxnRequest): boolean {
  return [...request.success, ...request.failure].some(
    (op) => op.requestPut ?? op.requestDeleteRange ?? (op.requestTxn && writes(op.requestTxn)),
  )
}
