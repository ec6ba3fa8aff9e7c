import { type CallOptions, WaypostError } from '@waypost/core'
import type { KeptLease, LeaseKeeper } from './lease-keeper.ts'

export interface LeaseTimeToLive {
  /** Seconds left; −1 when the lease does not exist. */
  readonly ttlSeconds: number
  /** What was granted, in seconds. */
  readonly grantedTtlSeconds: number
  /** The keys on the lease, when they were asked for; with a namespace, those within it. */
  readonly keys: readonly string[]
}

export interface TimeToLiveOptions extends CallOptions {
  /** Asks for the keys on the lease. */
  readonly keys?: boolean | undefined
}

/** @internal What a lease needs of its makers. */
export interface LeaseHost {
  readonly keeper: LeaseKeeper
  renewOnce(id: bigint, options: CallOptions | undefined): Promise<number>
  timeToLive(id: bigint, options: TimeToLiveOptions | undefined): Promise<LeaseTimeToLive>
  revoke(id: bigint, options: CallOptions | undefined): Promise<void>
  /** Revokes within the client's bound for closing; never fails. */
  revokeQuietly(id: bigint): Promise<void>
  ended(lease: Lease, why: WaypostError): void
}

/** A lease that this client keeps alive until it is closed. */
export class Lease {
  readonly id: bigint
  readonly #host: LeaseHost
  readonly #kept: KeptLease
  /** Whether `close` revokes it. */
  readonly #owned: boolean
  readonly #controller = new AbortController()
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(host: LeaseHost, id: bigint, owned: boolean, keep: (onLost: KeptLease['onLost']) => KeptLease) {
    this.id = id
    this.#host = host
    this.#owned = owned
    this.#kept = keep((error) => this.#end(error))
    host.keeper.add(this.#kept)
  }

  /** What the store granted last, in seconds. */
  get ttlSeconds(): number {
    return this.#kept.ttlMs / 1_000
  }

  /**
   * Fires when the lease may be gone: no later than the store can expire it, which is the time at which the last
   * acknowledged renewal was sent plus the granted time to live; or when it was revoked. `reason` is a
   * `WaypostError`: `lease-not-found` when it was lost, `closed` when it was given up here.
   *
   * Reading this property looks at the clock, so after a blocked event loop `lease.lost.aborted` is true before
   * any timer could have run.
   *
   * @example
   * ```ts
   * const lease = await etcd.leases.grant({ ttlSeconds: 10 })
   * lease.lost.addEventListener('abort', () => console.log('no longer mine'))
   * console.log(lease.lost.aborted) // false
   * await lease.close()
   * ```
   */
  get lost(): AbortSignal {
    this.#host.keeper.check(this.#kept)
    return this.#controller.signal
  }

  /** Milliseconds for which the lease certainly still holds; 0 when it is lost. */
  get remainingMs(): number {
    return this.lost.aborted ? 0 : this.#host.keeper.remainingMs(this.#kept)
  }

  /** Renews it now. The answer is the new time to live in seconds. Fails with `lease-not-found` when it is gone. */
  keepAliveOnce(options?: CallOptions): Promise<number> {
    return this.#host.renewOnce(this.id, options)
  }

  timeToLive(options?: TimeToLiveOptions): Promise<LeaseTimeToLive> {
    return this.#host.timeToLive(this.id, options)
  }

  /** Ends the lease at once and deletes its keys. Fails with `lease-not-found` when it is gone already. */
  async revoke(options?: CallOptions): Promise<void> {
    try {
      await this.#host.revoke(this.id, options)
    } catch (error) {
      if (WaypostError.is(error, 'lease-not-found')) this.#end(error)
      throw error
    }
    this.#end(new WaypostError('closed', 'The lease was revoked.'))
  }

  /**
   * Gives the lease up: stops renewing it and, when this client granted it to be kept alive, revokes it.
   * Idempotent, bounded and silent: a lease that cannot be revoked expires.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const isLost = this.#controller.signal.aborted
    this.#end(new WaypostError('closed', 'The lease was closed.'))
    if (this.#owned && !isLost) await this.#host.revokeQuietly(this.id)
  }

  #end(error: WaypostError): void {
    if (this.#controller.signal.aborted) return
    this.#host.keeper.remove(this.#kept)
    this.#host.ended(this, error)
    this.#controller.abort(error)
  }
}
