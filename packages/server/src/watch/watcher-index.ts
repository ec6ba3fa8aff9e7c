import { IntervalTree } from './interval-tree.ts'
import type { Watcher, WatcherGroup } from './watcher.ts'

/** Finds the watchers of a key, at a cost that does not depend on how many watch other keys. */
export class WatcherIndex {
  readonly #byKey = new Map<string, WatcherGroup>()
  readonly #byRange = new IntervalTree<WatcherGroup>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(watcher: Watcher): void {
    const { start, end } = watcher.range
    let group = end === undefined ? this.#byKey.get(start) : this.#byRange.get(start, end)
    if (group) {
      watcher.slot = group.watchers.push(watcher) - 1
    } else {
      // Made with its first watcher, because an array that grows from nothing takes room for many.
      group = { range: watcher.range, watchers: [watcher] }
      watcher.slot = 0
      if (end === undefined) this.#byKey.set(start, group)
      else this.#byRange.add(start, end, group)
    }
    watcher.group = group
    this.#size += 1
  }

  /** Removes a watcher that is in this index. */
  delete(watcher: Watcher): void {
    const { group } = watcher
    if (!group) return
    const last = group.watchers.pop()
    if (last && last !== watcher) {
      group.watchers[watcher.slot] = last
      last.slot = watcher.slot
    }
    watcher.group = undefined
    this.#size -= 1
    if (group.watchers.length > 0) return
    const { start, end } = group.range
    if (end === undefined) this.#byKey.delete(start)
    else this.#byRange.delete(start, end)
  }

  /** Calls `visit` for each group that watches any key from `first` to `last`. The index must not be changed meanwhile. */
  forEachGroupBetween(first: string, last: string, visit: (group: WatcherGroup) => void): void {
    for (const [key, group] of this.#byKey) if (key >= first && key <= last) visit(group)
    this.#byRange.forEachBetween(first, last, visit)
  }

  /** Calls `visit` for each group that watches the key. The index must not be changed meanwhile. */
  forEachGroup(key: string, visit: (group: WatcherGroup) => void): void {
    const group = this.#byKey.get(key)
    if (group) visit(group)
    if (this.#byRange.size > 0) this.#byRange.forEachAt(key, visit)
  }
}
