import { type CallOptions, invalidArgument } from '@waypost/core'
import {
  type DeleteRangeRequest,
  type KeyRange,
  type PutRequest,
  type RangeRequest,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
} from '@waypost/protocol'
import { bytesOf } from '../keys/bytes.ts'
import { toInt64 } from '../keys/int64.ts'
import type { CallSpec } from '../link/caller.ts'
import type { DeleteFlags, PutFlags, RangeFlags, SortBy } from './kv-options.ts'

const noBytes = Buffer.alloc(0)

const sortTargets: Readonly<Record<SortBy, number>> = {
  key: RangeRequest_SortTarget.KEY,
  version: RangeRequest_SortTarget.VERSION,
  createRevision: RangeRequest_SortTarget.CREATE,
  modRevision: RangeRequest_SortTarget.MOD,
  value: RangeRequest_SortTarget.VALUE,
}

/** A request for one key, with every field in the order of the codec's own objects, which keeps calls fast. */
export function getRequest(key: Uint8Array, flags: RangeFlags | undefined): RangeRequest {
  return {
    key,
    rangeEnd: noBytes,
    limit: 0n,
    revision: flags?.revision === undefined ? 0n : toInt64(flags.revision, 'revision'),
    sortOrder: 0,
    sortTarget: 0,
    serializable: flags?.serializable === true,
    keysOnly: flags?.keysOnly === true,
    countOnly: false,
    minModRevision: 0n,
    maxModRevision: 0n,
    minCreateRevision: 0n,
    maxCreateRevision: 0n,
  }
}

export function rangeRequest(range: KeyRange, flags: RangeFlags): RangeRequest {
  const request = getRequest(range.key, flags)
  request.rangeEnd = range.rangeEnd
  if (flags.limit !== undefined) request.limit = checkedLimit(flags.limit)
  if (flags.sort !== undefined) {
    request.sortOrder =
      flags.sort.order === 'descending' ? RangeRequest_SortOrder.DESCEND : RangeRequest_SortOrder.ASCEND
    request.sortTarget = sortTargets[flags.sort.by ?? 'key']
  }
  if (flags.minModRevision !== undefined) request.minModRevision = toInt64(flags.minModRevision, 'minModRevision')
  if (flags.maxModRevision !== undefined) request.maxModRevision = toInt64(flags.maxModRevision, 'maxModRevision')
  if (flags.minCreateRevision !== undefined)
    request.minCreateRevision = toInt64(flags.minCreateRevision, 'minCreateRevision')
  if (flags.maxCreateRevision !== undefined)
    request.maxCreateRevision = toInt64(flags.maxCreateRevision, 'maxCreateRevision')
  return request
}

export function putRequest(key: Uint8Array, value: string | Uint8Array, flags: PutFlags | undefined): PutRequest {
  return {
    key,
    value: bytesOf(value, 'A value'),
    lease: flags?.lease === undefined ? 0n : toInt64(flags.lease, 'lease'),
    prevKv: flags?.prevKv === true,
    ignoreValue: flags?.ignoreValue === true,
    ignoreLease: flags?.ignoreLease === true,
  }
}

export function deleteRequest(range: KeyRange, flags: DeleteFlags | undefined): DeleteRangeRequest {
  return { key: range.key, rangeEnd: range.rangeEnd, prevKv: flags?.prevKv === true }
}

export function checkedLimit(limit: number): bigint {
  if (Number.isSafeInteger(limit) && limit > 0) return BigInt(limit)
  throw invalidArgument(`A limit must be a whole number above 0, not ${limit}.`)
}

/** A serializable read is answered by a member that knows no leader, too. */
export function readSpec(options: CallOptions & { readonly serializable?: boolean | undefined }): CallSpec {
  return { signal: options.signal, timeoutMs: options.timeoutMs, linearizable: options.serializable !== true }
}
