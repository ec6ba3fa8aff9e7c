import type { Instance } from './instance.ts'
import { type Delta, type ServiceChanges, toChanges } from './service-changes.ts'
import type { FollowedChanges } from './service-follower.ts'

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

  /** What the changes come to among those that fit. */
  take({ deltas, unreadable, revision }: FollowedChanges): ServiceChanges {
    const seen = new Map<string, Delta>()
    for (const [key, { after, reason }] of deltas) {
      const before = this.#shown.get(key)
      const shown = after && this.#matches(after) ? after : undefined
      if (shown) this.#shown.set(key, shown)
      else this.#shown.delete(key)
      if (before || shown) seen.set(key, { before, after: shown, reason: after ? 'filtered' : reason })
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
