export interface LeaseStatusView {
  /** The remaining time, truncated to seconds. */
  readonly ttlSeconds: number
  readonly grantedTtlSeconds: number
}

/** What the network edge may ask about leases. Grant and revoke are commands. */
export interface LeaseView {
  /** Renews the lease and returns its TTL in seconds; 0 when it is gone, or expired and not revoked yet. */
  keepAlive(id: bigint): number
  /** Undefined when the lease is gone. */
  timeToLive(id: bigint): LeaseStatusView | undefined
  has(id: bigint): boolean
  /** How many there are. */
  readonly count: number
  /** Sorted by expiry, the soonest first, with places at which the work can be interrupted. */
  list(): Generator<void, bigint[]>
  /** How many keys are on the lease. */
  keyCount(id: bigint): number
  /** The keys on the lease as latin1 strings, sorted, with places at which the work can be interrupted. */
  sortedKeys(id: bigint): Generator<void, string[]>
  /** The keys on the lease as latin1 strings, sorted; none when it is gone. */
  keysOf(id: bigint): string[]
}
