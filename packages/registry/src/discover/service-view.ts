import { deferred, eachInSlices, Listeners, MergingSlot, type WaypostError } from '@waypost/core'
import type { Balancer, Outcome, PickOptions } from '../balance/balancer.ts'
import type { SubscriptionState } from '../drain/subscriptions.ts'
import type { Instance, RecordProblem } from '../record/instance.ts'
import type { FollowedChanges } from './followed-changes.ts'
import { Selection } from './selection.ts'
import { matcher, type Where } from './selector.ts'
import { isEmpty, mergeChanges, type ServiceChanges } from './service-changes.ts'
import type { ServiceFollower } from './service-follower.ts'

/** From this number of instances on, the balancer is built ahead. */
const large = 1_000

/** What a view is for. */
export interface ViewUse {
  readonly willPick: boolean
  /** See `DiscoverOptions`. */
  readonly passOn: ((changes: ServiceChanges) => Promise<unknown>) | undefined
}

/**
 * The instances of a service, live and local: reading them costs no network. When the store is away the view keeps
 * what it last knew and says so in `staleSince`.
 */
export class ServiceView {
  readonly #follower: ServiceFollower
  /** Absent without `where`: what the follower shows is then shared by all such views. */
  readonly #selection: Selection | undefined
  /** The selection has taken in what there was when the view began. */
  readonly #selected = deferred()
  #isSelected: boolean
  readonly #newBalancer: (first: Iterable<Instance>) => Balancer
  /** Made with the first pick: a view that is only followed needs none. */
  #balancer: Balancer | undefined
  /** Built ahead for a large service, and those keys that have changed since that began. */
  #preparing: { readonly balancer: Balancer; readonly changed: Set<string> } | undefined
  readonly #ready: Promise<void>
  readonly #leave: () => Promise<void>
  readonly #onClose: () => void
  readonly #slots = new Set<MergingSlot<ServiceChanges>>()
  readonly #listeners = new Listeners<[changes: ServiceChanges]>()
  /** What the view showed when it was closed. */
  #last: readonly Instance[] | undefined

  /** @internal Made by `Registry.discover`. */
  constructor(
    follower: ServiceFollower,
    where: Where | undefined,
    onClose: () => void,
    newBalancer: (first: Iterable<Instance>) => Balancer,
    { willPick, passOn }: ViewUse,
  ) {
    this.#follower = follower
    this.#selection = where && new Selection(matcher(where))
    this.#newBalancer = newBalancer
    this.#onClose = onClose
    if (passOn) this.#listeners.add((changes) => follower.passOn(passOn(changes)))
    this.#leave = follower.join((changes) => this.#take(changes))
    const selection = this.#selection
    this.#isSelected = selection === undefined
    const wasReady = follower.isReady
    if (selection) follower.withInstances((instances) => this.#begin(selection, instances, wasReady))
    else this.#selected.resolve()
    const ready = follower.ready.then(() => this.#selected.promise)
    this.#ready = willPick ? ready.then(() => this.#prepare()) : ready
    this.#ready.catch(() => {})
  }

  get service(): string {
    return this.#follower.service
  }

  /**
   * Settles when the first list is there, however long that takes; at once for a view that `discover` waited for.
   * Fails with what the store says when it refuses, and with `closed`.
   */
  get ready(): Promise<void> {
    return this.#ready
  }

  get isReady(): boolean {
    return this.#follower.isReady && this.#isSelected
  }

  /** All that fit `where`, whatever their status, sorted by id. A frozen list that is replaced, never changed. */
  get instances(): readonly Instance[] {
    return this.#last ?? (this.#selection ?? this.#follower).list
  }

  /** What of this service cannot be read, records and operators' overrides, whatever `where` says. */
  get problems(): readonly RecordProblem[] {
    return this.#follower.problems
  }

  /** The store's revision of the list. */
  get revision(): bigint {
    return this.#follower.revision
  }

  /** Since when the list may be out of date: the store does not answer, or the guard holds. */
  get staleSince(): Date | undefined {
    return this.#follower.staleSince
  }

  /** Since when the guard shows instances, marked `suspect`, that were lost with too many others: see `GuardOptions`. */
  get holdingSince(): Date | undefined {
    return this.#follower.holdingSince
  }

  /** Whether the list is the one of `snapshotDir`, since the store has not answered yet. */
  get isFromDisk(): boolean {
    return this.#follower.isFromDisk
  }

  /** Why the copy in `snapshotDir` could not be used or written. */
  get snapshotProblem(): WaypostError | undefined {
    return this.#follower.snapshotProblem
  }

  /** What went wrong last while the store was away; `undefined` while the view follows. */
  get lastError(): WaypostError | undefined {
    return this.#follower.lastError
  }

  /** Whether whoever drains an instance can wait for this process to see it; `undefined` for a view that only looks. */
  get subscription(): SubscriptionState | undefined {
    return this.#follower.subscription
  }

  /**
   * One instance that takes traffic, chosen as the `balance` options of the view say; `undefined` when there is none,
   * or none that is not excluded. Local and quick.
   */
  pick(options?: PickOptions): Instance | undefined {
    if (this.#balancer === undefined) {
      if (!this.isReady) return undefined
      this.#preparing?.balancer.close()
      this.#preparing = undefined
      this.#balancer = this.#newBalancer(this.instances)
    }
    return this.#balancer.pick(options)
  }

  /** A call to the instance begins, to be counted as in flight until `end`. */
  begin(instance: Instance): void {
    this.#balancer?.begin(instance)
  }

  /** The call that `begin` announced has ended. */
  end(instance: Instance, outcome: Outcome): void {
    this.#balancer?.end(instance, outcome)
    this.#tellGuard(instance, outcome)
  }

  /** How a call went that `begin` did not announce. */
  report(instance: Instance, outcome: Outcome): void {
    this.#balancer?.report(instance, outcome)
    this.#tellGuard(instance, outcome)
  }

  /**
   * The changes from now on; before the first list, that list is the first change. A consumer that is slower than the
   * changes gets them merged: the difference since it last looked. Ends with `close()`.
   */
  changes(): AsyncIterableIterator<ServiceChanges> {
    const slot = new MergingSlot(mergeChanges, { onReturn: () => this.#slots.delete(slot) })
    if (this.#last) slot.end()
    else this.#slots.add(slot)
    return slot
  }

  /**
   * Calls `listener` for every change, within the turn in which it arrives, after the view has moved on. Returns the
   * function that removes it.
   */
  onChange(listener: (changes: ServiceChanges) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Calls `listener` when the store goes away or comes back. Returns the function that removes it. */
  onStale(listener: (staleSince: Date | undefined) => void): () => void {
    return this.#follower.onStale(listener)
  }

  /** Stops following. What was read stays readable. Idempotent. */
  async close(): Promise<void> {
    if (this.#last === undefined) {
      this.#last = this.instances
      for (const slot of this.#slots) slot.end()
      this.#slots.clear()
      this.#listeners.clear()
      this.#selected.resolve()
      this.#preparing?.balancer.close()
      this.#preparing = undefined
      this.#balancer?.close()
      this.#onClose()
    }
    await this.#leave()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** An instance whose record is lost and that refuses connections is gone, whatever the guard says. */
  #tellGuard({ key }: Instance, { result }: Outcome): void {
    if (result === 'unreachable') this.#follower.refused(key)
    else if (result === 'ok') this.#follower.answered(key)
  }

  /** The first pick of a large service is not to hold up the event loop. */
  async #prepare(): Promise<void> {
    const first = this.instances
    if (first.length < large || this.#balancer !== undefined || this.#last !== undefined) return
    const preparing = { balancer: this.#newBalancer([]), changed: new Set<string>() }
    this.#preparing = preparing
    await this.#follower.slices.run(
      eachInSlices(first, (instance) => {
        if (this.#preparing === preparing && !preparing.changed.has(instance.key)) preparing.balancer.load(instance)
      }),
    )
    if (this.#preparing !== preparing) return
    this.#preparing = undefined
    this.#balancer = preparing.balancer
  }

  *#begin(selection: Selection, instances: Iterable<Instance>, wasReady: boolean): Generator<void, void> {
    const added = yield* selection.begin(instances)
    this.#selected.resolve()
    this.#isSelected = true
    // What was there before the view is no change to it, unless the first list was still to come.
    if (!wasReady) this.#tell({ revision: this.#follower.revision, added, changed: [], removed: [], unreadable: [] })
  }

  *#take(followed: FollowedChanges): Generator<void, void> {
    const changes = this.#selection === undefined ? followed.changes : yield* this.#selection.take(followed)
    // What comes while the first list is selected is part of it.
    if (this.#isSelected) this.#tell(changes)
  }

  #tell(changes: ServiceChanges): void {
    if (isEmpty(changes)) return
    const balancer = this.#balancer ?? this.#preparing?.balancer
    if (balancer) {
      const present = [...changes.added, ...changes.changed.map(({ current }) => current)]
      for (const { instance } of changes.removed) balancer.delete(instance.key)
      for (const instance of present) balancer.set(instance)
      const gone = changes.removed.map(({ instance }) => instance)
      for (const { key } of this.#preparing ? [...gone, ...present] : []) this.#preparing?.changed.add(key)
    }
    for (const slot of this.#slots) slot.push(changes)
    this.#listeners.tell(changes)
  }
}
