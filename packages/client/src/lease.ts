import type { CallOptions } from '@waypost/core'

export interface LeaseTimeToLive {
  /** Seconds left; −1 when the lease does not exist. */
  readonly ttlSeconds: number
  /** What was granted, in seconds. */
  readonly grantedTtlSeconds: number
  /** The keys on the lease, when they were asked for. */
  readonly keys: readonly string[]
}

export interface TimeToLiveOptions extends CallOptions {
  /** Asks for the keys on the lease. */
  readonly keys?: boolean | undefined
}

/** A lease that this client keeps alive until it is closed. */
export class Lease {
  get id(): bigint {
    throw new Error('not written yet')
  }

  /** What the store granted last, in seconds. */
  get ttlSeconds(): number {
    throw new Error('not written yet')
  }

  /**
   * Fires when the lease may be gone: no later than the store can expire it, which is the time at which the last
   * acknowledged renewal was sent plus the granted time to live; or when it was revoked. `reason` is a
   * `WaypostError`: `lease-not-found` when it was lost, `closed` when it was given up here.
   */
  get lost(): AbortSignal {
    throw new Error('not written yet')
  }

  /** Milliseconds for which the lease certainly still holds; 0 when it is lost. */
  get remainingMs(): number {
    throw new Error('not written yet')
  }

  /** Renews it now. The answer is the new time to live in seconds. Fails with `lease-not-found` when it is gone. */
  keepAliveOnce(_options?: CallOptions): Promise<number> {
    throw new Error('not written yet')
  }

  timeToLive(_options?: TimeToLiveOptions): Promise<LeaseTimeToLive> {
    throw new Error('not written yet')
  }

  /** Ends the lease at once and deletes its keys. Fails with `lease-not-found` when it is gone already. */
  revoke(_options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }

  /**
   * Gives the lease up: stops renewing it and, when this client granted it, revokes it.
   * Idempotent, bounded and silent: a lease that cannot be revoked expires.
   */
  close(): Promise<void> {
    throw new Error('not written yet')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
