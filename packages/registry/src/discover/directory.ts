import type { Cache, CacheChange, EtcdClient } from '@waypost/client'
import { type Clock, eachInSlices, Listeners, type WaypostError, WorkLine } from '@waypost/core'
import type { ResolvedGuard } from '../guard/guard-options.ts'
import type { OverrideFollower } from '../operate/override-follower.ts'
import type { Instance } from '../record/instance.ts'
import { readInstanceKey, servicesPrefix } from '../record/keys.ts'
import { InstanceList } from './instance-list.ts'
import { itemsAtOnce, ServiceRecords } from './service-records.ts'

interface Service {
  readonly records: ServiceRecords
  readonly list: InstanceList
}

export interface DirectoryParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly overrides: OverrideFollower
  readonly guard: ResolvedGuard | undefined
  readonly snapshotFile: string | undefined
  readonly onClose: (directory: Directory) => void
}

/**
 * All services with their instances, live and local, by one list and one watch however many services there are. For
 * programs that answer for every service, such as a DNS server. A caller of one service uses `Registry.discover`.
 */
export class Directory {
  readonly #parts: DirectoryParts
  readonly #cache: Cache
  readonly #services = new Map<string, Service>()
  readonly #listeners = new Listeners<[services: ReadonlySet<string>]>()
  readonly #leaveOverrides: () => void
  readonly #ready: Promise<void>
  /** What the cache has told and is not applied yet. */
  readonly #line: WorkLine
  #changed = new Set<string>()
  /** While something waits in the line: the lists show everything up to here. */
  #appliedRevision = 0n
  #begun = false
  #isReady = false
  #closed = false

  /** @internal Made by `Registry.followAll`. */
  constructor(parts: DirectoryParts) {
    const { etcd, overrides, snapshotFile } = parts
    this.#parts = parts
    this.#line = new WorkLine(etcd.slices, { keysAtOnce: itemsAtOnce, onIdle: () => this.#tell() })
    this.#cache = etcd.cache({ prefix: servicesPrefix }, { timeoutMs: Number.POSITIVE_INFINITY, snapshotFile })
    this.#leaveOverrides = overrides.joinAll((service, ids) => {
      this.#line.do(ids.size, () => {
        this.#services.get(service)?.records.override(ids)
        this.#tellIfIdle()
      })
    })
    // Without knowing what operators have disabled, nothing is shown.
    this.#ready = overrides.settled.then(() => {
      this.#begin()
      return this.#cache.ready
        .then(() => this.#line.whenIdle())
        .then(() => {
          this.#isReady = true
        })
    })
    this.#ready.catch(() => {})
  }

  /** Settles when the first list is there, however long that takes. Fails as the store refuses, and with `closed`. */
  get ready(): Promise<void> {
    return this.#ready
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** The names of the services that have a record, in no order. */
  get services(): Iterable<string> {
    return this.#services.keys()
  }

  /** Whether the service has a record, whatever its status. */
  has(service: string): boolean {
    return this.#services.has(service)
  }

  /** Whatever their status, sorted by id. A frozen list that is replaced, never changed. */
  instances(service: string): readonly Instance[] {
    return this.#services.get(service)?.list.get() ?? none
  }

  /** The store's revision of what is shown. */
  get revision(): bigint {
    if (!this.#begun) return 0n
    return this.#line.isIdle ? this.#cache.revision : this.#appliedRevision
  }

  /** Since when the lists may be out of date, because the store does not answer. */
  get staleSince(): Date | undefined {
    return this.#cache.staleSince
  }

  /** What went wrong last while the store was away; `undefined` while the directory follows. */
  get lastError(): WaypostError | undefined {
    return this.#cache.lastError
  }

  /** Tells of the services that have changed. Returns the function that stops listening. */
  onChange(listener: (services: ReadonlySet<string>) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Stops following. What was read stays readable. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#line.close()
    this.#listeners.clear()
    this.#leaveOverrides()
    for (const { records } of this.#services.values()) records.close()
    this.#parts.onClose(this)
    await this.#cache.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin(): void {
    if (this.#begun || this.#closed) return
    this.#begun = true
    if (this.#cache.isReady) {
      this.#appliedRevision = 0n
      this.#line.do(this.#cache.size, () => this.#applyAll())
    }
    this.#cache.onChange(({ changes, isRelisted, revision }) => this.#take(changes, isRelisted, revision))
  }

  #take(changes: readonly CacheChange[], isRelisted: boolean, revision: bigint): void {
    // Up to here nothing else has changed, unless what happened in between was missed.
    if (this.#line.isIdle && !isRelisted) this.#appliedRevision = revision - 1n
    this.#line.do(changes.length, () => this.#apply(changes, isRelisted))
  }

  /** What the cache knew before this began. */
  *#applyAll(): Generator<void, void> {
    const changes: CacheChange[] = []
    yield* eachInSlices(this.#cache, ([key, current]) =>
      changes.push({ type: 'added', key, current, previous: undefined }),
    )
    yield* this.#apply(changes, true)
  }

  /** Large changes are applied in parts, so that they do not hold up the event loop. */
  *#apply(changes: readonly CacheChange[], isRelisted: boolean): Generator<void, void> {
    const byService = new Map<string, CacheChange[]>()
    yield* eachInSlices(changes, (change) => {
      const service = readInstanceKey(change.key)?.service
      if (service === undefined) return
      const found = byService.get(service)
      if (found === undefined) byService.set(service, [change])
      else found.push(change)
    })
    for (const [service, list] of byService) {
      const { records } = this.#services.get(service) ?? this.#add(service)
      yield* records.takeInParts(list, isRelisted)
      this.#tidy(service)
      yield
    }
    this.#tellIfIdle()
  }

  #add(service: string): Service {
    const { etcd, clock, guard, overrides } = this.#parts
    const records: ServiceRecords = new ServiceRecords(service, {
      line: this.#line,
      etcd,
      clock,
      guard,
      overrideOf: (id) => overrides.get(service, id),
      onChanges: ({ deltas }) => {
        const changed = this.#services.get(service)
        if (deltas.size === 0 || changed === undefined) return
        for (const [key, { before }] of deltas) changed.list.changed(key, before)
        this.#changed.add(service)
        this.#tidy(service)
        // The guard decides later, on its own.
        queueMicrotask(() => this.#tellIfIdle())
      },
    })
    const added = { records, list: new InstanceList(records.instances) }
    this.#services.set(service, added)
    return added
  }

  #tidy(service: string): void {
    const records = this.#services.get(service)?.records
    if (records === undefined || records.instances.size > 0) return
    if (!records.problems[Symbol.iterator]().next().done) return
    records.close()
    this.#services.delete(service)
    this.#changed.add(service)
  }

  #tellIfIdle(): void {
    if (this.#line.isIdle) this.#tell()
  }

  #tell(): void {
    if (this.#changed.size === 0 || this.#closed) return
    const changed = this.#changed
    this.#changed = new Set()
    this.#listeners.tell(changed)
  }
}

const none: readonly Instance[] = Object.freeze([])
