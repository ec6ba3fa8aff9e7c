import { setTimeout as sleep } from 'node:timers/promises'
import type { EtcdClient, Lease } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { leasePrefix } from './keys.ts'
import type { Ledger } from './ledger.ts'

const pauseMs = 250

/** Keeps a key on a lease, and begins again with another lease when that is lost. */
export class LeaseOwner {
  readonly name: string
  /** The keys whose lease was lost, and when the client said so. */
  readonly lostAtMs = new Map<string, number>()
  /** Writes nothing, and keeps its lease alive. */
  quiet = true
  #lease: Lease | undefined
  readonly #client: EtcdClient
  readonly #ledger: Ledger
  readonly #ttlSeconds: number
  #serial = 0
  #owning = true

  constructor(name: string, client: EtcdClient, ledger: Ledger, ttlSeconds: number) {
    this.name = name
    this.#client = client
    this.#ledger = ledger
    this.#ttlSeconds = ttlSeconds
  }

  /** Owns until `stop`. */
  async run(): Promise<void> {
    while (this.#owning) {
      try {
        await this.#own(await this.#client.leases.grant({ ttlSeconds: this.#ttlSeconds }))
      } catch (error) {
        // Of a grant that was not answered nobody knows; a lease that nobody renews expires.
        if (!WaypostError.is(error) || !(error.retryable || error.code === 'outcome-unknown')) {
          if (this.#owning) this.#ledger.complaints.push(`${this.name} was not granted a lease: ${error}`)
        }
      }
      await sleep(50)
    }
  }

  stop(): void {
    this.#owning = false
  }

  /** Whether its lease has been renewed not long ago. */
  get isCalm(): boolean {
    return this.#lease !== undefined && this.#lease.remainingMs > this.#ttlSeconds * 500
  }

  async #own(lease: Lease): Promise<void> {
    this.#lease = lease
    const key = `${leasePrefix}${this.name}/${lease.id}`
    const onLost = (): void => {
      this.lostAtMs.set(key, performance.now())
    }
    lease.lost.addEventListener('abort', onLost)
    while (this.#owning && !lease.lost.aborted) {
      if (!this.quiet) await this.#put(key, lease)
      await sleep(pauseMs)
    }
    lease.lost.removeEventListener('abort', onLost)
  }

  async #put(key: string, lease: Lease): Promise<void> {
    this.#serial += 1
    const token = `${this.name}.${this.#serial}`
    const entry = this.#ledger.begin(token, [{ key, value: token }])
    try {
      const { revision } = await this.#client.kv.put(key, token, { lease: lease.id })
      this.#ledger.acknowledge(entry, revision)
    } catch (error) {
      // Of a lease that the client knows to be lost, the store may say so.
      if (WaypostError.is(error, 'lease-not-found') && lease.lost.aborted) this.#ledger.refuse(entry)
      else this.#ledger.fail(entry, error)
    }
  }
}
