import type { WaypostError } from '@waypost/core'
import type { WatchBatch } from './watch-batch.ts'

/** Who a watcher reports to. Its methods must not throw. */
export interface WatchSink {
  /** The store has begun to watch, or has begun again after an interruption. `revision` is the store's at that moment. */
  onStarted(revision: bigint): void
  /**
   * One revision, whole. False: no room for more, although this one was taken; the watcher then sets itself aside
   * until `Watcher.resume`.
   */
  onBatch(batch: WatchBatch): boolean
  /** Nothing can be received for now. The watcher goes on by itself. */
  onInterrupted(error: WaypostError): void
  /** The watch is over, for a reason that waiting does not cure. */
  onEnd(error: WaypostError): void
}
