import { eachInSlices, sortedInSlices } from '@waypost/core'
import type { KeyValue } from '../keys/key-value.ts'
import { byKey, type CacheChange, changeOf } from './cache-changes.ts'
import { nameOf } from './key-name.ts'
import { compareNames } from './sorted-names.ts'

/**
 * A view in the making. Keys are added as they arrive, and compared with the view that is to be replaced, so that no
 * turn of the event loop has to take in a large view as a whole.
 */
export class NextView {
  /** The version of the view that this one is compared with. */
  readonly baseVersion: number
  readonly #base: ReadonlyMap<string, KeyValue>
  readonly #entries = new Map<string, KeyValue>()
  /** In the order in which they came. */
  readonly #names: string[] = []
  /** What is new or different. */
  readonly #changes: CacheChange[] = []
  /** How many keys of the base are here, too. */
  #inBoth = 0
  #lastName: string | undefined
  #isInOrder = true

  constructor(base: ReadonlyMap<string, KeyValue>, baseVersion: number) {
    this.#base = base
    this.baseVersion = baseVersion
  }

  /** How many keys it is about: those here and those of the view that it replaces. */
  get length(): number {
    return Math.max(this.#names.length, this.#base.size)
  }

  get entries(): Map<string, KeyValue> {
    return this.#entries
  }

  /** Each key comes once. */
  add(kvs: Iterable<KeyValue>): void {
    for (const kv of kvs) {
      const name = nameOf(kv)
      if (this.#lastName !== undefined && compareNames(this.#lastName, name) > 0) this.#isInOrder = false
      this.#lastName = name
      this.#entries.set(name, kv)
      this.#names.push(name)
      const previous = this.#base.get(name)
      if (previous !== undefined) this.#inBoth += 1
      // One that was deleted and made again, or comes from another store, may have the same revision and differ.
      if (previous !== undefined && isSameVersion(previous, kv)) continue
      const change = changeOf(name, previous, kv)
      if (change !== undefined) this.#changes.push(change)
    }
  }

  /** What is different from the base, sorted by key; to be asked once everything is here. */
  *changes(): Generator<void, CacheChange[]> {
    const changes = this.#changes
    if (this.#inBoth === this.#base.size && this.#isInOrder) return changes
    if (this.#inBoth < this.#base.size) {
      yield* eachInSlices(this.#base, ([key, previous]) => {
        if (!this.#entries.has(key)) changes.push({ type: 'removed', key, current: undefined, previous })
      })
    }
    return yield* sortedInSlices(changes, byKey)
  }

  /** The names, sorted. */
  *sortedNames(): Generator<void, string[]> {
    return this.#isInOrder ? this.#names : yield* sortedInSlices(this.#names, compareNames)
  }
}

function isSameVersion(previous: KeyValue, current: KeyValue): boolean {
  const a = previous.raw
  const b = current.raw
  return (
    a.modRevision === b.modRevision &&
    a.createRevision === b.createRevision &&
    a.version === b.version &&
    Buffer.compare(a.value, b.value) === 0
  )
}
