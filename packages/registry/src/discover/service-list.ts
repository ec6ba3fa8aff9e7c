import type { Cache, CacheChanges, EtcdClient } from '@waypost/client'
import { eachInSlices, MergingSlot, type WaypostError, WorkLine } from '@waypost/core'
import type { OverrideFollower } from '../operate/override-follower.ts'
import { instanceKey, servicesPrefix } from '../record/keys.ts'
import { kindOf, type RecordKind, ServiceCounts, type ServiceSummary } from './service-counts.ts'

/** The most records that are counted at once; more are counted in slices. */
const keysAtOnce = 200

/**
 * The services and how many instances each has, live. It counts the records in the store: instances that the guard of
 * a view holds on to are not among them.
 */
export class ServiceList {
  readonly #cache: Cache
  readonly #overrides: OverrideFollower
  readonly #onClose: (list: ServiceList) => void
  readonly #leaveOverrides: () => void
  readonly #ready: Promise<void>
  readonly #kinds = new Map<string, { readonly service: string; readonly kind: RecordKind }>()
  readonly #counts = new ServiceCounts()
  readonly #slots = new Set<MergingSlot<readonly ServiceSummary[]>>()
  /** What has changed and is not counted yet. */
  readonly #line: WorkLine
  #services: readonly ServiceSummary[] | undefined
  #begun = false
  #closed = false

  /** @internal Made by `Registry.followServices`. */
  constructor(etcd: EtcdClient, overrides: OverrideFollower, onClose: (list: ServiceList) => void) {
    this.#overrides = overrides
    this.#onClose = onClose
    this.#line = new WorkLine(etcd.slices, { keysAtOnce })
    this.#cache = etcd.cache({ prefix: servicesPrefix }, { timeoutMs: Number.POSITIVE_INFINITY })
    this.#leaveOverrides = overrides.joinAll((service, ids) =>
      this.#take(
        [...ids].map((id) => instanceKey(service, id)),
        ids.size,
      ),
    )
    this.#ready = overrides.settled.then(() => {
      this.#begin()
      return this.#cache.ready.then(() => this.#line.whenIdle())
    })
    this.#ready.catch(() => {})
  }

  /** Settles when the first list is there, however long that takes. Fails as the store refuses, and with `closed`. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** Sorted by name. A frozen list that is replaced, never changed. */
  get services(): readonly ServiceSummary[] {
    this.#services ??= Object.freeze(this.#counts.summaries())
    return this.#services
  }

  get revision(): bigint {
    return this.#cache.revision
  }

  /** Since when the list may be out of date, because the store does not answer. */
  get staleSince(): Date | undefined {
    return this.#cache.staleSince
  }

  /** What went wrong last while the store was away. */
  get lastError(): WaypostError | undefined {
    return this.#cache.lastError
  }

  /**
   * The services whose counts have changed, with their counts now; one that has gone has zeros. Before the first list,
   * that list is the first change. A slow consumer gets the newest counts of all that have changed meanwhile.
   */
  changes(): AsyncIterableIterator<readonly ServiceSummary[]> {
    const slot = new MergingSlot<readonly ServiceSummary[]>(newest, { onReturn: () => this.#slots.delete(slot) })
    if (this.#closed) slot.end()
    else this.#slots.add(slot)
    return slot
  }

  /** Stops following. What was read stays readable. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const slot of this.#slots) slot.end()
    this.#slots.clear()
    this.#line.close()
    this.#leaveOverrides()
    this.#onClose(this)
    await this.#cache.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin(): void {
    if (this.#begun || this.#closed) return
    this.#begun = true
    if (this.#cache.isReady) this.#take(this.#cache.keys(), this.#cache.size)
    this.#cache.onChange(({ changes }: CacheChanges) => {
      this.#take(
        changes.map(({ key }) => key),
        changes.length,
      )
    })
  }

  #take(keys: Iterable<string>, count: number): void {
    if (this.#begun) this.#line.do(count, () => this.#count(keys))
  }

  *#count(keys: Iterable<string>): Generator<void, void> {
    const before = new Map<string, ServiceSummary>()
    yield* eachInSlices(keys, (key) => this.#countKey(key, before))
    const changed = [...before].flatMap(([service, was]) => {
      const is = this.#counts.get(service)
      return was.instances === is.instances && was.up === is.up && was.unreadable === is.unreadable ? [] : is
    })
    if (changed.length === 0) return
    this.#services = undefined
    for (const slot of this.#slots) slot.push(changed)
  }

  /** @param before what is known of each service that changes */
  #countKey(key: string, before: Map<string, ServiceSummary>): void {
    const known = this.#kinds.get(key)
    const current = this.#cache.get(key)
    const now = current && kindOf(current, (service, id) => this.#overrides.get(service, id))
    const service = now?.service ?? known?.service
    if (service === undefined || now?.kind === known?.kind) return
    if (!before.has(service)) before.set(service, this.#counts.get(service))
    if (known) this.#counts.remove(service, known.kind)
    if (now) {
      this.#counts.add(service, now.kind)
      this.#kinds.set(key, { service, kind: now.kind })
    } else this.#kinds.delete(key)
  }
}

function newest(waiting: readonly ServiceSummary[], next: readonly ServiceSummary[]): readonly ServiceSummary[] {
  return [...new Map([...waiting, ...next].map((summary) => [summary.service, summary])).values()]
}
