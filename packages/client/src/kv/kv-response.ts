import { WaypostError } from '@waypost/core'
import type { DeleteRangeResponse, PutResponse, RangeResponse, ResponseHeader } from '@waypost/protocol'
import type { KeySpace } from '../keys/key-space.ts'
import type { DeleteResult, PutResult, RangePage } from './kv-options.ts'

export function revisionOf(header: ResponseHeader | undefined): bigint {
  return header === undefined ? 0n : header.revision
}

export function putResult(response: PutResponse, revision: bigint, space: KeySpace): PutResult {
  const { prevKv } = response
  return { revision, previous: prevKv === undefined ? undefined : space.keyValue(prevKv) }
}

export function deleteResult(response: DeleteRangeResponse, revision: bigint, space: KeySpace): DeleteResult {
  return { revision, deleted: Number(response.deleted), previous: response.prevKvs.map((raw) => space.keyValue(raw)) }
}

export function rangePage(response: RangeResponse, revision: bigint, space: KeySpace): RangePage {
  return { kvs: response.kvs.map((raw) => space.keyValue(raw)), count: response.count, more: response.more, revision }
}

/** The store answers each step in kind; anything else is a defect of the store. */
export function present<T>(response: T | undefined): T {
  if (response !== undefined) return response
  throw new WaypostError('internal', 'The store answered a step of a transaction with another kind of answer.')
}
