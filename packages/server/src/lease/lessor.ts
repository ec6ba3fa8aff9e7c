import type { Clock, Timer } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import { mergeSort } from '../mvcc/merge-sort.ts'
import type { LeaseRecord, Storage } from '../storage/storage.ts'
import { ExpiryQueue } from './expiry-queue.ts'
import { Lease } from './lease.ts'
import type { LeaseStatusView, LeaseView } from './lease-view.ts'

const minTtlSeconds = 2
const maxTtlSeconds = 9_000_000_000
/** A mass expiry is spread: at most this number of leases is revoked per interval, a thousand a second. */
const maxRevokesPerInterval = 250
const revokeIntervalMs = 250
const retryRevokeMs = 1_000

/**
 * The leases and the keys on them. Grants and revocations are applied here when they are durable;
 * renewals live in memory only, so a restart gives every lease its full time again.
 */
export class Lessor implements LeaseView {
  readonly #clock: Clock
  readonly #leases = new Map<bigint, Lease>()
  readonly #queue = new ExpiryQueue()
  /** Counts the transactions that have detached keys later. */
  #detachments = 1
  #revoke: ((id: bigint) => Promise<unknown>) | undefined
  #timer: Timer | undefined
  #timerDueMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock, restored: readonly LeaseRecord[] = []) {
    this.#clock = clock
    for (const { id, ttlSeconds } of restored) this.#add(new Lease(id, ttlSeconds, clock.monotonicMs()))
  }

  /** Starts expiring leases, each through `revoke`, which must end in `remove` once that is durable. */
  start(revoke: (id: bigint) => Promise<unknown>): void {
    this.#revoke = revoke
    const nowMs = this.#clock.monotonicMs()
    for (const lease of this.#leases.values()) lease.renew(nowMs)
    this.#arm()
  }

  /** Nothing expires any more. */
  stop(): void {
    this.#revoke = undefined
    this.#timer?.cancel()
    this.#timer = undefined
    this.#queue.clear()
  }

  /** Throws `EngineError` with `leaseTtlTooLarge` or `leaseExists`. */
  grant(id: bigint, ttl: bigint, storage: Storage): LeaseRecord {
    if (ttl > BigInt(maxTtlSeconds)) throw new EngineError('leaseTtlTooLarge')
    if (this.#leases.has(id)) throw new EngineError('leaseExists')
    const lease = new Lease(id, Math.max(minTtlSeconds, Number(ttl)), this.#clock.monotonicMs())
    storage.putLease(lease)
    this.#add(lease)
    this.#arm()
    return lease
  }

  /** Forgets the lease, whose keys the caller has deleted. */
  remove(id: bigint, storage: Storage): void {
    const lease = this.#leases.get(id)
    if (lease === undefined) return
    lease.revoked = true
    this.#leases.delete(id)
    storage.deleteLease(id)
  }

  attach(id: bigint, key: string): void {
    this.#leases.get(id)?.keys.add(key)
  }

  detach(id: bigint, key: string): void {
    this.#leases.get(id)?.keys.delete(key)
  }

  detachLater(id: bigint, key: string): void {
    const lease = this.#leases.get(id)
    if (lease === undefined || !lease.keys.delete(key)) return
    if (lease.leavingWith !== this.#detachments) lease.leaving = []
    lease.leavingWith = this.#detachments
    lease.leaving.push(key)
  }

  releaseDetached(): void {
    this.#detachments += 1
  }

  /** How many keys are attached. */
  keyCount(id: bigint): number {
    const lease = this.#leases.get(id)
    return lease === undefined ? 0 : lease.keys.size + this.#leaving(lease).length
  }

  /** The keys on the lease, sorted, with places at which the work can be interrupted. */
  *sortedKeys(id: bigint): Generator<void, string[]> {
    const lease = this.#leases.get(id)
    return lease === undefined ? [] : yield* mergeSort(this.#keys(lease), byBytes)
  }

  keepAlive(id: bigint): number {
    const lease = this.#leases.get(id)
    const nowMs = this.#clock.monotonicMs()
    if (lease === undefined || lease.expiresAtMs <= nowMs) return 0
    lease.renew(nowMs)
    return lease.ttlSeconds
  }

  timeToLive(id: bigint): LeaseStatusView | undefined {
    const lease = this.#leases.get(id)
    if (lease === undefined) return undefined
    const remainingMs = Math.max(0, lease.expiresAtMs - this.#clock.monotonicMs())
    return {
      ttlSeconds: Math.floor(remainingMs / 1000),
      grantedTtlSeconds: lease.ttlSeconds,
    }
  }

  /** Leases that have expired since the start. */
  expired = 0

  has(id: bigint): boolean {
    return this.#leases.has(id)
  }

  get count(): number {
    return this.#leases.size
  }

  *list(): Generator<void, bigint[]> {
    // As they are now: a renewal meanwhile must not disturb the order.
    const leases = [...this.#leases.values()].map(({ id, expiresAtMs }) => ({ id, expiresAtMs }))
    const sorted = yield* mergeSort(leases, (a, b) => a.expiresAtMs - b.expiresAtMs)
    return sorted.map(({ id }) => id)
  }

  keysOf(id: bigint): string[] {
    const lease = this.#leases.get(id)
    return lease === undefined ? [] : this.#keys(lease).sort()
  }

  /** As they are for everybody but the transaction that is running. */
  #keys(lease: Lease): string[] {
    return [...lease.keys, ...this.#leaving(lease)]
  }

  #leaving(lease: Lease): readonly string[] {
    return lease.leavingWith === this.#detachments ? lease.leaving : []
  }

  #add(lease: Lease): void {
    this.#leases.set(lease.id, lease)
    this.#queue.add(lease, lease.expiresAtMs)
  }

  /** Keeps the one timer set to when the first lease may expire, but not before `notBeforeMs`. */
  #arm(notBeforeMs = 0): void {
    const nextDueMs = this.#queue.nextDueMs
    if (nextDueMs === undefined || this.#revoke === undefined) return
    const dueMs = Math.max(nextDueMs, notBeforeMs)
    if (this.#timer !== undefined && this.#timerDueMs <= dueMs) return
    this.#timer?.cancel()
    this.#timerDueMs = dueMs
    this.#timer = this.#clock.after(
      Math.max(0, Math.ceil(dueMs - this.#clock.monotonicMs())),
      () => {
        this.#timer = undefined
        this.#expire()
      },
      { ref: false },
    )
  }

  #expire(): void {
    const revoke = this.#revoke
    if (revoke === undefined) return
    const nowMs = this.#clock.monotonicMs()
    for (let count = 0; count < maxRevokesPerInterval; count++) {
      const lease = this.#queue.takeExpired(nowMs)
      if (lease === undefined) break
      this.expired += 1
      revoke(lease.id).catch(() => {
        // The disk may be full for a while. The lease stays expired: nobody can renew it.
        if (lease.revoked || this.#revoke === undefined) return
        this.#queue.add(lease, this.#clock.monotonicMs() + retryRevokeMs)
        this.#arm()
      })
    }
    this.#arm(nowMs + revokeIntervalMs)
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
