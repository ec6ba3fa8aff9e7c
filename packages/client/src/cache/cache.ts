import {
  abortedError,
  type Clock,
  deferred,
  Listeners,
  MergingSlot,
  onAbort,
  type Slices,
  type Timer,
  WaypostError,
  WorkLine,
} from '@waypost/core'
import type { KeyValue } from '../keys/key-value.ts'
import { closedError } from '../link/link.ts'
import type { WatchBatch } from '../watch/watch-batch.ts'
import { type CacheChange, type CacheChanges, mergeChanges } from './cache-changes.ts'
import type { CacheFollower, FollowerSink } from './cache-follower.ts'
import { CacheView } from './cache-view.ts'
import { nameOfBytes } from './key-name.ts'
import type { NextView } from './next-view.ts'
import type { CacheSnapshot, SnapshotOrigin } from './snapshot-format.ts'
import type { SnapshotKeeper, SnapshotOwner } from './snapshot-keeper.ts'

/** @internal */
export interface CacheParts {
  readonly clock: Clock
  readonly slices: Slices
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  follower(sink: FollowerSink): CacheFollower
  /** Undefined when the view is not kept on disk. */
  readonly snapshots: ((owner: SnapshotOwner) => SnapshotKeeper) | undefined
  /** Why nothing has come from the store; undefined when it is connected. */
  unavailable(): WaypostError | undefined
  /** Nothing of the cache is left. */
  onClosed(cache: Cache): void
}

/**
 * A live copy of a range of keys, read without the network. It is a list at one revision followed by a watch
 * from the next; every view is that of one revision, whole. When the store is away it keeps what it last knew.
 */
export class Cache implements Iterable<readonly [string, KeyValue]> {
  readonly #view = new CacheView()
  readonly #parts: CacheParts
  readonly #follower: CacheFollower
  readonly #snapshots: SnapshotKeeper | undefined
  /** What the store has said, to be taken in one after the other. */
  readonly #line: WorkLine
  readonly #ready = deferred()
  readonly #releaseSignal: () => void
  readonly #slots = new Set<MergingSlot<CacheChanges>>()
  readonly #changeListeners = new Listeners<[changes: CacheChanges]>()
  readonly #staleListeners = new Listeners<[staleSince: Date | undefined]>()
  #readyTimer: Timer | undefined
  #isReady = false
  #changeCount = 0
  #revision = 0n
  /** Of the store that the view is from; 0 before the first. */
  #clusterId = 0n
  #isFromDisk = false
  #snapshotProblem: WaypostError | undefined
  #staleSince: Date | undefined
  #lastError: WaypostError | undefined
  #closed = false
  #closing: Promise<void> = Promise.resolve()
  #endError: WaypostError | undefined

  /** @internal */
  constructor(parts: CacheParts) {
    this.#parts = parts
    const { clock, timeoutMs, signal } = parts
    this.#ready.promise.catch(() => {
      // Callers that wait get the error; it is not an unhandled rejection when none does.
    })
    this.#staleSince = new Date(clock.epochMs())
    this.#line = new WorkLine(parts.slices)
    this.#follower = parts.follower({
      nextView: () => this.#view.next(),
      onSnapshot: (view, revision, clusterId) => this.#onSnapshot(view, revision, clusterId),
      onBatch: (batch) => this.#line.do(batch.events.length, () => this.#apply(batch)),
      onFollowing: () => this.#line.do(0, () => this.#setStale(undefined)),
      onInterrupted: (error) => this.#line.do(0, () => this.#onInterrupted(error)),
    })
    if (timeoutMs < Number.POSITIVE_INFINITY) {
      this.#readyTimer = clock.after(timeoutMs, () => this.#ready.reject(this.#notReadyError(timeoutMs)), {
        ref: false,
      })
    }
    this.#snapshots = parts.snapshots?.({
      nextView: () => this.#view.next(),
      onRestored: (view, origin) => this.#onRestored(view, origin),
      onProblem: (problem) => {
        this.#snapshotProblem = problem
      },
      capture: () => this.#capture(),
    })
    this.#releaseSignal = onAbort(signal, () => signal && this.#end(abortedError(signal)))
    if (this.#closed) return
    this.#follower.start()
    this.#snapshots?.start()
  }

  /**
   * Settles when the first view is complete, from the store or from `snapshotFile`. Fails with `unavailable` when the store does not answer in time,
   * with what the store says when it refuses, and with `closed` or `aborted`. But for those two, the cache goes on
   * trying, and `isReady` turns true later.
   */
  get ready(): Promise<void> {
    return this.#isReady ? Promise.resolve() : this.#ready.promise
  }

  /** @internal How many changes the view has taken in. */
  get changeCount(): number {
    return this.#changeCount
  }

  /** Whether there is a first view. It stays true while the store is away. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** The newest revision that the view is known to show; 0 before the first. */
  get revision(): bigint {
    return this.#revision
  }

  /**
   * Since when the view may be out of date, because the store does not answer; `undefined` while it follows.
   * Before the first view: since the cache was made.
   */
  get staleSince(): Date | undefined {
    return this.#staleSince
  }

  /** What went wrong last while the store was away; `undefined` while the view follows. */
  get lastError(): WaypostError | undefined {
    const isCurrent = this.#isReady && this.#staleSince === undefined
    return this.#lastError ?? (isCurrent ? undefined : this.#parts.unavailable())
  }

  /** Whether the view is the one of `snapshotFile`, since the store has not answered yet. */
  get isFromDisk(): boolean {
    return this.#isFromDisk
  }

  /**
   * Why `snapshotFile` was ignored or could not be written (`snapshot-unusable`), or that the store is not the one
   * that the copy was of (`store-replaced`); the last of such problems.
   */
  get snapshotProblem(): WaypostError | undefined {
    return this.#snapshotProblem
  }

  get size(): number {
    return this.#view.size
  }

  get(key: string | Uint8Array): KeyValue | undefined {
    return this.#view.get(typeof key === 'string' ? key : nameOfBytes(key))
  }

  has(key: string | Uint8Array): boolean {
    return this.#view.has(typeof key === 'string' ? key : nameOfBytes(key))
  }

  /** Entries sorted by key, as they are when it begins; what is deleted before it is reached is left out. */
  *[Symbol.iterator](): IterableIterator<readonly [string, KeyValue]> {
    for (const name of this.#view.names()) {
      const kv = this.#view.get(name)
      if (kv !== undefined) yield [name, kv]
    }
  }

  entries(): IterableIterator<readonly [string, KeyValue]> {
    return this[Symbol.iterator]()
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this) yield key
  }

  *values(): IterableIterator<KeyValue> {
    for (const [, kv] of this) yield kv
  }

  /**
   * The changes from now on; before the first view, that view is the first change. A consumer that is slower than
   * the changes gets them merged: the net difference since it last looked. Ends with `close()`.
   *
   * @example
   * ```ts
   * await using cache = etcd.cache({ prefix: '/flags/' })
   * await cache.ready
   * const changes = cache.changes()
   * await etcd.kv.put('/flags/a', 'on')
   * for await (const { changes: changed } of changes) {
   *   for (const { type, key } of changed) console.log(type, key) // added /flags/a
   *   break
   * }
   * ```
   */
  changes(): AsyncIterableIterator<CacheChanges> {
    const slot: MergingSlot<CacheChanges> = new MergingSlot(merge, { onReturn: () => this.#slots.delete(slot) })
    if (this.#closed) slot.end(this.#endError)
    else this.#slots.add(slot)
    return slot
  }

  /**
   * Calls `listener` for every change, within the turn in which it arrives, after the view has moved on.
   * Returns the function that removes it.
   */
  onChange(listener: (changes: CacheChanges) => void): () => void {
    return this.#changeListeners.add(listener)
  }

  /** Calls `listener` when `staleSince` comes or goes. Returns the function that removes it. */
  onStale(listener: (staleSince: Date | undefined) => void): () => void {
    return this.#staleListeners.add(listener)
  }

  /** Stops following, and writes `snapshotFile`. What was read stays readable. Idempotent. */
  close(): Promise<void> {
    this.#end(undefined)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #onSnapshot(view: NextView, revision: bigint, clusterId: bigint): void {
    this.#snapshots?.giveUpReading()
    this.#line.do(view.length, () => this.#become(view, { revision, clusterId, asOf: undefined }))
  }

  #onRestored(view: NextView, origin: SnapshotOrigin): void {
    this.#line.do(view.length, () => this.#become(view, origin))
  }

  /** @param origin `asOf` is undefined for what the store has just answered */
  *#become(view: NextView, origin: Omit<SnapshotOrigin, 'asOf'> & { asOf: Date | undefined }): Generator<void, void> {
    const changes = yield* this.#view.become(view)
    const first = !this.#isReady
    const { revision, clusterId, asOf } = origin
    this.#isFromDisk = asOf !== undefined
    this.#revision = revision
    this.#clusterId = clusterId
    this.#isReady = true
    this.#readyTimer?.cancel()
    this.#setStale(asOf)
    if (changes.length > 0 || first) this.#emit(changes, true)
    this.#ready.resolve()
    if (asOf === undefined) this.#snapshots?.storeAnswered(clusterId, revision)
  }

  *#apply({ events, revision }: WatchBatch): Generator<void, void> {
    const changes = events.length === 0 ? [] : yield* this.#view.apply(events)
    if (revision > this.#revision) this.#revision = revision
    if (changes.length > 0) this.#emit(changes, false)
  }

  #capture(): CacheSnapshot | undefined {
    if (!this.#isReady || this.#isFromDisk) return undefined
    const asOf = this.#staleSince ?? new Date(this.#parts.clock.epochMs())
    return { clusterId: this.#clusterId, revision: this.#revision, asOf, kvs: this.#view.values() }
  }

  #onInterrupted(error: WaypostError): void {
    this.#lastError = error
    if (!this.#isReady && !error.retryable) {
      this.#snapshots?.giveUpReading()
      this.#ready.reject(error)
    }
    if (this.#staleSince === undefined) this.#setStale(new Date(this.#parts.clock.epochMs()))
  }

  #setStale(since: Date | undefined): void {
    if (since === undefined) this.#lastError = undefined
    if (since === this.#staleSince) return
    this.#staleSince = since
    this.#staleListeners.tell(since)
  }

  #emit(changes: readonly CacheChange[], isRelisted: boolean): void {
    this.#changeCount += changes.length
    const item: CacheChanges = Object.freeze({ revision: this.#revision, changes: Object.freeze(changes), isRelisted })
    this.#changeListeners.tell(item)
    for (const slot of this.#slots) slot.push(item)
    if (!this.#isFromDisk) this.#snapshots?.changed()
  }

  #notReadyError(timeoutMs: number): WaypostError {
    const error = this.#parts.unavailable() ?? this.#lastError
    const why = error === undefined ? '' : `: ${error.message}`
    return new WaypostError('unavailable', `The cache could not be filled within ${timeoutMs} ms${why}`, {
      cause: error,
      endpoint: error?.endpoint,
    })
  }

  #end(error: WaypostError | undefined): void {
    if (this.#closed) return
    this.#closed = true
    this.#endError = error
    this.#follower.close()
    this.#line.close()
    this.#readyTimer?.cancel()
    // Undefined while the constructor runs, when the signal had been aborted before.
    this.#releaseSignal?.()
    this.#ready.reject(error ?? closedError('The cache is closed.'))
    if (this.#staleSince === undefined) this.#setStale(new Date(this.#parts.clock.epochMs()))
    for (const slot of this.#slots) slot.end(error)
    this.#slots.clear()
    if (this.#snapshots === undefined) this.#parts.onClosed(this)
    else this.#closing = this.#snapshots.close().finally(() => this.#parts.onClosed(this))
  }
}

/** What waits and what comes, as one step. Nothing is left of a key that came and went. */
function merge(waiting: CacheChanges, next: CacheChanges): CacheChanges | undefined {
  const changes = mergeChanges(waiting.changes, next.changes)
  const isRelisted = waiting.isRelisted || next.isRelisted
  return changes.length === 0 ? undefined : { revision: next.revision, changes, isRelisted }
}
