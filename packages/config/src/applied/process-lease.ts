import type { EtcdClient, Lease } from '@waypost/client'

/** The lease that everything this process says of itself hangs on: granted when first needed, and again when lost. */
export class ProcessLease {
  readonly #etcd: EtcdClient
  readonly #ttlSeconds: number
  #lease: Lease | undefined
  #granting: Promise<Lease> | undefined
  #closed = false

  constructor(etcd: EtcdClient, ttlSeconds: number) {
    this.#etcd = etcd
    this.#ttlSeconds = ttlSeconds
  }

  async get(): Promise<Lease> {
    if (this.#lease && !this.#lease.lost.aborted) return this.#lease
    this.#granting ??= this.#grant().finally(() => {
      this.#granting = undefined
    })
    return this.#granting
  }

  /** The store does not know this lease any more. */
  async discard(lease: Lease): Promise<void> {
    if (this.#lease === lease) this.#lease = undefined
    await lease.close()
  }

  /** Gives the lease up, and with it what hangs on it. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#granting?.catch(() => {})
    await this.#lease?.close()
  }

  async #grant(): Promise<Lease> {
    const lease = await this.#etcd.leases.grant({ ttlSeconds: this.#ttlSeconds })
    if (this.#closed) await lease.close()
    else this.#lease = lease
    return lease
  }
}
