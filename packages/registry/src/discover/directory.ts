import type { Cache, CacheChange, EtcdClient } from '@waypost/client'
import { type Clock, Listeners, type WaypostError } from '@waypost/core'
import type { ResolvedGuard } from '../guard/guard-options.ts'
import type { OverrideFollower } from '../operate/override-follower.ts'
import type { Instance } from '../record/instance.ts'
import { readInstanceKey, servicesPrefix } from '../record/keys.ts'
import { sortedById } from './selection.ts'
import { ServiceRecords } from './service-records.ts'
import { SlicedQueue } from './sliced-queue.ts'

/** How many changes of one service are applied in one go. */
const partLength = 200

interface Part {
  readonly service: string
  readonly changes: readonly CacheChange[]
  readonly isRelisted: boolean
}

interface Service {
  readonly records: ServiceRecords
  /** As it was last asked for; `undefined` when something has changed since. */
  list: readonly Instance[] | undefined
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
  readonly #queue = new SlicedQueue<Part>(
    (part) => this.#apply(part),
    () => this.#tell(),
  )
  #changed = new Set<string>()
  /** The revision before what is in the queue. */
  #appliedRevision = 0n
  #begun = false
  #isReady = false
  #closed = false

  /** @internal Made by `Registry.followAll`. */
  constructor(parts: DirectoryParts) {
    const { etcd, overrides, snapshotFile } = parts
    this.#parts = parts
    this.#cache = etcd.cache({ prefix: servicesPrefix }, { timeoutMs: Number.POSITIVE_INFINITY, snapshotFile })
    this.#leaveOverrides = overrides.joinAll((service, ids) => {
      this.#services.get(service)?.records.override(ids)
      if (this.#queue.isIdle) this.#tell()
    })
    // Without knowing what operators have disabled, nothing is shown.
    this.#ready = overrides.settled.then(() => {
      this.#begin()
      return this.#cache.ready
        .then(() => this.#queue.whenIdle())
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
    const found = this.#services.get(service)
    if (found === undefined) return none
    found.list ??= sortedById(found.records.instances.values())
    return found.list
  }

  /** The store's revision of what is shown. */
  get revision(): bigint {
    if (!this.#begun) return 0n
    return this.#queue.isIdle ? this.#cache.revision : this.#appliedRevision
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
    this.#queue.clear()
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
      const changes = [...this.#cache].map(([key, current]) => {
        return { type: 'added' as const, key, current, previous: undefined }
      })
      this.#take(changes, true, 0n)
    }
    this.#cache.onChange(({ changes, isRelisted, revision }) => this.#take(changes, isRelisted, revision))
  }

  /** Small changes are applied at once, large ones in slices, so that they do not hold up the event loop. */
  #take(changes: readonly CacheChange[], isRelisted: boolean, revision: bigint): void {
    const parts = [...inParts(changes)].map((part) => ({ ...part, isRelisted }))
    if (this.#queue.isIdle && changes.length <= partLength) {
      for (const part of parts) this.#apply(part)
      this.#tell()
      return
    }
    if (this.#queue.isIdle) this.#appliedRevision = this.#services.size === 0 ? 0n : revision - 1n
    this.#queue.push(parts)
  }

  #apply({ service, changes, isRelisted }: Part): void {
    if (this.#closed) return
    const { records } = this.#services.get(service) ?? this.#add(service)
    records.take(changes, isRelisted)
    this.#tidy(service)
  }

  #add(service: string): Service {
    const { etcd, clock, guard, overrides } = this.#parts
    const records = new ServiceRecords(service, {
      etcd,
      clock,
      guard,
      overrideOf: (id) => overrides.get(service, id),
      onChanges: ({ deltas }) => {
        const changed = this.#services.get(service)
        if (deltas.size === 0 || changed === undefined) return
        changed.list = undefined
        this.#changed.add(service)
        this.#tidy(service)
        // The guard decides later, on its own.
        if (this.#queue.isIdle) queueMicrotask(() => this.#tell())
      },
    })
    const added = { records, list: undefined }
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

  #tell(): void {
    if (this.#changed.size === 0 || this.#closed) return
    const changed = this.#changed
    this.#changed = new Set()
    this.#listeners.tell(changed)
  }
}

const none: readonly Instance[] = Object.freeze([])

function* inParts(changes: readonly CacheChange[]): Iterable<{ service: string; changes: readonly CacheChange[] }> {
  const byService = new Map<string, CacheChange[]>()
  for (const change of changes) {
    const service = readInstanceKey(change.key)?.service
    if (service === undefined) continue
    const found = byService.get(service)
    if (found === undefined) byService.set(service, [change])
    else found.push(change)
  }
  for (const [service, list] of byService) {
    for (let start = 0; start < list.length; start += partLength) {
      yield { service, changes: list.slice(start, start + partLength) }
    }
  }
}
