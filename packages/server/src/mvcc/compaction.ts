import { putCompactionMark } from './compaction-mark.ts'
import type { KeyEntry } from './key-entry.ts'
import type { MvccStore } from './store.ts'

/** How many keys one step looks at: well under a millisecond of work. */
const keysPerStep = 1_000

/**
 * Removes what a scheduled compaction has freed, a bounded slice of keys at a time, so that requests are served in
 * between. Interrupted, by a crash too, it can simply start over: a key's versions always go all at once.
 */
export class Compaction {
  readonly #store: MvccStore
  readonly #revision: number
  #nextKey = ''

  constructor(store: MvccStore, revision: number) {
    this.#store = store
    this.#revision = revision
  }

  /** Returns whether everything is done. */
  step(): boolean {
    const { tree, storage } = this.#store
    const gone: KeyEntry[] = []
    let seen = 0
    let next: string | undefined
    tree.scan({ start: this.#nextKey, end: undefined, single: false }, (entry) => {
      if (seen === keysPerStep) {
        next = entry.key
        return false
      }
      seen += 1
      const isGone = entry.compact(this.#revision, (main, sub, tombstone) =>
        storage.deleteRevision(main, sub, tombstone),
      )
      if (isGone) gone.push(entry)
      return true
    })
    for (const entry of gone) tree.remove(entry.key)
    if (next === undefined) {
      putCompactionMark(storage, 'finished', this.#revision)
      return true
    }
    this.#nextKey = next
    return false
  }
}
