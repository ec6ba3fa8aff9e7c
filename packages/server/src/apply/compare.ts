import { type Compare, Compare_CompareResult, Compare_CompareTarget } from '@waypost/protocol'
import type { KeyEntry } from '../mvcc/key-entry.ts'
import { keySpan } from '../mvcc/key-span.ts'
import { valueBytes } from '../mvcc/kv-bytes.ts'
import type { MvccStore } from '../mvcc/store.ts'

const noBytes: Uint8Array = Buffer.alloc(0)

/** Whether every condition holds. */
export function holds(store: MvccStore, compares: readonly Compare[]): boolean {
  return compares.every((compare) => holdsForRange(store, compare))
}

/**
 * Every key of the range must match. Without a key, a comparison of values is false whatever its operator,
 * and the others compare with 0.
 */
function holdsForRange(store: MvccStore, compare: Compare): boolean {
  const span = keySpan(compare.key, compare.rangeEnd)
  let isMatch = true
  let found = false
  const test = (entry: KeyEntry): boolean => {
    if (!entry.live) return true
    found = true
    isMatch = satisfies(compare.result, difference(store, compare, entry))
    return isMatch
  }
  if (span.single) {
    const entry = store.tree.find(span.start)
    if (entry) test(entry)
  } else store.tree.scan(span, test)
  if (found) return isMatch
  if (compare.target === Compare_CompareTarget.VALUE) return false
  return satisfies(compare.result, difference(store, compare, undefined))
}

/** Below, above or equal to 0 as the key's property is to what it is compared with. */
function difference(store: MvccStore, compare: Compare, entry: KeyEntry | undefined): number {
  switch (compare.target) {
    case Compare_CompareTarget.VERSION:
      return order(BigInt(entry?.version ?? 0), compare.version)
    case Compare_CompareTarget.CREATE:
      return order(BigInt(entry?.createRevision ?? 0), compare.createRevision)
    case Compare_CompareTarget.MOD:
      return order(BigInt(entry?.main ?? 0), compare.modRevision)
    case Compare_CompareTarget.LEASE:
      return order(entry?.lease ?? 0n, compare.lease)
    case Compare_CompareTarget.VALUE:
      return Buffer.compare(entry === undefined ? noBytes : valueBytes(store.valueOf(entry)), compare.value ?? noBytes)
    default:
      return 0
  }
}

function order(actual: bigint, wanted = 0n): number {
  return actual < wanted ? -1 : actual > wanted ? 1 : 0
}

/** An operator that the protocol does not know holds, as in etcd. */
function satisfies(result: number, order: number): boolean {
  switch (result) {
    case Compare_CompareResult.EQUAL:
      return order === 0
    case Compare_CompareResult.NOT_EQUAL:
      return order !== 0
    case Compare_CompareResult.GREATER:
      return order > 0
    case Compare_CompareResult.LESS:
      return order < 0
    default:
      return true
  }
}
