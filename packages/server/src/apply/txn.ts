import type { RangeRequest, RequestOp, TxnRequest } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { WriteTxn } from '../mvcc/write-txn.ts'
import { holds } from './compare.ts'
import type { ApplyContext } from './context.ts'
import { deleteRange } from './delete-range.ts'
import { checkIgnored, checkLease, put } from './put.ts'
import type { TxnOpResult, TxnResult } from './results.ts'

/** Which branch a transaction takes, and each nested one in it, decided by the state before anything is changed. */
interface Path {
  readonly succeeded: boolean
  readonly ops: readonly RequestOp[]
  /** One for each nested transaction among `ops`, in order. */
  readonly nested: readonly Path[]
}

/** Whether neither branch can change anything. A nested transaction counts as a change, as in etcd. */
export function isReadOnly(request: TxnRequest): boolean {
  return request.success.every(isRange) && request.failure.every(isRange)
}

/** Evaluates and applies the transaction in `txn`, which is left untouched when it throws `EngineError`. */
export function* applyTxn(context: ApplyContext, txn: WriteTxn, request: TxnRequest): Generator<void, TxnResult> {
  const path = yield* choose(context, request, txn.revision)
  checkOps(context, path, txn.revision)
  return yield* execute(context, txn, path)
}

function* choose(context: ApplyContext, request: TxnRequest, at: number): Generator<void, Path> {
  const succeeded = yield* holds(context.store, request.compare, at)
  const ops = succeeded ? request.success : request.failure
  const nested: Path[] = []
  for (const { requestTxn } of ops) if (requestTxn) nested.push(yield* choose(context, requestTxn, at))
  return { succeeded, ops, nested }
}

/** Checks the chosen operations in their order, against the state before the transaction. Source: etcd 3.7, checkTxn. */
function checkOps(context: ApplyContext, path: Path, at: number): void {
  let next = 0
  for (const { requestRange, requestPut, requestTxn } of path.ops) {
    if (requestTxn) checkOps(context, path.nested[next++] as Path, at)
    else if (requestRange) checkRevision(context, requestRange, at)
    else if (requestPut) {
      checkLease(context, requestPut)
      checkIgnored(context, requestPut)
    }
  }
}

/** Unlike in a plain range, a negative revision is taken literally here, as in etcd. */
function checkRevision({ store }: ApplyContext, request: RangeRequest, at: number): void {
  if (request.revision === 0n) return
  const revision = Number(request.revision)
  if (revision > at) throw new EngineError('futureRevision')
  if (revision < store.compactRevision) throw new EngineError('compacted')
}

function* execute(context: ApplyContext, txn: WriteTxn, path: Path): Generator<void, TxnResult> {
  const responses: TxnOpResult[] = []
  let next = 0
  for (const { requestRange, requestPut, requestDeleteRange, requestTxn } of path.ops) {
    if (requestRange) responses.push({ kind: 'range', result: yield* txn.range(requestRange) })
    else if (requestPut) responses.push({ kind: 'put', result: put(context, txn, requestPut) })
    else if (requestDeleteRange)
      responses.push({ kind: 'deleteRange', result: yield* deleteRange(context, txn, requestDeleteRange) })
    else if (requestTxn) {
      const result = yield* execute(context, txn, path.nested[next++] as Path)
      responses.push({ kind: 'txn', result })
    }
  }
  return { revision: txn.revision, succeeded: path.succeeded, responses }
}

function isRange(op: RequestOp): boolean {
  return op.requestRange !== undefined
}
