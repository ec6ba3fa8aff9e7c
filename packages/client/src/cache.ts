import type { KeyValue } from './key-value.ts'

export interface CacheOptions {
  /** Closes the cache; iterations over `changes()` throw `aborted`. */
  readonly signal?: AbortSignal | undefined
  /**
   * How long `ready` may take, in milliseconds. Default the client's `timeoutMs`; `Infinity` waits for ever.
   * When it passes, `ready` fails, and the cache goes on trying.
   */
  readonly timeoutMs?: number | undefined
}

export type CacheChange =
  | { readonly type: 'added'; readonly key: string; readonly current: KeyValue; readonly previous: undefined }
  | { readonly type: 'changed'; readonly key: string; readonly current: KeyValue; readonly previous: KeyValue }
  | { readonly type: 'removed'; readonly key: string; readonly current: undefined; readonly previous: KeyValue }

/** From one view to a later one. */
export interface CacheChanges {
  /** The revision of the later view. */
  readonly revision: bigint
  /** At most one per key, sorted by key. */
  readonly changes: readonly CacheChange[]
}

/**
 * A live copy of a range of keys, read without the network. It is a list at one revision followed by a watch
 * from the next; every view is that of one revision, whole. When the store is away it keeps what it last knew.
 */
export class Cache implements Iterable<readonly [string, KeyValue]> {
  /**
   * Settles when the first view is complete. Fails with `unavailable` when the store does not answer in time,
   * with what the store says when it refuses, and with `closed` or `aborted`. But for those two, the cache goes on trying.
   */
  get ready(): Promise<void> {
    throw new Error('not written yet')
  }

  get isReady(): boolean {
    throw new Error('not written yet')
  }

  /** The revision of the present view; 0 before the first. */
  get revision(): bigint {
    throw new Error('not written yet')
  }

  /** Since when the view may be out of date, because the store does not answer; `undefined` while it follows. */
  get staleSince(): Date | undefined {
    throw new Error('not written yet')
  }

  get size(): number {
    throw new Error('not written yet')
  }

  get(_key: string | Uint8Array): KeyValue | undefined {
    throw new Error('not written yet')
  }

  has(_key: string | Uint8Array): boolean {
    throw new Error('not written yet')
  }

  /** Entries sorted by key. The iteration is over the view of the moment it began. */
  [Symbol.iterator](): IterableIterator<readonly [string, KeyValue]> {
    throw new Error('not written yet')
  }

  keys(): IterableIterator<string> {
    throw new Error('not written yet')
  }

  values(): IterableIterator<KeyValue> {
    throw new Error('not written yet')
  }

  /**
   * The changes from now on; before the first view, that view is the first change. A consumer that is slower than
   * the changes gets them merged: the net difference since it last looked. Ends with `close()`.
   */
  changes(): AsyncIterableIterator<CacheChanges> {
    throw new Error('not written yet')
  }

  /**
   * Calls `listener` for every change, within the turn in which it arrives, after the view has moved on.
   * Returns the function that takes it off. A listener must not throw.
   */
  onChange(_listener: (changes: CacheChanges) => void): () => void {
    throw new Error('not written yet')
  }

  /** Calls `listener` when `staleSince` comes or goes. Returns the function that takes it off. */
  onStale(_listener: (staleSince: Date | undefined) => void): () => void {
    throw new Error('not written yet')
  }

  /** Stops following. What was read stays readable. Idempotent. */
  close(): Promise<void> {
    throw new Error('not written yet')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
