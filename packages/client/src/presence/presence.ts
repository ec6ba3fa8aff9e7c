import { Backoff, type CallOptions, type Clock, delay, Listeners, onAbort, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptionsIfGiven } from '@waypost/core/options'
import type { Lease } from '../lease/lease.ts'
import type { Leases } from '../lease/leases.ts'
import { lease as leaseOf } from '../txn/compare.ts'
import { del } from '../txn/operation.ts'
import type { Txn } from '../txn/txn.ts'
import type { PresenceSettings } from './presence-options.ts'

/** @internal What a presence needs of its client. */
export interface PresenceParts {
  readonly leases: Pick<Leases, 'grant'>
  txn(): Txn
  readonly clock: Clock
  readonly closeTimeoutMs: number
}

/**
 * `lost`: the lease is gone, and the store deletes the keys that were attached to it. `restored`: there is a new
 * lease, and the keys have to be written again with it.
 */
export type PresenceEvent = 'lost' | 'restored'

/**
 * The one lease of a process. Keys that must disappear with the process are attached to it, whichever part of the
 * process writes them.
 * It is granted when first needed; when it is lost, it is replaced after a random fraction of a second, and again after
 * ever longer, until it succeeds; it is given up with the last holder.
 */
export class Presence {
  readonly settings: PresenceSettings
  readonly #parts: PresenceParts
  readonly #listeners = new Listeners<[event: PresenceEvent]>()
  readonly #withdrawals = new Map<string, Promise<void>>()
  #holders = 0
  #lease: Lease | undefined
  /** One grant at a time, however many ask. */
  #granting: Promise<Lease> | undefined
  /** There while a lost lease has not been replaced. */
  #restoring: AbortController | undefined
  #closed = false

  /** @internal Made by `EtcdClient.presence`. */
  constructor(settings: PresenceSettings, parts: PresenceParts) {
    this.settings = settings
    this.#parts = parts
  }

  /** Announces that a caller is going to attach keys to the lease. Each `hold` needs one `release`. */
  hold(): void {
    this.#holders += 1
  }

  /**
   * Releases the lease. With the last holder it is revoked, and its keys are deleted. While there are other holders,
   * only the given keys are deleted, if they are attached to it. When the store does not answer within the client's
   * `closeTimeoutMs`, the deletion is retried in the background. Never fails.
   */
  async release(keys: readonly string[] = []): Promise<void> {
    this.#holders -= 1
    const lease = this.#lease
    if (this.#holders > 0) {
      if (lease) await Promise.all(keys.map((key) => this.#withdrawSoon(key, lease)))
      return
    }
    this.#lease = undefined
    this.#endRestoring()
    await lease?.close()
  }

  /** The lease, granted now when there is none. Only for those who hold. Fails as granting does. */
  async lease(): Promise<Lease> {
    // Reading `lost` may find that it is: then there is no lease any more.
    if (this.#lease && !this.#lease.lost.aborted) return this.#lease
    this.#granting ??= this.#grant().finally(() => {
      this.#granting = undefined
    })
    return this.#granting
  }

  /** The store does not know this lease any more. */
  async discard(lease: Lease): Promise<void> {
    await lease.close()
  }

  /** Calls `listener` when the lease is lost and when it is restored. Returns the function that removes it. */
  onChange(listener: (event: PresenceEvent) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Deletes a record if it is attached to the lease. */
  async withdraw(key: string, lease: Lease, options?: CallOptions): Promise<void> {
    checkOptionsIfGiven('presence.withdraw', options, callOptionKinds)
    await this.#parts.txn().if(leaseOf(key).equals(lease.id)).do(del(key)).commit(options)
  }

  /**
   * Goes on trying to delete a record that its owner could not delete, until the lease is gone. As long as others keep
   * it alive, the record would otherwise stay.
   */
  withdrawLater(key: string, lease: Lease): void {
    const withdrawal = this.#withdrawInTheEnd(key, lease).finally(() => {
      if (this.#withdrawals.get(key) === withdrawal) this.#withdrawals.delete(key)
    })
    this.#withdrawals.set(key, withdrawal)
  }

  /** The withdrawal of the key that is under way, if one is: it would take away what is written meanwhile. */
  withdrawal(key: string): Promise<void> | undefined {
    return this.#withdrawals.get(key)
  }

  /** @internal The client is closing. */
  close(): void {
    this.#closed = true
    this.#endRestoring()
  }

  async #grant(): Promise<Lease> {
    const { ttlSeconds, heartbeat, hungLimitMs } = this.settings
    const keepAlive = heartbeat === 'worker' ? 'worker' : true
    const lease = await this.#parts.leases.grant({ ttlSeconds, keepAlive, hungLimitMs })
    if (this.#holders <= 0) {
      await lease.close()
      throw new WaypostError('closed', 'The lease that was just granted is no longer needed.')
    }
    this.#lease = lease
    if (this.#restoring) {
      this.#endRestoring()
      this.#listeners.tell('restored')
    }
    // Last, because it may have been lost before its answer was there.
    onAbort(lease.lost, () => this.#onLost(lease))
    return lease
  }

  #onLost(lease: Lease): void {
    if (this.#lease !== lease) return
    this.#lease = undefined
    if (this.#closed) return
    this.#restoring = new AbortController()
    void this.#restore(this.#restoring.signal)
    this.#listeners.tell('lost')
  }

  /** Never rejects. */
  async #restore(signal: AbortSignal): Promise<void> {
    // A restarted store gives old leases their full time again: the new lease must be there before that ends.
    const backoff = new Backoff({ initialMs: 100, maxMs: Math.min(5_000, this.settings.ttlSeconds * 250) })
    while (!signal.aborted) {
      try {
        await delay(backoff.nextMs(), { clock: this.#parts.clock, signal, ref: false })
        await this.lease()
      } catch (error) {
        if (WaypostError.is(error, 'closed')) return
      }
    }
  }

  #endRestoring(): void {
    this.#restoring?.abort()
    this.#restoring = undefined
  }

  async #withdrawSoon(key: string, lease: Lease): Promise<void> {
    try {
      await this.withdraw(key, lease, { timeoutMs: this.#parts.closeTimeoutMs })
    } catch {
      this.withdrawLater(key, lease)
    }
  }

  /** Never rejects. */
  async #withdrawInTheEnd(key: string, lease: Lease): Promise<void> {
    const backoff = new Backoff({ maxMs: 5_000 })
    while (!lease.lost.aborted) {
      try {
        await delay(backoff.nextMs(), { clock: this.#parts.clock, signal: lease.lost, ref: false })
        await this.withdraw(key, lease)
        return
      } catch (error) {
        if (WaypostError.is(error, 'closed')) return
      }
    }
  }
}
