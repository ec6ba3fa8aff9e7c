import { eachInSlices, mergedInSlices, sortedInSlices } from '@waypost/core'
import type { KeyValue } from '../keys/key-value.ts'
import type { WatchEvent } from '../watch/watch-batch.ts'
import { byKey, type CacheChange, changeOf } from './cache-changes.ts'
import { nameOf } from './key-name.ts'
import { NextView } from './next-view.ts'
import { compareNames, SortedNames } from './sorted-names.ts'

/** The most changes that are applied at once; for more, entries and names are built again, in slices. */
const changesAtOnce = 2_000

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

  /** Takes in the changes of one revision, and says what they are. Nothing of them is seen before all are. */
  *apply(events: readonly WatchEvent[]): Generator<void, CacheChange[]> {
    const staged = new Map<string, KeyValue | undefined>()
    yield* eachInSlices(events, ({ type, kv }) => staged.set(nameOf(kv), type === 'put' ? kv.detached() : undefined))
    const unsorted: CacheChange[] = []
    yield* eachInSlices(staged, ([name, current]) => {
      const change = changeOf(name, this.#entries.get(name), current)
      if (change !== undefined) unsorted.push(change)
    })
    const changes = yield* sortedInSlices(unsorted, byKey)
    if (changes.length <= changesAtOnce) {
      for (const { key, current } of changes) {
        if (current === undefined) this.#delete(key)
        else this.#set(key, current)
      }
    } else {
      const [entries, names] = yield* this.#changed(staged, changes)
      this.#replace(entries, names)
    }
    this.#version += 1
    return changes
  }

  /** Begins a view to take the place of this one. */
  next(): NextView {
    return new NextView(this.#entries, this.#version)
  }

  /** Becomes another view, and says what is different. Nothing of it is seen before all is. */
  *become(next: NextView): Generator<void, CacheChange[]> {
    if (next.baseVersion !== this.#version) {
      // It was compared with what is no longer here.
      const { entries } = next
      next = this.next()
      for (const kv of entries.values()) {
        next.add([kv])
        yield
      }
    }
    const changes = yield* next.changes()
    this.#replace(next.entries, yield* next.sortedNames())
    this.#version += 1
    return changes
  }

  /** The entries and their names as they are after the changes, built again. */
  *#changed(
    staged: ReadonlyMap<string, KeyValue | undefined>,
    changes: readonly CacheChange[],
  ): Generator<void, [Map<string, KeyValue>, string[]]> {
    const kept: string[] = []
    yield* eachInSlices(this.#names.list(), (name) => {
      if (!staged.has(name)) kept.push(name)
    })
    const present: string[] = []
    yield* eachInSlices(changes, ({ key, current }) => {
      if (current !== undefined) present.push(key)
    })
    const names = yield* mergedInSlices(kept, present, compareNames)
    const entries = new Map<string, KeyValue>()
    yield* eachInSlices(names, (name) => {
      const kv = staged.get(name) ?? this.#entries.get(name)
      if (kv !== undefined) entries.set(name, kv)
    })
    return [entries, names]
  }

  #replace(entries: Map<string, KeyValue>, names: string[]): void {
    this.#entries = entries
    this.#names.replace(names)
  }

  #set(name: string, kv: KeyValue): void {
    if (!this.#entries.has(name)) this.#names.add(name)
    this.#entries.set(name, kv)
  }

  #delete(name: string): void {
    if (this.#entries.delete(name)) this.#names.delete(name)
  }
}
