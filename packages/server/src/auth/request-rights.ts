import {
  type DeleteRangeRequest,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  singleKey,
  type TxnRequest,
} from '@waypost/protocol'
import type { Caller } from './access.ts'

export function requireRange(caller: Caller, request: RangeRequest): void {
  caller.requireRead(request)
}

export function requirePut(caller: Caller, request: PutRequest): void {
  caller.requireWrite(singleKey(request.key))
  caller.requireLeaseWrite(request.lease)
  if (request.prevKv) caller.requireRead(singleKey(request.key))
}

export function requireDeleteRange(caller: Caller, request: DeleteRangeRequest): void {
  caller.requireWrite(request)
  if (request.prevKv) caller.requireRead(request)
}

/** All comparisons and both branches, nested ones included, whichever will be taken. */
export function requireTxn(caller: Caller, request: TxnRequest): void {
  for (const comparison of request.compare) caller.requireRead(comparison)
  for (const op of request.success) requireOp(caller, op)
  for (const op of request.failure) requireOp(caller, op)
}

function requireOp(caller: Caller, op: RequestOp): void {
  if (op.requestRange) requireRange(caller, op.requestRange)
  else if (op.requestPut) requirePut(caller, op.requestPut)
  else if (op.requestDeleteRange) requireDeleteRange(caller, op.requestDeleteRange)
  else if (op.requestTxn) requireTxn(caller, op.requestTxn)
}
