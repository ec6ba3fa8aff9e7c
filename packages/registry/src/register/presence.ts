import type { EtcdClient, Lease } from '@waypost/client'
import { Backoff, type Clock, type Deferred, deferred, delay, WaypostError } from '@waypost/core'
import { withdraw } from './claim.ts'
import type { Heartbeat } from './heartbeat.ts'

/**
 * A process's presence: the one lease that its registrations with the same heartbeat hang on.
 * It is granted when first needed, again when it was lost, and given up with the last registration.
 */
export class Presence {
  readonly #etcd: EtcdClient
  readonly #heartbeat: Heartbeat
  readonly #clock: Clock
  readonly #withdrawals = new Map<string, Promise<void>>()
  #holders = 0
  #lease: Lease | undefined
  /** One grant at a time, however many registrations ask. */
  #granting: Deferred<Lease> | undefined

  constructor(etcd: EtcdClient, heartbeat: Heartbeat, clock: Clock) {
    this.#etcd = etcd
    this.#heartbeat = heartbeat
    this.#clock = clock
  }

  hold(): void {
    this.#holders += 1
  }

  /** Gives the lease up when nobody holds on to it any more. */
  async release(): Promise<void> {
    this.#holders -= 1
    if (this.#holders > 0) return
    const lease = this.#lease
    this.#lease = undefined
    await lease?.close()
  }

  /** The lease, granted anew when there is none or it was lost. Only for those who hold. */
  async lease(): Promise<Lease> {
    if (this.#lease && !this.#lease.lost.aborted) return this.#lease
    if (this.#granting) return this.#granting.promise
    const granting = deferred<Lease>()
    this.#granting = granting
    granting.promise.catch(() => {})
    try {
      const { ttlSeconds, heartbeat, hungLimitMs } = this.#heartbeat
      const keepAlive = heartbeat === 'worker' ? 'worker' : true
      const lease = await this.#etcd.leases.grant({ ttlSeconds, keepAlive, hungLimitMs })
      if (this.#holders <= 0) {
        await lease.close()
        throw new WaypostError('closed', 'The registration was ended while its lease was granted.')
      }
      this.#lease = lease
      granting.resolve(lease)
      return lease
    } catch (error) {
      granting.reject(error)
      throw error
    } finally {
      this.#granting = undefined
    }
  }

  /** The store does not know this lease any more. */
  async discard(lease: Lease): Promise<void> {
    if (this.#lease === lease) this.#lease = undefined
    await lease.close()
  }

  /**
   * Goes on trying to delete a record that its registration could not delete. As long as others keep the lease alive
   * it would otherwise stay, and send traffic to nobody.
   */
  withdrawLater(key: string, lease: Lease): void {
    const withdrawal = this.#withdraw(key, lease).finally(() => {
      if (this.#withdrawals.get(key) === withdrawal) this.#withdrawals.delete(key)
    })
    this.#withdrawals.set(key, withdrawal)
  }

  /** Settles when no withdrawal of the key is under way, which would take away what is written meanwhile. */
  async withdrawn(key: string): Promise<void> {
    await this.#withdrawals.get(key)
  }

  /** Never rejects. */
  async #withdraw(key: string, lease: Lease): Promise<void> {
    const backoff = new Backoff({ maxMs: 5_000 })
    while (!lease.lost.aborted) {
      try {
        await delay(backoff.nextMs(), { clock: this.#clock, signal: lease.lost, ref: false })
        await withdraw(this.#etcd, key, lease)
        return
      } catch (error) {
        if (WaypostError.is(error, 'closed')) return
      }
    }
  }
}
