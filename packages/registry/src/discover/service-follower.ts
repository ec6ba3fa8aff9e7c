import type { Cache, CacheChange, CacheChanges, EtcdClient } from '@waypost/client'
import { type Clock, deepFreeze, Listeners, type WaypostError } from '@waypost/core'
import type { SubscriptionState, Subscriptions } from '../drain/subscriptions.ts'
import type { ResolvedGuard } from '../guard/guard-options.ts'
import { type Loss, Losses } from '../guard/losses.ts'
import { withOverride } from '../operate/override.ts'
import type { OverrideFollower } from '../operate/override-follower.ts'
import type { Instance, RecordProblem } from '../record/instance.ts'
import { servicePrefix } from '../record/keys.ts'
import { readInstance } from '../record/read-instance.ts'
import type { FollowedChanges } from './followed-changes.ts'
import { isLoss, isWaitedFor, reasonOf } from './removal.ts'
import { sortedById } from './selection.ts'
import { type Delta, type RemovalReason, toChanges } from './service-changes.ts'
import { whoLeft } from './who-left.ts'

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

/**
 * A live copy of one service's instances, shared by all views of the process: the records as they are, parsed once,
 * with what operators say laid over them, and with the losses that the guard does not believe.
 */
export class ServiceFollower {
  readonly service: string
  readonly #parts: ServiceFollowerParts
  readonly #cache: Cache
  readonly #ready: Promise<void>
  readonly #instances = new Map<string, Instance>()
  /** The instances as they were last asked for; `undefined` when something has changed since. */
  #list: readonly Instance[] | undefined
  readonly #problems = new Map<string, RecordProblem>()
  readonly #listeners = new Listeners<[changes: FollowedChanges]>()
  readonly #losses: Losses | undefined
  readonly #leaveOverrides: () => void
  /** How many are shown as up. */
  #up = 0
  #begun = false
  #isSubscribed = false
  #closed = false

  constructor(service: string, parts: ServiceFollowerParts) {
    const { etcd, clock, overrides, guard, snapshotFile } = parts
    this.service = service
    this.#parts = parts
    this.#losses =
      guard &&
      new Losses({
        etcd,
        clock,
        guard,
        onSuspect: (keys) => this.#suspect(keys),
        onGone: (gone) => this.#remove(gone),
      })
    const range = { prefix: servicePrefix(service) }
    this.#cache = etcd.cache(range, { timeoutMs: Number.POSITIVE_INFINITY, snapshotFile })
    this.#leaveOverrides = overrides.join(service, (ids) => this.#override(ids))
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
    return this.#losses?.holdingSince
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
    return this.#instances.values()
  }

  /** Sorted by id. A frozen list that is replaced, never changed. */
  get list(): readonly Instance[] {
    this.#list ??= sortedById(this.#instances.values())
    return this.#list
  }

  get problems(): readonly RecordProblem[] {
    return [...this.#problems.values(), ...this.#parts.overrides.problems(this.service)]
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
      this.#losses?.close()
      this.#leaveOverrides()
      await this.#cache.close()
    }
  }

  /** A connection to the instance was refused: when its record is lost, it is gone. */
  refused(key: string): void {
    // One that is gone by now would be remembered for ever.
    if (this.#instances.has(key)) this.#losses?.refused(key)
  }

  /** The instance has answered. */
  answered(key: string): void {
    this.#losses?.answered(key)
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    const { isReady, revision } = this.#cache
    if (isReady) {
      const changes = [...this.#cache].map(([key, current]) => ({
        type: 'added' as const,
        key,
        current,
        previous: undefined,
      }))
      this.#take({ changes, revision, isRelisted: true })
    }
    this.#cache.onChange((changes) => this.#take(changes))
  }

  #take({ changes, isRelisted }: CacheChanges): void {
    const deltas = new Map<string, Delta>()
    const unreadable: RecordProblem[] = []
    const losses: Loss[] = []
    for (const change of changes) {
      const { key } = change
      const before = this.#instances.get(key)
      const { instance: after, problem } = this.#read(change)
      if (problem) {
        this.#problems.set(key, problem)
        unreadable.push(problem)
      } else this.#problems.delete(key)
      if (change.type !== 'removed') this.#losses?.present(key)
      else if (before && this.#losses && isLoss(before, change)) {
        losses.push({ key, lease: change.previous.lease })
        continue
      } else this.#losses?.forget(key)
      this.#set(key, after)
      if (after !== undefined) deltas.set(key, { before, after })
      else if (before !== undefined) deltas.set(key, { before, after, reason: reasonOf(change, before, problem) })
    }
    const up = this.#up
    this.#tell(deltas, unreadable)
    if (losses.length === 0) return
    this.#losses?.lose(losses, up)
    // They may have said `leaving` where only the history knew it, which is no more.
    if (isRelisted) void this.#findWhoLeft()
  }

  /** Never rejects: what cannot be found out counts as lost. */
  async #findWhoLeft(): Promise<void> {
    const { etcd } = this.#parts
    const left = await whoLeft(etcd, this.service, this.#instances).catch(() => [])
    if (!this.#closed) this.#losses?.left(left)
  }

  #read({ key, current }: CacheChange): { readonly instance?: Instance; readonly problem?: RecordProblem } {
    if (current === undefined) return {}
    const { instance, problem } = readInstance(key, current.bytes, current.modRevision)
    return instance
      ? { instance: withOverride(instance, this.#parts.overrides.get(this.service, instance.id)) }
      : { problem: Object.freeze({ key, message: problem, revision: current.modRevision }) }
  }

  #override(ids: ReadonlySet<string>): void {
    if (!this.#begun) return
    const touched = [...this.#instances.values()].filter(({ id }) => ids.has(id))
    this.#replace(touched, (before) => withOverride(before, this.#parts.overrides.get(this.service, before.id)))
  }

  #suspect(keys: Iterable<string>): void {
    const touched = [...keys].flatMap((key) => this.#instances.get(key) ?? [])
    this.#replace(touched, (before) => (before.suspect ? before : deepFreeze({ ...before, suspect: true })))
  }

  #replace(instances: readonly Instance[], change: (before: Instance) => Instance): void {
    const deltas = new Map<string, Delta>()
    for (const before of instances) {
      const after = change(before)
      this.#set(before.key, after)
      if (before !== after) deltas.set(before.key, { before, after })
    }
    this.#tell(deltas, [])
  }

  #remove(gone: ReadonlyMap<string, RemovalReason>): void {
    const deltas = new Map<string, Delta>()
    for (const [key, reason] of gone) {
      const before = this.#instances.get(key)
      this.#set(key, undefined)
      if (before) deltas.set(key, { before, after: undefined, reason })
    }
    this.#tell(deltas, [])
  }

  #set(key: string, instance: Instance | undefined): void {
    if (this.#instances.get(key)?.status === 'up') this.#up -= 1
    if (instance?.status === 'up') this.#up += 1
    if (instance) this.#instances.set(key, instance)
    else this.#instances.delete(key)
    this.#list = undefined
  }

  #tell(deltas: ReadonlyMap<string, Delta>, unreadable: readonly RecordProblem[]): void {
    if (deltas.size + unreadable.length === 0) return
    const { revision } = this
    const followed = { revision, deltas, unreadable, changes: toChanges(deltas, unreadable, revision) }
    this.#listeners.tell(followed)
    if (this.#isSubscribed && [...deltas.values()].some(isWaitedFor)) this.#parts.subscriptions.confirm(this.service)
  }
}
