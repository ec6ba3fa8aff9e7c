import type { DeleteRangeRequest } from '@waypost/protocol'
import { keySpan } from '../mvcc/key-span.ts'
import type { WriteTxn } from '../mvcc/write-txn.ts'
import type { ApplyContext } from './context.ts'
import type { DeleteRangeResult } from './results.ts'

export function deleteRange(context: ApplyContext, txn: WriteTxn, request: DeleteRangeRequest): DeleteRangeResult {
  const entries = txn.entries(keySpan(request.key, request.rangeEnd))
  const prevKvs = request.prevKv ? entries.map((entry) => context.store.valueOf(entry)) : []
  for (const entry of entries) txn.delete(entry)
  return { revision: txn.revision, deleted: entries.length, prevKvs }
}
