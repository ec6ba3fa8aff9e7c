import type { Int64 } from './key.ts'
import type { KeyValue } from './key-value.ts'

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

/** One change of one key. */
export interface WatchEvent {
  readonly type: 'put' | 'delete'
  readonly key: string
  /** After a put: the key as it is now. After a delete: only `key` and `modRevision` mean anything. */
  readonly kv: KeyValue
  /** The key as it was before, when `prevKv` asked for it, it existed, and it is not compacted. */
  readonly previous: KeyValue | undefined
}

/** What one revision changed in the watched range, complete. */
export interface WatchBatch {
  readonly revision: bigint
  /** In the order in which they happened. Empty only for the progress that `progressNotify` asks for. */
  readonly events: readonly WatchEvent[]
}

/**
 * A running watch: iterate over it once. It survives lost connections and resumes without gap or repetition.
 * The iteration throws `compacted` (with `details.compactRevision`) when history it still needs is gone,
 * `store-replaced` when the store is not the one it began with, and what the store says when it refuses the watch.
 * It ends quietly after `close()`, `break`, or the client's `close()`.
 */
export class Watch implements AsyncIterableIterator<WatchBatch> {
  /** Settles once the store has begun the watch, with its revision then. */
  get started(): Promise<bigint> {
    throw new Error('not written yet')
  }

  next(): Promise<IteratorResult<WatchBatch>> {
    throw new Error('not written yet')
  }

  return(): Promise<IteratorResult<WatchBatch>> {
    throw new Error('not written yet')
  }

  /** Ends the watch and the iteration over it. Idempotent. */
  close(): Promise<void> {
    throw new Error('not written yet')
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
