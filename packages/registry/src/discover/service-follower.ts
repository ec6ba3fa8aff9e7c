import type { Cache, EtcdClient } from '@waypost/client'
import { type Clock, Listeners, type WaypostError } from '@waypost/core'
import type { SubscriptionState, Subscriptions } from '../drain/subscriptions.ts'
import type { ResolvedGuard } from '../guard/guard-options.ts'
import type { OverrideFollower } from '../operate/override-follower.ts'
import type { Instance, RecordProblem } from '../record/instance.ts'
import { servicePrefix } from '../record/keys.ts'
import type { FollowedChanges } from './followed-changes.ts'
import { sortedById } from './selection.ts'
import { toChanges } from './service-changes.ts'
import { type RecordChanges, ServiceRecords } from './service-records.ts'

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

/** A live copy of one service's instances, shared by all views of the process. */
export class ServiceFollower {
  readonly service: string
  readonly #parts: ServiceFollowerParts
  readonly #cache: Cache
  readonly #ready: Promise<void>
  readonly #records: ServiceRecords
  /** The instances as they were last asked for; `undefined` when something has changed since. */
  #list: readonly Instance[] | undefined
  readonly #listeners = new Listeners<[changes: FollowedChanges]>()
  readonly #leaveOverrides: () => void
  #begun = false
  #isSubscribed = false
  #closed = false

  constructor(service: string, parts: ServiceFollowerParts) {
    const { etcd, clock, overrides, guard, snapshotFile } = parts
    this.service = service
    this.#parts = parts
    this.#records = new ServiceRecords(service, {
      etcd,
      clock,
      guard,
      overrideOf: (id) => overrides.get(service, id),
      onChanges: (changes) => this.#tell(changes),
    })
    const range = { prefix: servicePrefix(service) }
    this.#cache = etcd.cache(range, { timeoutMs: Number.POSITIVE_INFINITY, snapshotFile })
    this.#leaveOverrides = overrides.join(service, (ids) => {
      if (this.#begun) this.#records.override(ids)
    })
    if (overrides.isSettled) this.#begin()
    // Without knowing what operators have disabled, nothing is shown.
    this.#ready = overrides.settled.then(() => {
      if (!this.#closed) this.#begin()
      return this.#cache.ready
    })
    this.#ready.catch(() => {})
  }

  get ready(): Promise<void> {
    return this.#ready
  }

  get isReady(): boolean {
    return this.#begun && this.#cache.isReady
  }

  get revision(): bigint {
    return this.#begun ? this.#cache.revision : 0n
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

  get instances(): Iterable<Instance> {
    return this.#records.instances.values()
  }

  /** Sorted by id. A frozen list that is replaced, never changed. */
  get list(): readonly Instance[] {
    this.#list ??= sortedById(this.#records.instances.values())
    return this.#list
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
    this.#parts.subscriptions.join(this.service, () => ({
      instances: this.revision,
      overrides: this.#begun ? this.#parts.overrides.revision : 0n,
    }))
  }

  /** Returns the function that leaves. When the last has left, the copy is given up. */
  join(listener: (changes: FollowedChanges) => void): () => Promise<void> {
    const release = this.#listeners.add(listener)
    return async () => {
      release()
      if (this.#closed || this.#listeners.size > 0) return
      this.#closed = true
      this.#parts.onIdle()
      if (this.#isSubscribed) this.#parts.subscriptions.leave(this.service)
      this.#records.close()
      this.#leaveOverrides()
      await this.#cache.close()
    }
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
      const changes = [...this.#cache].map(([key, current]) => ({
        type: 'added' as const,
        key,
        current,
        previous: undefined,
      }))
      this.#records.take(changes, true)
    }
    this.#cache.onChange(({ changes, isRelisted }) => this.#records.take(changes, isRelisted))
  }

  #tell({ deltas, unreadable, isAwaited }: RecordChanges): void {
    const { revision } = this
    if (deltas.size > 0) this.#list = undefined
    if (deltas.size + unreadable.length > 0) {
      this.#listeners.tell({ revision, deltas, unreadable, changes: toChanges(deltas, unreadable, revision) })
    }
    if (this.#isSubscribed && isAwaited) this.#parts.subscriptions.confirm(this.service)
  }
}
