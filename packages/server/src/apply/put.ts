import type { PutRequest } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import { keyString } from '../mvcc/key-span.ts'
import { valueBytes } from '../mvcc/kv-bytes.ts'
import type { WriteTxn } from '../mvcc/write-txn.ts'
import type { ApplyContext } from './context.ts'
import type { PutResult } from './results.ts'

export function checkLease(context: ApplyContext, request: PutRequest): void {
  if (request.lease !== 0n && !context.lessor.has(request.lease)) throw new EngineError('leaseNotFound')
}

export function checkIgnored(context: ApplyContext, request: PutRequest): void {
  if (!request.ignoreValue && !request.ignoreLease) return
  if (!context.store.tree.find(keyString(request.key))?.live) throw new EngineError('keyNotFound')
}

/** The checks must have passed. */
export function put(context: ApplyContext, txn: WriteTxn, request: PutRequest): PutResult {
  let { value, lease } = request
  let prevKv: Uint8Array | undefined
  if (request.prevKv || request.ignoreValue || request.ignoreLease) {
    const entry = context.store.tree.find(keyString(request.key))
    if (entry?.live) {
      const previous = context.store.valueOf(entry)
      if (request.prevKv) prevKv = previous
      if (request.ignoreValue) value = valueBytes(previous)
      if (request.ignoreLease) lease = entry.lease
    }
  }
  txn.put(request.key, value, lease)
  return { revision: txn.revision, prevKv }
}
