import { sortedInSlices } from '@waypost/core'
import type { Instance } from '../record/instance.ts'

/** So few changes are put in their places one by one; for more, the whole list is sorted again. */
const fewChanges = 64

/** Instances sorted by id: a frozen list that is replaced, never changed. It is brought up to date when it is asked for. */
export class InstanceList {
  /** What is to be listed, by key. */
  readonly #shown: ReadonlyMap<string, Instance>
  #list: readonly Instance[] = Object.freeze([])
  /** What the list holds of the keys that have changed since it was made; undefined when they are too many. */
  #changed: Map<string, Instance | undefined> | undefined = new Map()
  #changes = 0

  constructor(shown: ReadonlyMap<string, Instance>) {
    this.#shown = shown
  }

  /** @param before what was shown of the key until now */
  changed(key: string, before: Instance | undefined): void {
    this.#changes += 1
    if (this.#changed === undefined || this.#changed.has(key)) return
    if (this.#changed.size < fewChanges) this.#changed.set(key, before)
    else this.#changed = undefined
  }

  get(): readonly Instance[] {
    const changed = this.#changed
    if (changed?.size !== 0) this.#become(changed ? this.#with(changed) : sortedById(this.#shown.values()))
    return this.#list
  }

  /** Brings it up to date ahead, unless something changes meanwhile. */
  *prepare(): Generator<void, void> {
    if (this.#changed !== undefined) return
    const changes = this.#changes
    const list = yield* sortedInSlices([...this.#shown.values()], byId)
    if (changes === this.#changes) this.#become(list)
  }

  #become(list: readonly Instance[]): void {
    this.#list = Object.freeze(list)
    this.#changed = new Map()
  }

  #with(changed: ReadonlyMap<string, Instance | undefined>): Instance[] {
    const list = [...this.#list]
    for (const [key, before] of changed) {
      const after = this.#shown.get(key)
      const named = after ?? before
      if (named === undefined) continue
      const at = placeOf(named, list)
      const replacement = after === undefined ? [] : [after]
      list.splice(at, before === undefined ? 0 : 1, ...replacement)
    }
    return list
  }
}

/** Where the instance is in the list, or is to be put. */
function placeOf(instance: Instance, list: readonly Instance[]): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = list[middle]
    if (other !== undefined && byId(other, instance) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Frozen. */
export function sortedById(instances: Iterable<Instance>): readonly Instance[] {
  return Object.freeze([...instances].sort(byId))
}

/** Ids are compared by their code units. */
function byId(a: Instance, b: Instance): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}
