import type { Compare, DeleteRangeRequest, LeaseRevokeRequest, RangeRequest, TxnRequest } from '@waypost/protocol'
import { keySpan } from '../mvcc/key-span.ts'
import type { ApplyContext } from './context.ts'

/** A range of keys, as several requests name one. */
type Ranged = Pick<RangeRequest, 'key' | 'rangeEnd'>

export function isLongDeletion(context: ApplyContext, request: DeleteRangeRequest): boolean {
  return keysOf(context, request) > context.slices.keysAtOnce
}

export function isLongRevocation({ lessor, slices }: ApplyContext, { id }: LeaseRevokeRequest): boolean {
  return lessor.keyCount(id) > slices.keysAtOnce
}

/** Whichever branch is taken. */
export function isLongTxn(context: ApplyContext, request: TxnRequest): boolean {
  return weightOf(context, request) > context.slices.keysAtOnce
}

function weightOf(context: ApplyContext, { compare, success, failure }: TxnRequest): number {
  let weight = 0
  for (const each of compare) weight += keysOf(context, each)
  for (const ops of [success, failure]) {
    for (const { requestRange, requestDeleteRange, requestTxn } of ops) {
      if (requestRange) weight += isCount(requestRange) ? 1 : keysOf(context, requestRange, Number(requestRange.limit))
      else if (requestDeleteRange) weight += keysOf(context, requestDeleteRange)
      else if (requestTxn) weight += weightOf(context, requestTxn)
      if (weight > context.slices.keysAtOnce) return weight
    }
  }
  return weight
}

/** The number of live keys is known without looking at each. */
function isCount({ countOnly, revision }: RangeRequest): boolean {
  return countOnly && revision === 0n
}

function keysOf({ store }: ApplyContext, { key, rangeEnd }: Ranged | Compare, limit = 0): number {
  if (rangeEnd.length === 0) return 1
  const keys = store.tree.countRoughly(keySpan(key, rangeEnd))
  return limit > 0 ? Math.min(keys, limit) : keys
}
