import { type DeleteRangeRequest, sizeOfDelimited } from '@waypost/protocol'
import { keySpan } from '../mvcc/key-span.ts'
import { bytesPerStep, keysPerStep } from '../mvcc/walk.ts'
import type { WriteTxn } from '../mvcc/write-txn.ts'
import type { ApplyContext } from './context.ts'
import type { DeleteRangeResult } from './results.ts'

export function* deleteRange(
  context: ApplyContext,
  txn: WriteTxn,
  request: DeleteRangeRequest,
): Generator<void, DeleteRangeResult> {
  const entries = yield* txn.entries(keySpan(request.key, request.rangeEnd))
  const prevKvs: Uint8Array[] = []
  let prevKvsBytes = 0
  let yieldedAt = 0
  for (const [index, entry] of entries.entries()) {
    if (request.prevKv) {
      const kv = context.store.valueOf(entry)
      prevKvs.push(kv)
      prevKvsBytes += 1 + sizeOfDelimited(kv.length)
    }
    txn.delete(entry)
    if (index % keysPerStep !== keysPerStep - 1 && prevKvsBytes - yieldedAt < bytesPerStep) continue
    yieldedAt = prevKvsBytes
    yield
  }
  return { revision: txn.revision, deleted: entries.length, prevKvs, prevKvsBytes }
}
