import type { KeyValue } from '../keys/key-value.ts'
import { compareNames } from './sorted-names.ts'

/** What became of one key. */
export type CacheChange =
  | { readonly type: 'added'; readonly key: string; readonly current: KeyValue; readonly previous: undefined }
  | { readonly type: 'changed'; readonly key: string; readonly current: KeyValue; readonly previous: KeyValue }
  | { readonly type: 'removed'; readonly key: string; readonly current: undefined; readonly previous: KeyValue }

/** From one view to a later one. */
export interface CacheChanges {
  /** The revision of the later view. */
  readonly revision: bigint
  /** At most one per key, sorted by key. */
  readonly changes: readonly CacheChange[]
  /** Whether they come of a new list, so that states in between may have been missed, and not of events. */
  readonly isRelisted: boolean
}

/** What became of a key; undefined when it neither was nor is there. */
export function changeOf(
  key: string,
  previous: KeyValue | undefined,
  current: KeyValue | undefined,
): CacheChange | undefined {
  if (current === undefined) return previous && { type: 'removed', key, current, previous }
  if (previous === undefined) return { type: 'added', key, current, previous }
  return { type: 'changed', key, current, previous }
}

/** The difference between two differences in a row. */
export function mergeChanges(first: readonly CacheChange[], second: readonly CacheChange[]): CacheChange[] {
  const merged = new Map<string, CacheChange>()
  for (const change of first) merged.set(change.key, change)
  for (const change of second) {
    const earlier = merged.get(change.key)
    const net = earlier === undefined ? change : changeOf(change.key, earlier.previous, change.current)
    if (net === undefined) merged.delete(change.key)
    else merged.set(change.key, net)
  }
  return [...merged.values()].sort(byKey)
}

export function byKey(a: CacheChange, b: CacheChange): number {
  return compareNames(a.key, b.key)
}
