import type { Cache, CacheChanges, EtcdClient } from '@waypost/client'
import { MergingSlot, type WaypostError } from '@waypost/core'
import type { OverrideFollower } from '../operate/override-follower.ts'
import { instanceKey, servicesPrefix } from '../record/keys.ts'
import { kindOf, type RecordKind, ServiceCounts, type ServiceSummary } from './service-counts.ts'

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
  #services: readonly ServiceSummary[] | undefined
  #begun = false
  #closed = false

  /** @internal Made by `Registry.followServices`. */
  constructor(etcd: EtcdClient, overrides: OverrideFollower, onClose: (list: ServiceList) => void) {
    this.#overrides = overrides
    this.#onClose = onClose
    this.#cache = etcd.cache({ prefix: servicesPrefix }, { timeoutMs: Number.POSITIVE_INFINITY })
    this.#leaveOverrides = overrides.joinAll((service, ids) =>
      this.#count([...ids].map((id) => instanceKey(service, id))),
    )
    this.#ready = overrides.settled.then(() => {
      this.#begin()
      return this.#cache.ready
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
    if (this.#cache.isReady) this.#count([...this.#cache.keys()])
    this.#cache.onChange(({ changes }: CacheChanges) => this.#count(changes.map(({ key }) => key)))
  }

  #count(keys: readonly string[]): void {
    if (!this.#begun) return
    const before = new Map<string, ServiceSummary>()
    for (const key of keys) {
      const known = this.#kinds.get(key)
      const current = this.#cache.get(key)
      const now = current && kindOf(current, (service, id) => this.#overrides.get(service, id))
      const service = now?.service ?? known?.service
      if (service === undefined || now?.kind === known?.kind) continue
      if (!before.has(service)) before.set(service, this.#counts.get(service))
      if (known) this.#counts.remove(service, known.kind)
      if (now) {
        this.#counts.add(service, now.kind)
        this.#kinds.set(key, { service, kind: now.kind })
      } else this.#kinds.delete(key)
    }
    const changed = [...before].flatMap(([service, was]) => {
      const is = this.#counts.get(service)
      return was.instances === is.instances && was.up === is.up && was.unreadable === is.unreadable ? [] : is
    })
    if (changed.length === 0) return
    this.#services = undefined
    for (const slot of this.#slots) slot.push(changed)
  }
}

function newest(waiting: readonly ServiceSummary[], next: readonly ServiceSummary[]): readonly ServiceSummary[] {
  return [...new Map([...waiting, ...next].map((summary) => [summary.service, summary])).values()]
}
