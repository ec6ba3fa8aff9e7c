import type { DeleteRangeRequest, PutRequest, RangeRequest, TxnRequest } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import { keySpan, keyString, singleSpan } from '../mvcc/key-span.ts'
import type { MvccStore } from '../mvcc/store.ts'

/**
 * Throws `EngineError` with `corrupt` when a command would read a value that is known to be damaged. It would find out
 * itself, but after it has changed something: a command is applied as a whole or not at all.
 */
export function checkDeleteReadable(store: MvccStore, { key, rangeEnd, prevKv }: DeleteRangeRequest): void {
  if (prevKv && store.damagedKeys.isIn(store.tree, keySpan(key, rangeEnd), 'newest')) throw new EngineError('corrupt')
}

/** The same of a transaction, whichever branch it takes. */
export function checkTxnReadable(store: MvccStore, request: TxnRequest): void {
  if (store.damagedKeys.isEmpty) return
  for (const ops of [request.success, request.failure])
    for (const { requestRange, requestPut, requestDeleteRange, requestTxn } of ops) {
      if (requestRange) checkRangeReadable(store, requestRange)
      else if (requestPut) checkPutReadable(store, requestPut)
      else if (requestDeleteRange) checkDeleteReadable(store, requestDeleteRange)
      else if (requestTxn) checkTxnReadable(store, requestTxn)
    }
}

function checkRangeReadable(store: MvccStore, { key, rangeEnd, revision, countOnly }: RangeRequest): void {
  const which = revision === 0n ? 'newest' : 'any'
  if (!countOnly && store.damagedKeys.isIn(store.tree, keySpan(key, rangeEnd), which)) throw new EngineError('corrupt')
}

function checkPutReadable(store: MvccStore, { key, prevKv, ignoreValue, ignoreLease }: PutRequest): void {
  if (!prevKv && !ignoreValue && !ignoreLease) return
  if (store.damagedKeys.isIn(store.tree, singleSpan(keyString(key)), 'newest')) throw new EngineError('corrupt')
}
