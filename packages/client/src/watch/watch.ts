import { abortedError, BoundedQueue, deferred, onAbort, WaypostError } from '@waypost/core'
import {
  abortSignal,
  boolean,
  checkOptions,
  int64,
  kindOf,
  listOf,
  type OptionKinds,
  oneOf,
} from '@waypost/core/options'
import type { KeyRange } from '@waypost/protocol'
import { toInt64 } from '../keys/int64.ts'
import type { Int64 } from '../keys/key.ts'
import type { WatchBatch } from './watch-batch.ts'
import type { WatchStreams } from './watch-streams.ts'
import { Watcher } from './watcher.ts'

export interface WatchOptions {
  /** The first revision to report. Default: what comes after the watch has begun. */
  readonly startRevision?: Int64 | undefined
  /** Asks for every key as it was before the change, in `previous`. */
  readonly prevKv?: boolean | undefined
  /** Leaves out puts or deletes. */
  readonly filters?: readonly ('noPut' | 'noDelete')[] | undefined
  /** Also yields batches without events now and then, which say how far the watch has come. */
  readonly progressNotify?: boolean | undefined
  /** Ends the watch: the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined
  /**
   * How many batches may wait for the consumer. Default 1,000. When more come, the watch is set aside on the
   * server, and taken up where it stopped once the consumer has caught up: nothing is lost but by compaction.
   */
  readonly queueLimit?: number | undefined
}

const defaultQueueLimit = 1_000

const watchOptionKinds: OptionKinds<WatchOptions> = {
  startRevision: int64,
  prevKv: boolean,
  filters: listOf(oneOf('noPut', 'noDelete')),
  progressNotify: boolean,
  signal: abortSignal,
  queueLimit: kindOf('a number of 1 or more', (value) => typeof value === 'number' && value >= 1),
}

/**
 * A running watch: iterate over it once. It survives lost connections and resumes without gap or repetition.
 * The iteration throws `compacted` (with `details.compactRevision`) when history it still needs is gone,
 * `store-replaced` when the store is not the one it began with, and what the store says when it refuses the watch.
 * It ends quietly after `close()`, `break`, or the client's `close()`.
 *
 * Watches and caches of one client with the same range and options share a watch at the server; each has its own
 * beginning, queue and end, and what they are given is shared and not to be changed.
 */
export class Watch implements AsyncIterableIterator<WatchBatch> {
  readonly #streams: WatchStreams
  readonly #watcher: Watcher
  readonly #queue: BoundedQueue<WatchBatch>
  readonly #started = deferred<bigint>()
  readonly #onClosed: (watch: Watch) => void
  readonly #releaseSignal: () => void
  #error: WaypostError | undefined
  #ended = false

  /** @internal */
  constructor(streams: WatchStreams, range: KeyRange, options: WatchOptions, onClosed: (watch: Watch) => void) {
    checkOptions('watch', options, watchOptionKinds)
    const { signal, queueLimit = defaultQueueLimit, filters = [] } = options
    this.#streams = streams
    this.#onClosed = onClosed
    this.#started.promise.catch(() => {
      // Callers that wait for the start get the error; it is not an unhandled rejection when none does.
    })
    this.#queue = new BoundedQueue(Number.POSITIVE_INFINITY, {
      onDrained: () => {
        if (this.#watcher.state === 'aside') this.#streams.add(this.#watcher)
      },
    })
    this.#watcher = new Watcher(
      {
        range,
        startRevision: options.startRevision === undefined ? 0n : toInt64(options.startRevision, 'startRevision'),
        prevKv: options.prevKv === true,
        noPut: filters.includes('noPut'),
        noDelete: filters.includes('noDelete'),
        reportsProgress: options.progressNotify === true,
      },
      {
        onStarted: (revision) => this.#started.resolve(revision),
        onBatch: (batch) => {
          this.#queue.push(batch)
          return this.#queue.length < queueLimit
        },
        onInterrupted: () => {},
        onEnd: (error) => {
          this.#queue.end(error)
          this.#end(error)
        },
      },
    )
    this.#releaseSignal = onAbort(signal, () => signal && this.#abort(abortedError(signal)))
    if (!this.#ended) streams.add(this.#watcher)
  }

  /** Settles once the store has begun the watch, with its revision then. */
  get started(): Promise<bigint> {
    return this.#started.promise
  }

  next(): Promise<IteratorResult<WatchBatch>> {
    const error = this.#error
    if (error === undefined) return this.#queue.next()
    this.#error = undefined
    return Promise.reject(error)
  }

  async return(): Promise<IteratorResult<WatchBatch>> {
    await this.close()
    return { value: undefined, done: true }
  }

  /** Ends the watch and the iteration over it. Idempotent. */
  async close(): Promise<void> {
    this.#error = undefined
    this.#end(new WaypostError('closed', 'The watch was closed.'))
    await this.#queue.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The consumer learns of it at once, ahead of what waits. */
  #abort(error: WaypostError): void {
    if (this.#ended) return
    if (this.#queue.length > 0) {
      this.#error = error
      this.#queue.return()
    } else this.#queue.end(error)
    this.#end(error)
  }

  #end(error: WaypostError): void {
    if (this.#ended) return
    this.#ended = true
    this.#watcher.state = 'ended'
    this.#streams.remove(this.#watcher)
    this.#started.reject(error)
    // Undefined while the constructor runs, when the signal had been aborted before.
    this.#releaseSignal?.()
    this.#onClosed(this)
  }
}
