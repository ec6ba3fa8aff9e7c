import { eachInSlices } from '@waypost/core'
import type { Instance } from '../record/instance.ts'
import type { FollowedChanges } from './followed-changes.ts'
import { InstanceList } from './instance-list.ts'
import { changesOf, type Delta, type ServiceChanges } from './service-changes.ts'

/** The instances of a service that fit a view's `where`. */
export class Selection {
  readonly #matches: (instance: Instance) => boolean
  readonly #shown = new Map<string, Instance>()
  readonly #list = new InstanceList(this.#shown)

  constructor(matches: (instance: Instance) => boolean) {
    this.#matches = matches
  }

  /** Sorted by id. A frozen list that is replaced, never changed. */
  get list(): readonly Instance[] {
    return this.#list.get()
  }

  /** Takes in what there is, and says what of it matches. */
  *begin(instances: Iterable<Instance>): Generator<void, readonly Instance[]> {
    yield* eachInSlices(instances, (instance) => {
      if (!this.#matches(instance)) return
      this.#shown.set(instance.key, instance)
      this.#list.changed(instance.key, undefined)
    })
    yield* this.#list.prepare()
    return this.list
  }

  /** The changes as seen among the instances that match. */
  *take({ deltas, unreadable, revision }: FollowedChanges): Generator<void, ServiceChanges> {
    const seen = new Map<string, Delta>()
    yield* eachInSlices(deltas, ([key, delta]) => {
      const before = this.#shown.get(key)
      if (delta.after !== undefined && this.#matches(delta.after)) {
        this.#shown.set(key, delta.after)
        seen.set(key, { before, after: delta.after })
      } else if (before !== undefined) {
        this.#shown.delete(key)
        const reason = delta.after === undefined ? delta.reason : 'filtered'
        seen.set(key, { before, after: undefined, reason })
      } else return
      this.#list.changed(key, before)
    })
    yield* this.#list.prepare()
    return yield* changesOf(seen, unreadable, revision)
  }
}
