import { putCompactionMark } from './compaction-mark.ts'
import type { KeyEntry } from './key-entry.ts'
import type { MvccStore } from './store.ts'

/** How many keys one step looks at, and how many versions it removes: well under a millisecond of work. */
const keysPerStep = 500
const dropsPerStep = 500

/**
 * Removes what a scheduled compaction has freed, a bounded slice of keys at a time, so that requests are served in
 * between. Interrupted, by a crash too, it can simply start over: a key's versions go in their order.
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
    let drops = 0
    let next: string | undefined
    const drop = (main: number, sub: number, tombstone: boolean): void => {
      drops += 1
      storage.deleteRevision(main, sub, tombstone)
    }
    tree.scan({ start: this.#nextKey, end: undefined, single: false }, (entry) => {
      if (seen === keysPerStep || drops >= dropsPerStep) {
        next = entry.key
        return false
      }
      seen += 1
      const outcome = entry.compact(this.#revision, drop, dropsPerStep)
      if (outcome === 'gone') gone.push(entry)
      if (outcome === 'unfinished') next = entry.key
      return outcome !== 'unfinished'
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
