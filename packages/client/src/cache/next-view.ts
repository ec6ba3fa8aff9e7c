import type { KeyValue } from '../keys/key-value.ts'
import { type CacheChange, changeOf, sortedByKey } from './cache-changes.ts'
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
  readonly #changes: CacheChange[] = []
  /** How many keys of the base are here, too. */
  #inBoth = 0
  #lastName: string | undefined
  #isInOrder = true

  constructor(base: ReadonlyMap<string, KeyValue>, baseVersion: number) {
    this.#base = base
    this.baseVersion = baseVersion
  }

  get entries(): Map<string, KeyValue> {
    return this.#entries
  }

  /** The names in the order in which they came. */
  get names(): string[] {
    return this.#names
  }

  /** Whether they came in order. */
  get isInOrder(): boolean {
    return this.#isInOrder
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
  changes(): CacheChange[] {
    if (this.#inBoth === this.#base.size) return this.#isInOrder ? this.#changes : sortedByKey(this.#changes)
    const removed: CacheChange[] = []
    for (const [key, previous] of this.#base) {
      if (!this.#entries.has(key)) removed.push({ type: 'removed', key, current: undefined, previous })
    }
    return sortedByKey([...this.#changes, ...removed])
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
