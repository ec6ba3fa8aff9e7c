/** A lease that is alive: known, not revoked. Times are on the clock's monotonic scale. */
export class Lease {
  readonly id: bigint
  readonly ttlSeconds: number
  readonly keys = new Set<string>()
  /** Keys that a transaction is about to detach, and which transaction. */
  leaving: string[] = []
  leavingWith = 0
  expiresAtMs: number
  revoked = false

  constructor(id: bigint, ttlSeconds: number, nowMs: number) {
    this.id = id
    this.ttlSeconds = ttlSeconds
    this.expiresAtMs = nowMs + ttlSeconds * 1000
  }

  renew(nowMs: number): void {
    this.expiresAtMs = nowMs + this.ttlSeconds * 1000
  }
}
