import type { PutRequest, RequestOp, TxnRequest } from '@waypost/protocol'
import type { CommandKind, CommandRequest } from './command.ts'

export const defaultQuotaBytes = 2 * 2 ** 30

/** What etcd reckons for a key beyond its own bytes and its value's, and for a lease. */
const putOverheadBytes = 256
const leaseBytes = 64

const costs: { readonly [K in CommandKind]: (request: CommandRequest<K>) => number } = {
  put: costOfPut,
  txn: costOfTxn,
  leaseGrant: () => leaseBytes,
  // What makes room, or needs next to none, is always taken.
  deleteRange: () => 0,
  compact: () => 0,
  leaseRevoke: () => 0,
  auth: () => 0,
}

/** The bytes that a command may add to the store; 0 for one that is taken even when the quota is used up. */
export function costOf<K extends CommandKind>(kind: K, request: CommandRequest<K>): number {
  return costs[kind](request)
}

function costOfPut(request: PutRequest): number {
  return putOverheadBytes + request.key.length + request.value.length
}

/** Of the branches the dearer one. */
function costOfTxn(request: TxnRequest): number {
  return Math.max(costOfOps(request.success), costOfOps(request.failure))
}

function costOfOps(ops: readonly RequestOp[]): number {
  let cost = 0
  for (const { requestPut, requestTxn } of ops) {
    if (requestPut) cost += costOfPut(requestPut)
    else if (requestTxn) cost += costOfTxn(requestTxn)
  }
  return cost
}
