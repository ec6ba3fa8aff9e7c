import type { KeyValue } from '../keys/key-value.ts'
import type { WatchEvent } from '../watch/watch-batch.ts'
import { type CacheChange, changeOf, sortedByKey } from './cache-changes.ts'
import { nameOf } from './key-name.ts'
import { NextView } from './next-view.ts'
import { SortedNames } from './sorted-names.ts'

/**
 * The keys of a cache by name, in order. A name is the key as text; a key that is not UTF-8 has a name that no
 * text has, so that two of them are never taken for one.
 */
export class CacheView {
  #entries = new Map<string, KeyValue>()
  readonly #names = new SortedNames()
  /** Goes up with every change. */
  #version = 0

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
    this.#version += 1
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

  /** Begins a view to take the place of this one. */
  next(): NextView {
    return new NextView(this.#entries, this.#version)
  }

  /** Becomes another view, and says what is different. */
  become(next: NextView): CacheChange[] {
    if (next.baseVersion !== this.#version) {
      // It was compared with what is no longer here.
      const { entries } = next
      next = this.next()
      next.add(entries.values())
    }
    const changes = next.changes()
    this.#version += 1
    this.#entries = next.entries
    this.#names.replace(next.names, next.isInOrder)
    return changes
  }

  #set(name: string, kv: KeyValue): void {
    if (!this.#entries.has(name)) this.#names.add(name)
    this.#entries.set(name, kv)
  }

  #delete(name: string): void {
    if (this.#entries.delete(name)) this.#names.delete(name)
  }
}
