import { presenceOptionKinds } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { callOptionKinds, type OptionKinds } from '@waypost/core/options'
import type { Hold } from '../place/hold.ts'

export interface LockOptions extends CallOptions {
  /** How long to wait for the lock, in milliseconds; then it fails with `deadline-exceeded`. Default: without limit. */
  readonly timeoutMs?: number | undefined
  /** Ends the wait. Once the lock is held, fires the `signal` of the lock. */
  readonly signal?: AbortSignal | undefined
  /**
   * How long the lock outlives a process that dies, in whole seconds, at least 2. Default: `ttlSeconds` of the
   * coordination, which is 10 unless it was set.
   */
  readonly ttlSeconds?: number | undefined
}

export const lockOptionKinds: OptionKinds<LockOptions> = {
  ...callOptionKinds,
  ttlSeconds: presenceOptionKinds.ttlSeconds,
}

/** What runs under a lock. */
export type Locked<T> = (lock: Hold) => T | Promise<T>
