import type { Instance } from '../record/instance.ts'
import type { FollowedChanges } from './followed-changes.ts'
import { type Delta, type ServiceChanges, toChanges } from './service-changes.ts'

/** The instances of a service that fit a view's `where`. */
export class Selection {
  readonly #matches: (instance: Instance) => boolean
  readonly #shown = new Map<string, Instance>()
  /** The list as it was last asked for; `undefined` when something has changed since. */
  #list: readonly Instance[] | undefined

  constructor(matches: (instance: Instance) => boolean, first: Iterable<Instance>) {
    this.#matches = matches
    for (const instance of first) if (matches(instance)) this.#shown.set(instance.key, instance)
  }

  /** Sorted by id. A frozen list that is replaced, never changed. */
  get list(): readonly Instance[] {
    this.#list ??= sortedById(this.#shown.values())
    return this.#list
  }

  /** The changes as seen among the instances that match. */
  take({ deltas, unreadable, revision }: FollowedChanges): ServiceChanges {
    const seen = new Map<string, Delta>()
    for (const [key, delta] of deltas) {
      const before = this.#shown.get(key)
      if (delta.after !== undefined && this.#matches(delta.after)) {
        this.#shown.set(key, delta.after)
        seen.set(key, { before, after: delta.after })
      } else if (before !== undefined) {
        this.#shown.delete(key)
        const reason = delta.after === undefined ? delta.reason : 'filtered'
        seen.set(key, { before, after: undefined, reason })
      }
    }
    if (seen.size > 0) this.#list = undefined
    return toChanges(seen, unreadable, revision)
  }
}

/** Frozen. Ids are compared by their code units. */
export function sortedById(instances: Iterable<Instance>): readonly Instance[] {
  return Object.freeze([...instances].sort(byId))
}

function byId(a: Instance, b: Instance): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1
  return a.key < b.key ? -1 : 1
}
