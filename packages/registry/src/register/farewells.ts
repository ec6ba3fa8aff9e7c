import { del, type EtcdClient, type Lease, lease as leaseOf, type Presence, put } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { leftKey } from '../record/keys.ts'

/** How long the store keeps a farewell at most, and at least half of it: longer than consumers are usually cut off. */
const keptSeconds = 1_800

/** A record that is to be deleted if it is attached to the lease. */
export interface Leaver {
  readonly key: string
  readonly text: string
  readonly lease: Lease
  readonly presence: Presence
}

/**
 * Deletes the records of who leaves, and in the same transaction keeps each where those find it who were cut off while
 * it said `leaving`. Farewells are attached to a lease that nobody renews.
 */
export class Farewells {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  #lease: Promise<bigint | undefined> | undefined
  #leaseIsOldAtMs = 0
  /** Whether this process may write farewells, as far as is known. */
  #isAllowed = true

  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /** Somebody is about to leave: the lease is there by the time that it is needed. */
  prepare(): void {
    void this.#currentLease()
  }

  /** Fails as the client does. What cannot be kept is deleted nevertheless. */
  async withdraw(leaver: Leaver, options?: CallOptions): Promise<void> {
    const { key, text, lease, presence } = leaver
    if (!(await this.keep(key, text, lease.id, options))) await presence.withdraw(key, lease, options)
  }

  /**
   * Deletes a record that is attached to the lease and keeps its text. False when that cannot be, and nothing was done.
   * Fails as the client does.
   */
  async keep(key: string, text: string, lease: bigint, options?: CallOptions): Promise<boolean> {
    const kept = this.#isAllowed ? await this.#currentLease() : undefined
    if (kept === undefined) return false
    try {
      await this.#etcd
        .txn()
        .if(leaseOf(key).equals(lease))
        .do(del(key), put(leftKey(key), text, { lease: kept }))
        .commit(options)
      return true
    } catch (error) {
      if (WaypostError.is(error, 'permission-denied')) this.#isAllowed = false
      else if (WaypostError.is(error, 'lease-not-found')) this.#lease = undefined
      else throw error
      return false
    }
  }

  /** Never rejects: `undefined` when there is none to be had. */
  #currentLease(): Promise<bigint | undefined> {
    const nowMs = this.#clock.monotonicMs()
    if (this.#lease === undefined || nowMs >= this.#leaseIsOldAtMs) {
      this.#leaseIsOldAtMs = nowMs + (keptSeconds * 1_000) / 2
      const lease = this.#grant().catch(() => {
        if (this.#lease === lease) this.#lease = undefined
        return undefined
      })
      this.#lease = lease
    }
    return this.#lease
  }

  async #grant(): Promise<bigint> {
    const lease = await this.#etcd.leases.grant({ ttlSeconds: keptSeconds, keepAlive: false })
    await lease.close()
    return lease.id
  }
}
