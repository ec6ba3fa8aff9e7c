import type { Clock } from '@waypost/core'
import type { Watcher, WatcherStream } from './watcher.ts'

/** What a stream needs of the hub that it belongs to. */
export interface WatchHost {
  readonly clock: Clock
  /** The latest revision that watchers have been told of. */
  readonly revision: number
  /** Bytes that may wait on one stream before its watchers fall back to reading history. */
  readonly highWaterBytes: number
  /** The same for all streams of one client's connection together. */
  readonly connectionHighWaterBytes: number
  readonly progressIntervalMs: number
  /** The encoded header field of responses of a revision. */
  header(revision: number): Uint8Array
  /** Starts telling a new watcher. */
  follow(watcher: Watcher): void
  /** Ends a watcher. */
  release(watcher: Watcher): void
  /** Resumes the watchers that waited for the stream. */
  resume(stream: WatcherStream): void
  closed(stream: WatcherStream): void
}
