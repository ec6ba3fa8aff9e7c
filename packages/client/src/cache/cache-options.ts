import { abortSignal, kindOf, number, type OptionKinds, positiveNumber } from '@waypost/core/options'

export interface CacheOptions {
  /** Closes the cache; iterations over `changes()` throw `aborted`. */
  readonly signal?: AbortSignal | undefined
  /**
   * How long `ready` may take, in milliseconds. Default the client's `timeoutMs`; `Infinity` waits forever.
   * When it passes, `ready` fails, and the cache goes on trying.
   */
  readonly timeoutMs?: number | undefined
  /**
   * Keeps a copy of the view in this file, readable by its owner only, and starts with it when the store is away:
   * then the cache is ready, `isFromDisk` and stale since the time of the copy; once the store answers, only the
   * differences are emitted. A file that cannot be used is ignored, see `snapshotProblem`. The file belongs to one
   * cache of one process. Default none.
   */
  readonly snapshotFile?: string | undefined
  /** How long the store has for its first answer before the file is used, in milliseconds. 0: at once. Default 1,000. */
  readonly snapshotAfterMs?: number | undefined
  /** The file is written at most this often, in milliseconds, and when the cache is closed. Default 5,000. */
  readonly snapshotIntervalMs?: number | undefined
}

export const cacheOptionKinds: OptionKinds<CacheOptions> = {
  signal: abortSignal,
  timeoutMs: positiveNumber('milliseconds'),
  snapshotFile: kindOf('the name of a file', (value) => typeof value === 'string' && value !== ''),
  snapshotAfterMs: number,
  snapshotIntervalMs: number,
}
