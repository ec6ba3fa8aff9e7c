import type { EtcdClient } from '@waypost/client'
import type { Clock } from '@waypost/core'

/** How much longer than asked for things are kept, so that many share a lease. */
const slack = 0.25

/**
 * Leases that nobody renews, so that the store itself forgets what is attached to them after a set time. What is finished
 * within a while shares one.
 */
export class Retention {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #keepMs: number
  #lease: Promise<bigint> | undefined
  #renewAtMs = 0

  constructor(etcd: EtcdClient, clock: Clock, keepMs: number) {
    this.#etcd = etcd
    this.#clock = clock
    this.#keepMs = keepMs
  }

  /** A lease that lives for the time from now on, at least. Fails as granting does. */
  lease(): Promise<bigint> {
    const nowMs = this.#clock.monotonicMs()
    if (this.#lease !== undefined && nowMs < this.#renewAtMs) return this.#lease
    this.#renewAtMs = nowMs + this.#keepMs * slack
    const ttlSeconds = Math.ceil((this.#keepMs * (1 + slack)) / 1_000)
    const granting = this.#etcd.leases.grant({ ttlSeconds, keepAlive: false }).then(({ id }) => id)
    granting.catch(() => {
      if (this.#lease === granting) this.#lease = undefined
    })
    this.#lease = granting
    return granting
  }

  /** Takes another lease from now on: the store does not know the last one any more. */
  forget(): void {
    this.#lease = undefined
  }
}
