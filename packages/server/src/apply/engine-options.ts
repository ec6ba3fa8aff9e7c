import type { Clock } from '@waypost/core'
import type { AutoCompaction } from './auto-compactor.ts'

export interface EngineOptions {
  /** Where the data lives; undefined: in memory only. Made when it is not there. */
  readonly dataDir: string | undefined
  readonly clock?: Clock | undefined
  /** The size of the data in bytes above which puts and grants are refused. 0 or absent: 2 GiB; negative: no bound. */
  readonly quotaBytes?: number | undefined
  /** Default: the whole history is kept until somebody compacts it. */
  readonly autoCompaction?: AutoCompaction | undefined
  /** Told how long each write to the log took to be durable, in milliseconds. */
  readonly onLogSync?: ((durationMs: number) => void) | undefined
  /** Told what an operator should know, a sentence each. Default: silent. */
  readonly onWarning?: ((message: string) => void) | undefined
}
