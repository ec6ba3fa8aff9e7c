import { Backoff, type Clock, type Timer, WaypostError } from '@waypost/core'
import type { KeyRange, ResponseHeader } from '@waypost/protocol'
import { KeyPacker } from '../keys/key-packer.ts'
import type { KeyValueList } from '../kv/key-value-list.ts'
import { toWaypostError } from '../link/errors.ts'
import type { WatchBatch } from '../watch/watch-batch.ts'
import type { WatchStreams } from '../watch/watch-streams.ts'
import { Watcher } from '../watch/watcher.ts'
import type { NextView } from './next-view.ts'

/** Where the follower reports to. Its methods must not throw. */
export interface FollowerSink {
  /** What is listed is collected here. */
  nextView(): NextView
  /** Everything there is, as of one revision. */
  onSnapshot(view: NextView, revision: bigint, clusterId: bigint): void
  onBatch(batch: WatchBatch): void
  /** The view follows the store again. */
  onFollowing(): void
  /** The view cannot follow for now. */
  onInterrupted(error: WaypostError): void
}

/**
 * Snapshot, then follow: a list at one revision, then a watch from the next. When the watch ends, because history
 * it needs was compacted or the store is another one, it lists again. It never gives up before `close`.
 */
export class CacheFollower {
  readonly #streams: WatchStreams
  readonly #range: KeyRange
  readonly #list: (signal: AbortSignal) => KeyValueList
  readonly #clock: Clock
  readonly #sink: FollowerSink
  readonly #backoff = new Backoff({ initialMs: 100, maxMs: 5_000 })
  readonly #controller = new AbortController()
  #watcher: Watcher | undefined
  #timer: Timer | undefined

  constructor(
    streams: WatchStreams,
    range: KeyRange,
    list: (signal: AbortSignal) => KeyValueList,
    clock: Clock,
    sink: FollowerSink,
  ) {
    this.#streams = streams
    this.#range = range
    this.#list = list
    this.#clock = clock
    this.#sink = sink
  }

  start(): void {
    this.#snapshot().catch((error: unknown) => this.#later(listingError(error)))
  }

  close(): void {
    this.#controller.abort()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#dropWatcher()
  }

  async #snapshot(): Promise<void> {
    let view: NextView | undefined
    let first: ResponseHeader | undefined
    for await (const { kvs, header } of this.#list(this.#controller.signal).slices(new KeyPacker())) {
      // Closed between two slices.
      if (this.#controller.signal.aborted) return
      first = header
      view ??= this.#sink.nextView()
      view.add(kvs)
    }
    if (this.#controller.signal.aborted || view === undefined || first === undefined) return
    this.#sink.onSnapshot(view, first.revision, first.clusterId)
    // A listener may have closed the cache.
    if (!this.#controller.signal.aborted) this.#follow(first)
  }

  #follow(listed: ResponseHeader): void {
    const plan = {
      range: this.#range,
      startRevision: listed.revision + 1n,
      prevKv: false,
      noPut: false,
      noDelete: false,
      reportsProgress: true,
    }
    this.#watcher = new Watcher(
      plan,
      {
        onStarted: () => {
          this.#backoff.reset()
          this.#sink.onFollowing()
        },
        onBatch: (batch) => {
          this.#sink.onBatch(batch)
          return true
        },
        onInterrupted: (error) => this.#sink.onInterrupted(error),
        onEnd: (error) => {
          this.#dropWatcher()
          if (error.code !== 'compacted' && error.code !== 'store-replaced') this.#later(error)
          else {
            this.#sink.onInterrupted(error)
            this.start()
          }
        },
      },
      listed,
    )
    this.#streams.add(this.#watcher)
  }

  #later(error: WaypostError): void {
    if (this.#controller.signal.aborted) return
    this.#sink.onInterrupted(error)
    this.#timer = this.#clock.after(this.#backoff.nextMs(), () => {
      this.#timer = undefined
      this.start()
    })
  }

  #dropWatcher(): void {
    const watcher = this.#watcher
    this.#watcher = undefined
    if (watcher === undefined) return
    watcher.state = 'ended'
    this.#streams.remove(watcher)
  }
}

function listingError(error: unknown): WaypostError {
  const failure = toWaypostError(error, { endpoint: undefined, effect: 'read' })
  if (failure.code !== 'compacted') return failure
  // The next list is of a later revision.
  return new WaypostError('compacted', 'The revision that was being listed has been compacted in the meantime.', {
    cause: failure,
    endpoint: failure.endpoint,
    retryable: true,
  })
}
