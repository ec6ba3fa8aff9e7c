import type { CallOptions } from '@waypost/core'
import type { Int64 } from './key.ts'
import type { Lease, LeaseTimeToLive, TimeToLiveOptions } from './lease.ts'

export interface GrantOptions extends CallOptions {
  /** How long the lease lives without renewal, in whole seconds. The store may grant more; read `lease.ttlSeconds`. */
  readonly ttlSeconds: number
  /** Default: the client chooses one at random, which makes the request safe to repeat. */
  readonly id?: Int64 | undefined
  /** False: the lease is neither renewed nor revoked by this client, and lives for its time. Default true. */
  readonly keepAlive?: boolean | undefined
}

/** Grants, renews and revokes leases. One stream renews all of them. */
export class Leases {
  grant(_options: GrantOptions): Promise<Lease> {
    throw new Error('not written yet')
  }

  /** Renews an existing lease from now on. Fails with `lease-not-found`. Its `close()` does not revoke it. */
  keepAlive(_id: Int64, _options?: CallOptions): Promise<Lease> {
    throw new Error('not written yet')
  }

  /** Renews a lease once. The answer is the new time to live in seconds. Fails with `lease-not-found`. */
  keepAliveOnce(_id: Int64, _options?: CallOptions): Promise<number> {
    throw new Error('not written yet')
  }

  timeToLive(_id: Int64, _options?: TimeToLiveOptions): Promise<LeaseTimeToLive> {
    throw new Error('not written yet')
  }

  /** Ends a lease and deletes its keys. Fails with `lease-not-found`. */
  revoke(_id: Int64, _options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }

  /** The ids of all leases. */
  list(_options?: CallOptions): Promise<bigint[]> {
    throw new Error('not written yet')
  }
}
