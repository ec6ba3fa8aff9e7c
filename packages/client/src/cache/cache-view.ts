import { isUtf8 } from 'node:buffer'
import type { CacheChange } from '../cache.ts'
import type { KeyValue } from '../key-value.ts'
import type { WatchEvent } from '../watch.ts'
import { compareNames, SortedNames } from './sorted-names.ts'

/**
 * The keys of a cache by name, in order. A name is the key as text; a key that is not UTF-8 has a name that no
 * text has, so that two of them are never taken for one.
 */
export class CacheView {
  #entries = new Map<string, KeyValue>()
  readonly #names = new SortedNames()

  get size(): number {
    return this.#entries.size
  }

  get(name: string): KeyValue | undefined {
    return this.#entries.get(name)
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** The names in order. The array is never changed: a later view has another one. */
  names(): readonly string[] {
    return this.#names.list()
  }

  /** Every entry, in no order, as of now. */
  values(): KeyValue[] {
    return [...this.#entries.values()]
  }

  /** Takes in the changes of one revision. */
  apply(events: readonly WatchEvent[]): CacheChange[] {
    const before = new Map<string, KeyValue | undefined>()
    for (const { type, kv } of events) {
      const name = nameOf(kv)
      if (!before.has(name)) before.set(name, this.#entries.get(name))
      if (type === 'put') this.#set(name, kv.detached())
      else this.#delete(name)
    }
    const changes: CacheChange[] = []
    for (const [name, previous] of before) {
      const change = changeOf(name, previous, this.#entries.get(name))
      if (change !== undefined) changes.push(change)
    }
    return sortedByKey(changes)
  }

  /** Becomes a new list of everything, and says what is different. */
  replace(kvs: Iterable<KeyValue>): CacheChange[] {
    const earlier = this.#entries
    const changes: CacheChange[] = []
    this.#entries = new Map()
    for (const kv of kvs) {
      const name = nameOf(kv)
      this.#entries.set(name, kv)
      const previous = earlier.get(name)
      // One that was deleted and made again, or comes from another store, may have the same revision and differ.
      if (previous === undefined || !isSameVersion(previous, kv)) {
        const change = changeOf(name, previous, kv)
        if (change !== undefined) changes.push(change)
      }
    }
    for (const [name, previous] of earlier) {
      if (!this.#entries.has(name)) changes.push({ type: 'removed', key: name, current: undefined, previous })
    }
    this.#names.replace([...this.#entries.keys()])
    return sortedByKey(changes)
  }

  #set(name: string, kv: KeyValue): void {
    if (!this.#entries.has(name)) this.#names.add(name)
    this.#entries.set(name, kv)
  }

  #delete(name: string): void {
    if (this.#entries.delete(name)) this.#names.delete(name)
  }
}

/** The name under which a key is kept. */
export function nameOf(kv: KeyValue): string {
  return isUtf8(kv.keyBytes) ? kv.key : nameOfBytes(kv.keyBytes)
}

export function nameOfBytes(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  // No UTF-8 decodes to half of a surrogate pair.
  return isUtf8(bytes) ? bytes.toString() : `\ud800${bytes.toString('latin1')}`
}

function changeOf(key: string, previous: KeyValue | undefined, current: KeyValue | undefined): CacheChange | undefined {
  if (current === undefined) return previous && { type: 'removed', key, current, previous }
  if (previous === undefined) return { type: 'added', key, current, previous }
  return { type: 'changed', key, current, previous }
}

/** The difference between two differences in a row; undefined when nothing is left of them. */
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

function isSameVersion(a: KeyValue, b: KeyValue): boolean {
  return (
    a.modRevision === b.modRevision &&
    a.createRevision === b.createRevision &&
    a.version === b.version &&
    Buffer.compare(a.bytes, b.bytes) === 0
  )
}

function sortedByKey(changes: CacheChange[]): CacheChange[] {
  return changes.length < 2 ? changes : changes.sort((a, b) => compareNames(a.key, b.key))
}
