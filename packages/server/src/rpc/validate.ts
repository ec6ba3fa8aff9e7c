import type { Compare, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '@waypost/protocol'
import { checkOverlaps } from './duplicate-keys.ts'
import { etcdError } from './error-map.ts'
import { defaultMaxTxnOps } from './request-limits.ts'

/** The greatest numbers of the enums `SortOrder` and `SortTarget`. */
const lastSortOrder = 2
const lastSortTarget = 4

// What can be said about a request without knowing the state, in the order in which etcd says it.

export function checkRange(request: RangeRequest): void {
  if (request.key.length === 0) throw etcdError('emptyKey')
  const { sortOrder, sortTarget } = request
  if (sortOrder < 0 || sortOrder > lastSortOrder || sortTarget < 0 || sortTarget > lastSortTarget)
    throw etcdError('invalidSortOption')
}

export function checkPut(request: PutRequest): void {
  if (request.key.length === 0) throw etcdError('emptyKey')
  if (request.ignoreValue && request.value.length > 0) throw etcdError('valueProvided')
  if (request.ignoreLease && request.lease !== 0n) throw etcdError('leaseProvided')
}

export function checkDeleteRange(request: DeleteRangeRequest): void {
  if (request.key.length === 0) throw etcdError('emptyKey')
}

/** @param maxTxnOps see `RequestLimits` */
export function checkTxn(request: TxnRequest, maxTxnOps: number = defaultMaxTxnOps): void {
  checkTxnOps(request, maxTxnOps)
  checkOverlaps(request)
}

function checkTxnOps(request: TxnRequest, allowedOps: number): void {
  const { compare, success, failure } = request
  const ops = Math.max(compare.length, success.length, failure.length)
  if (ops > allowedOps) throw etcdError('tooManyOps')
  for (const comparison of compare) checkCompare(comparison)
  for (const op of success) checkOp(op, allowedOps - ops)
  for (const op of failure) checkOp(op, allowedOps - ops)
}

function checkCompare(compare: Compare): void {
  if (compare.key.length === 0) throw etcdError('emptyKey')
}

function checkOp(op: RequestOp, allowedOps: number): void {
  if (op.requestRange) checkRange(op.requestRange)
  else if (op.requestPut) checkPut(op.requestPut)
  else if (op.requestDeleteRange) checkDeleteRange(op.requestDeleteRange)
  else if (op.requestTxn) checkTxnOps(op.requestTxn, allowedOps)
  else throw etcdError('keyNotFound')
}
