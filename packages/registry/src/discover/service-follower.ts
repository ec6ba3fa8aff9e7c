import type { Cache, CacheChange, EtcdClient } from '@waypost/client'
import { atOnce, type Clock, eachInSlices, type Slices, type WaypostError, WorkLine } from '@waypost/core'
import type { Seen } from '../drain/subscriber.ts'
import type { SubscriptionState, Subscriptions } from '../drain/subscriptions.ts'
import type { ResolvedGuard } from '../guard/guard-options.ts'
import type { OverrideFollower } from '../operate/override-follower.ts'
import type { Instance, RecordProblem } from '../record/instance.ts'
import { servicePrefix } from '../record/keys.ts'
import type { FollowedChanges } from './followed-changes.ts'
import { InstanceList } from './instance-list.ts'
import { addDeltas, changesOf, type Delta } from './service-changes.ts'
import { itemsAtOnce, type RecordChanges, ServiceRecords } from './service-records.ts'

/** Told of changes. Of very many it takes them in in slices. */
type Listener = (changes: FollowedChanges) => Generator<void, void>

/** A change on its way to those whom a view passes it on to. */
interface Passing {
  readonly before: Seen
  /** Somebody waits to hear that it has arrived. */
  isAwaited: boolean
  hasArrived: boolean
}

export interface ServiceFollowerParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly overrides: OverrideFollower
  readonly subscriptions: Subscriptions
  /** `undefined`: every loss is believed at once. */
  readonly guard: ResolvedGuard | undefined
  /** Where the records are kept for a start without the store. */
  readonly snapshotFile: string | undefined
  readonly onIdle: () => void
}

/** What a long change has done so far. */
interface HeldChange {
  /** There was nothing before: what is there afterwards is what was added. */
  readonly isFirst: boolean
  readonly deltas: Map<string, Delta>
  readonly unreadable: RecordProblem[]
}

/** A live copy of one service's instances, shared by all views of the process. */
export class ServiceFollower {
  readonly service: string
  readonly #parts: ServiceFollowerParts
  readonly #cache: Cache
  readonly #ready: Promise<void>
  readonly #records: ServiceRecords
  readonly #list: InstanceList
  readonly #listeners = new Set<Listener>()
  readonly #leaveOverrides: () => void
  /** What the cache has told and is not applied yet, and what is decided about very many records. */
  readonly #line: WorkLine
  /** While a long change is applied in parts nothing is told: it is one change, of one revision. */
  #held: HeldChange | undefined
  /** Whether the first list has been applied, even if it was empty. */
  #hasList = false
  /** While what operators say is applied: that may be later than any change of the instances. */
  #isOverriding = false
  /** While something waits in the line: the list shows everything up to here. */
  #appliedRevision = 0n
  #mustConfirm = false
  /** Changes that views are passing on, in order. What came before the first one counts as seen. */
  readonly #passing: Passing[] = []
  #begun = false
  #isSubscribed = false
  #closed = false

  constructor(service: string, parts: ServiceFollowerParts) {
    const { etcd, clock, overrides, guard, snapshotFile } = parts
    this.service = service
    this.#parts = parts
    this.#line = new WorkLine(etcd.slices, { keysAtOnce: itemsAtOnce, onIdle: () => this.#confirm() })
    this.#records = new ServiceRecords(service, {
      line: this.#line,
      etcd,
      clock,
      guard,
      overrideOf: (id) => overrides.get(service, id),
      onChanges: (changes) => this.#tell(changes),
    })
    this.#list = new InstanceList(this.#records.instances)
    const range = { prefix: servicePrefix(service) }
    this.#cache = etcd.cache(range, { timeoutMs: Number.POSITIVE_INFINITY, snapshotFile })
    this.#leaveOverrides = overrides.join(service, (ids) => {
      if (this.#begun) this.#line.do(ids.size, () => this.#override(ids))
    })
    if (overrides.isSettled) this.#begin()
    // Without knowing what operators have disabled, nothing is shown.
    this.#ready = overrides.settled.then(() => {
      if (!this.#closed) this.#begin()
      return this.#cache.ready.then(() => this.#line.whenIdle())
    })
    this.#ready.catch(() => {})
  }

  get ready(): Promise<void> {
    return this.#ready
  }

  get isReady(): boolean {
    return this.#hasList && this.#cache.isReady
  }

  get revision(): bigint {
    if (!this.#begun) return 0n
    return this.#line.isIdle ? this.#cache.revision : this.#appliedRevision
  }

  /** Since when the list may be out of date: the store is away, or the guard holds. */
  get staleSince(): Date | undefined {
    const since = [this.#cache.staleSince, this.holdingSince].filter((date) => date !== undefined)
    return since.toSorted((a, b) => a.getTime() - b.getTime())[0]
  }

  get holdingSince(): Date | undefined {
    return this.#records.holdingSince
  }

  get lastError(): WaypostError | undefined {
    return this.#cache.lastError
  }

  /** Whether the list is that of the snapshot, since the store has not answered yet. */
  get isFromDisk(): boolean {
    return this.#cache.isFromDisk
  }

  get snapshotProblem(): WaypostError | undefined {
    return this.#cache.snapshotProblem
  }

  /** Sorted by id. A frozen list that is replaced, never changed. */
  get list(): readonly Instance[] {
    return this.#list.get()
  }

  /** Long work is divided by these. */
  get slices(): Slices {
    return this.#parts.etcd.slices
  }

  /** Does something with all instances, behind the changes that are not applied yet. */
  withInstances(work: (instances: Iterable<Instance>) => Generator<void, void>): void {
    const { size } = this.#records.instances
    this.#line.do(size, () => work(this.#records.instances.values()))
  }

  get problems(): readonly RecordProblem[] {
    return [...this.#records.problems, ...this.#parts.overrides.problems(this.service)]
  }

  /** Whether whoever drains can wait for this process; `undefined` when it was not told of it. */
  get subscription(): SubscriptionState | undefined {
    return this.#parts.subscriptions.stateOf(this.service)
  }

  /** Lets whoever drains know that this process follows the service. */
  subscribe(): void {
    if (this.#isSubscribed) return
    this.#isSubscribed = true
    this.#parts.subscriptions.join(this.service, () => this.#seen())
  }

  /** A view passes on the change that it is being told of: it counts as seen when `arrived` has settled. */
  passOn(arrived: Promise<unknown>): void {
    const { instances, overrides } = this.#shown()
    // Whichever of the two the change came with.
    const before = { instances: instances - 1n, overrides: overrides - 1n }
    const passing: Passing = { before, isAwaited: false, hasArrived: false }
    this.#passing.push(passing)
    const settled = (): void => {
      passing.hasArrived = true
      this.#arrived()
    }
    arrived.then(settled, settled)
  }

  /** Returns the function that leaves. When the last has left, the copy is given up. */
  join(listener: Listener): () => Promise<void> {
    this.#listeners.add(listener)
    return async () => {
      this.#listeners.delete(listener)
      if (this.#closed || this.#listeners.size > 0) return
      this.#closed = true
      this.#parts.onIdle()
      if (this.#isSubscribed) this.#parts.subscriptions.leave(this.service)
      this.#line.close()
      this.#records.close()
      this.#leaveOverrides()
      await this.#cache.close()
    }
  }

  /** Tells when the store goes away or comes back. Returns the function that stops. */
  onStale(listener: (staleSince: Date | undefined) => void): () => void {
    return this.#cache.onStale(listener)
  }

  /** A connection to the instance was refused: when its record is lost, it is gone. */
  refused(key: string): void {
    this.#records.refused(key)
  }

  /** The instance has answered. */
  answered(key: string): void {
    this.#records.answered(key)
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    if (this.#cache.isReady) {
      this.#appliedRevision = 0n
      const { revision } = this.#cache
      this.#line.do(this.#cache.size, () => this.#applyAll(revision))
    }
    this.#cache.onChange(({ changes, isRelisted, revision }) => this.#take(changes, isRelisted, revision))
  }

  #take(changes: readonly CacheChange[], isRelisted: boolean, revision: bigint): void {
    // Up to here nothing else has changed, unless what happened in between was missed.
    if (this.#line.isIdle && this.#hasList && !isRelisted) this.#appliedRevision = revision - 1n
    this.#line.do(changes.length, () => this.#apply(changes, isRelisted, revision))
  }

  /** What the cache knew before this began. */
  *#applyAll(revision: bigint): Generator<void, void> {
    const changes: CacheChange[] = []
    yield* eachInSlices(this.#cache, ([key, current]) =>
      changes.push({ type: 'added', key, current, previous: undefined }),
    )
    yield* this.#apply(changes, true, revision)
  }

  /**
   * Large changes are applied in parts, so that reading very many records does not hold up the event loop, and told as
   * one: whoever has heard of a revision has heard of all of it.
   */
  *#apply(changes: readonly CacheChange[], isRelisted: boolean, revision: bigint): Generator<void, void> {
    if (changes.length <= itemsAtOnce) {
      this.#appliedRevision = revision
      this.#hasList = true
      this.#records.take(changes, isRelisted)
      return
    }
    const held: HeldChange = { isFirst: this.#records.instances.size === 0, deltas: new Map(), unreadable: [] }
    this.#held = held
    yield* this.#records.takeInParts(changes, isRelisted)
    yield* this.#list.prepare()
    this.#appliedRevision = revision
    this.#hasList = true
    this.#held = undefined
    yield* this.#emit(held.isFirst ? this.#everything() : held.deltas, held.unreadable)
  }

  #tell({ deltas, unreadable, isAwaited }: RecordChanges): void {
    if (isAwaited) this.#mustConfirm = true
    for (const [key, { before }] of deltas) this.#list.changed(key, before)
    if (this.#held) {
      if (!this.#held.isFirst) addDeltas(this.#held.deltas, deltas)
      for (const problem of unreadable) this.#held.unreadable.push(problem)
      return
    }
    if (deltas.size + unreadable.length > 0) atOnce(this.#emit(deltas, unreadable))
    if (this.#line.isIdle) this.#confirm()
  }

  *#everything(): Iterable<readonly [string, Delta]> {
    for (const [key, after] of this.#records.instances) yield [key, { before: undefined, after }]
  }

  #override(ids: ReadonlySet<string>): void {
    this.#isOverriding = true
    this.#records.override(ids)
    this.#isOverriding = false
  }

  *#emit(deltas: FollowedChanges['deltas'], unreadable: readonly RecordProblem[]): Generator<void, void> {
    const said = this.#isOverriding ? this.#parts.overrides.revision : 0n
    const revision = said > this.revision ? said : this.revision
    const changes = yield* changesOf(deltas, unreadable, revision)
    const followed = { revision, deltas, unreadable, changes }
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) yield* listener(followed)
  }

  #confirm(): void {
    if (!this.#mustConfirm || this.#closed) return
    this.#mustConfirm = false
    const last = this.#passing.at(-1)
    if (last) last.isAwaited = true
    else if (this.#isSubscribed) this.#parts.subscriptions.confirm(this.service)
  }

  #arrived(): void {
    let isAwaited = false
    for (let first = this.#passing[0]; first?.hasArrived; first = this.#passing[0]) {
      isAwaited ||= first.isAwaited
      this.#passing.shift()
    }
    if (isAwaited && this.#isSubscribed && !this.#closed) this.#parts.subscriptions.confirm(this.service)
  }

  /** What whoever drains is told. */
  #seen(): Seen {
    const first = this.#passing[0]
    const last = this.#passing.at(-1)
    if (first === undefined || last === undefined) return this.#shown()
    // It is less than what is shown: the rest follows.
    last.isAwaited = true
    return first.before
  }

  #shown(): Seen {
    return { instances: this.revision, overrides: this.#begun ? this.#parts.overrides.revision : 0n }
  }
}
