import { type Compare, Compare_CompareResult, Compare_CompareTarget } from '@waypost/protocol'
import type { KeyEntry, Revision } from '../mvcc/key-entry.ts'
import { keySpan } from '../mvcc/key-span.ts'
import { readFields, valueBytes } from '../mvcc/kv-bytes.ts'
import { messageAt } from '../mvcc/range.ts'
import type { MvccStore } from '../mvcc/store.ts'
import { walk } from '../mvcc/walk.ts'

const noBytes: Uint8Array = Buffer.alloc(0)

/** Whether every condition holds at revision `at`. */
export function* holds(store: MvccStore, compares: readonly Compare[], at: number): Generator<void, boolean> {
  for (const compare of compares) if (!(yield* holdsForRange(store, compare, at))) return false
  return true
}

/**
 * Every key of the range must match. Without a key, a comparison of values is false whatever its operator,
 * and the others compare with 0.
 */
function* holdsForRange(store: MvccStore, compare: Compare, at: number): Generator<void, boolean> {
  const span = keySpan(compare.key, compare.rangeEnd)
  let isMatch = true
  let found = false
  const test = (entry: KeyEntry): boolean => {
    const version = versionAt(store, entry, at)
    if (version === undefined) return true
    found = true
    isMatch = satisfies(compare.result, difference(store, compare, version))
    return isMatch
  }
  if (span.single) {
    const entry = store.tree.find(span.start)
    if (entry) test(entry)
  } else yield* walk(store.tree, span, false, test)
  if (found) return isMatch
  if (compare.target === Compare_CompareTarget.VALUE) return false
  return satisfies(compare.result, difference(store, compare, undefined))
}

/** What a comparison is about. */
interface Version extends Revision {
  readonly createRevision: number
  readonly version: number
  readonly lease: bigint
}

function versionAt(store: MvccStore, entry: KeyEntry, at: number): Version | undefined {
  if (entry.main <= at) return entry.live ? entry : undefined
  const found = entry.revisionAt(at)
  return found && { ...readFields(messageAt(store, found)), ...found }
}

/** Below, above or equal to 0 as the key's property is to what it is compared with. */
function difference(store: MvccStore, compare: Compare, entry: Version | undefined): number {
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
      return Buffer.compare(
        entry === undefined ? noBytes : valueBytes(messageAt(store, entry)),
        compare.value ?? noBytes,
      )
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
