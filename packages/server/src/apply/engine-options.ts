import type { Clock, Slices } from '@waypost/core'
import type { OpenBackend } from '../storage/storage-backend.ts'
import type { AutoCompaction } from './auto-compactor.ts'

export interface EngineOptions {
  /** Opens the storage that the data lives in: see `storage/open-backend.ts`. */
  readonly backend: OpenBackend
  readonly clock?: Clock | undefined
  /** The size of the data in bytes above which puts and grants are refused. 0 or absent: 2 GiB; negative: no bound. */
  readonly quotaBytes?: number | undefined
  /** Where long work waits for its turn. Default: the event loop's. */
  readonly slices?: Slices | undefined
  /** Default: the whole history is kept until a client compacts it. */
  readonly autoCompaction?: AutoCompaction | undefined
  /** Called with the time that each write to the log took to become durable, in milliseconds. */
  readonly onLogSync?: ((durationMs: number) => void) | undefined
  /** Called with what an operator should know, one sentence each. Default: silent. */
  readonly onWarning?: ((message: string) => void) | undefined
}
