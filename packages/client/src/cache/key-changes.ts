import { isUtf8 } from 'node:buffer'
import type { CacheChange } from '../cache.ts'
import type { KeyValue } from '../key-value.ts'
import { compareNames } from './sorted-names.ts'

/** The name under which a key is kept: the key as text, or what no text is when the key is not UTF-8. */
export function nameOf(kv: KeyValue): string {
  return isUtf8(kv.keyBytes) ? kv.key : nameOfBytes(kv.keyBytes)
}

export function nameOfBytes(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  // No UTF-8 decodes to half of a surrogate pair.
  return isUtf8(bytes) ? bytes.toString() : `\ud800${bytes.toString('latin1')}`
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
  return sortedByKey([...merged.values()])
}

export function sortedByKey(changes: CacheChange[]): CacheChange[] {
  return changes.length < 2 ? changes : changes.sort((a, b) => compareNames(a.key, b.key))
}
