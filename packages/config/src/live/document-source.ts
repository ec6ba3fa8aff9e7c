import type { Cache, CacheChanges, EtcdClient, KeyValue } from '@waypost/client'
import { type Clock, WaypostError } from '@waypost/core'
import { configPrefix } from '../config-path.ts'
import type { StoredDocument } from '../layers/parsed-documents.ts'
import { rangeOf, type Slot } from '../layers/slot.ts'
import type { DocumentLookUp, Walked } from '../layers/walk.ts'
import { type CanariesRecord, parseCanaries } from '../records/canary.ts'
import { type HeadRecord, parseHead } from '../records/head.ts'
import type { ParsedRecord } from '../records/json-record.ts'
import { recordFolders } from '../records/keys.ts'
import { Consistency } from './consistency.ts'
import type { FollowedCache } from './range-census.ts'
import { ReadDocuments } from './read-documents.ts'

export interface DocumentSourceOptions {
  readonly clock: Clock
  /** Called when a document, its release or its canaries have changed, in the turn in which they do. */
  readonly onChange: () => void
  /** Called once for each thing that is wrong with the records, which the documents do without. */
  readonly onNotice: (message: string) => void
}

/** Documents of one moment. */
export interface Collected {
  readonly walked: Walked
  readonly revision: bigint
  /** Whether all that was looked at had been read; what had not is a change when it has. */
  readonly isComplete: boolean
}

/** How long what is followed may take to be of one moment. */
const settleWithinMs = 1_000
const readWithinMs = 5_000

/** The caches of one slot: the documents themselves, and Waypost's records about them. */
interface Followed {
  readonly slot: Slot
  readonly documents: Cache
  readonly heads: Cache
  readonly canaries: Cache
  readonly ranges: readonly FollowedCache[]
  /** Settles when all of them have been read. */
  readonly ready: Promise<unknown>
  isReady: boolean
}

/** Live copies of the key ranges that some documents and the records about them lie in. */
export class DocumentSource implements DocumentLookUp {
  readonly #etcd: EtcdClient
  readonly #options: DocumentSourceOptions
  readonly #followed = new Map<string, Followed>()
  readonly #byPath = new Map<string, Followed>()
  readonly #canaries = new WeakMap<KeyValue, CanariesRecord | undefined>()
  readonly #heads = new WeakMap<KeyValue, HeadRecord | undefined>()
  readonly #consistency: Consistency
  #toldOfDenial = false
  #closed = false

  constructor(etcd: EtcdClient, options: DocumentSourceOptions) {
    this.#etcd = etcd
    this.#options = options
    const followed = (): FollowedCache[] => [...this.#ready()]
    this.#consistency = new Consistency({ etcd, clock: options.clock, followed })
  }

  /** Follows these slots too. True when all of them have been read already. */
  follow(slots: readonly Slot[]): boolean {
    for (const slot of slots) {
      if (this.#closed || this.#followed.has(slot.name)) continue
      const followed = this.#open(slot)
      this.#followed.set(slot.name, followed)
      for (const path of slot.paths) if (!this.#byPath.has(path)) this.#byPath.set(path, followed)
    }
    return slots.every(({ name }) => this.#followed.get(name)?.isReady)
  }

  /** Stops following every other slot. */
  keepOnly(slots: readonly Slot[]): void {
    const kept = new Set(slots.map(({ name }) => name))
    for (const [name, followed] of this.#followed) {
      if (kept.has(name)) continue
      this.#followed.delete(name)
      for (const path of followed.slot.paths) {
        if (this.#byPath.get(path) !== followed) continue
        const other = [...this.#followed.values()].find(({ slot }) => slot.paths.includes(path))
        if (other) this.#byPath.set(path, other)
        else this.#byPath.delete(path)
      }
      void closeAll(followed)
    }
  }

  /** Settles when everything that is followed has been read. Fails as the first that the store refuses. */
  async ready(): Promise<void> {
    if (this.#closed) throw new WaypostError('closed', 'The configuration has been closed.')
    await Promise.all([...this.#followed.values()].map(({ ready }) => ready))
  }

  /**
   * Collects documents with `walk`, all of one moment, also when a transaction over several of them arrives in parts:
   * from what is followed as soon as that is proven to be of one; or else, as when somebody writes all the time, from
   * the store. What is looked at is followed from then on. Fails as the store does.
   */
  async collect(walk: (lookUp: DocumentLookUp) => Walked, signal: AbortSignal | undefined): Promise<Collected> {
    if (await this.#consistency.settle(settleWithinMs, signal)) {
      const { revision } = this
      const walked = walk(this)
      return { walked, revision, isComplete: this.follow(walked.slots) }
    }
    const call = { timeoutMs: readWithinMs, signal }
    const read = new ReadDocuments(this.#etcd, () => call, await this.#consistency.count(call))
    for (;;) {
      const walked = walk(read)
      this.follow(walked.slots)
      if (!(await read.add(walked.slots))) return { walked, revision: read.revision, isComplete: true }
    }
  }

  /** The newest revision that any range has seen. */
  get revision(): bigint {
    let newest = 0n
    for (const { revision } of this.#caches()) if (revision > newest) newest = revision
    return newest
  }

  /** Since when some range may be out of date. */
  get staleSince(): Date | undefined {
    let first: Date | undefined
    for (const { staleSince } of this.#caches()) if (staleSince && (!first || staleSince < first)) first = staleSince
    return first
  }

  /** What went wrong last with a range that is not up to date. */
  get lastError(): WaypostError | undefined {
    for (const { lastError } of this.#caches()) if (lastError) return lastError
    return undefined
  }

  document(path: string): StoredDocument | undefined {
    return this.#byPath.get(path)?.documents.get(configPrefix + path)
  }

  canaries(path: string): CanariesRecord | undefined {
    const kv = this.#byPath.get(path)?.canaries.get(recordFolders.canaries + path)
    return this.#record(kv, this.#canaries, parseCanaries)
  }

  release(path: string, checksum: string): number | undefined {
    const kv = this.#byPath.get(path)?.heads.get(recordFolders.heads + path)
    const head = this.#record(kv, this.#heads, parseHead)
    return head?.checksum === checksum ? head.release : undefined
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#followed.values()].map(closeAll))
  }

  #open(slot: Slot): Followed {
    const documents = this.#cache(slot, configPrefix)
    const heads = this.#cache(slot, recordFolders.heads)
    const canaries = this.#cache(slot, recordFolders.canaries)
    const ready = Promise.all([
      documents.cache.ready,
      this.#unlessDenied(heads.cache),
      this.#unlessDenied(canaries.cache),
    ]).then(() => {
      followed.isReady = true
      this.#consistency.listed(documents.cache.revision)
      this.#options.onChange()
    })
    // Whoever waits for it hears of it.
    ready.catch(() => {})
    const followed: Followed = {
      slot,
      documents: documents.cache,
      heads: heads.cache,
      canaries: canaries.cache,
      ranges: [documents, heads, canaries],
      ready,
      isReady: false,
    }
    return followed
  }

  #cache(slot: Slot, folder: string): FollowedCache {
    const range = rangeOf(slot, folder)
    const cache = this.#etcd.cache(range, { timeoutMs: Number.POSITIVE_INFINITY })
    cache.onChange((changes) => this.#onChange(slot, folder, changes))
    return { range, cache }
  }

  #onChange(slot: Slot, folder: string, { changes, revision }: CacheChanges): void {
    // What comes before all has been read is part of what is read.
    if (!this.#followed.get(slot.name)?.isReady) return
    const concerned = changes.filter(({ key }) => slot.paths.includes(key.slice(folder.length)))
    if (concerned.length === 0) {
      this.#consistency.moved()
      return
    }
    if (folder === recordFolders.heads) for (const { current } of concerned) this.#onHead(slot, current, revision)
    this.#consistency.changed(revision)
    this.#options.onChange()
  }

  /** A head comes in one transaction with what it is about. */
  #onHead(slot: Slot, kv: KeyValue | undefined, revision: bigint): void {
    const head = this.#record(kv, this.#heads, parseHead)
    if (kv === undefined || head === undefined || kv.modRevision !== revision) return
    const followed = this.#byPath.get(kv.key.slice(recordFolders.heads.length))
    // A path of several places counts where it is read.
    if (followed?.slot !== slot) return
    const { documents, heads, canaries } = followed
    // What was changed by hand had been there before; a promotion ends its canary.
    const written = head.kind === 'external' ? [heads] : [heads, documents]
    if (head.kind === 'promote' && canaries.isReady) written.push(canaries)
    this.#consistency.released(revision, head.parts ?? 1, written)
  }

  /** A process that may not see the records goes without releases and canaries. */
  async #unlessDenied(cache: Cache): Promise<void> {
    try {
      await cache.ready
    } catch (error) {
      if (!WaypostError.is(error, 'permission-denied')) throw error
      await cache.close()
      if (this.#toldOfDenial) return
      this.#toldOfDenial = true
      this.#options.onNotice(
        `The user may not read ${recordFolders.heads} and ${recordFolders.canaries}: releases are not named, and no canary is taken.`,
      )
    }
  }

  /** Parses a record once, and tells of its damage once. */
  #record<T>(
    kv: KeyValue | undefined,
    known: WeakMap<KeyValue, T | undefined>,
    parse: (bytes: Uint8Array) => ParsedRecord<T>,
  ): T | undefined {
    if (kv === undefined) return undefined
    if (known.has(kv)) return known.get(kv)
    const { record, damage } = parse(kv.bytes)
    known.set(kv, record)
    if (damage !== undefined) this.#options.onNotice(`The record ${kv.key} is damaged and not used: ${damage}.`)
    return record
  }

  *#caches(): Generator<Cache> {
    for (const { documents, heads, canaries } of this.#followed.values()) {
      yield documents
      if (canaries.isReady) yield canaries
      if (heads.isReady) yield heads
    }
  }

  *#ready(): Generator<FollowedCache> {
    for (const { ranges, isReady } of this.#followed.values()) {
      if (isReady) for (const range of ranges) if (range.cache.isReady) yield range
    }
  }
}

async function closeAll({ documents, heads, canaries }: Followed): Promise<void> {
  await Promise.all([documents.close(), heads.close(), canaries.close()])
}
