import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import {
  anyOf,
  boolean,
  callOptionKinds,
  checkOptions,
  checkOptionsIfGiven,
  int64,
  kindOf,
  type OptionKinds,
  oneOf,
  required,
  wholeNumber,
} from '@waypost/core/options'
import * as wire from '@waypost/protocol'
import { toInt64 } from '../keys/int64.ts'
import type { Int64 } from '../keys/key.ts'
import type { KeySpace } from '../keys/key-space.ts'
import type { Caller } from '../link/caller.ts'
import { closedError, type Link } from '../link/link.ts'
import type { Login } from '../link/login.ts'
import type { EtcdMetrics } from '../telemetry/metrics.ts'
import { KeepAliveStream } from './keep-alive-stream.ts'
import { Lease, type LeaseHost, type LeaseTimeToLive, type TimeToLiveOptions } from './lease.ts'
import { KeptLease, LeaseKeeper, leaseNotFound } from './lease-keeper.ts'
import { LeaseWorker, type LeaseWorkerOptions } from './lease-worker.ts'

export interface GrantOptions extends CallOptions {
  /** How long the lease lives without renewal, in whole seconds. The store may grant more; read `lease.ttlSeconds`. */
  readonly ttlSeconds: number
  /** Default: the client chooses one at random, which makes the request safe to repeat. */
  readonly id?: Int64 | undefined
  /**
   * - `true`, the default: the lease is renewed until it or the client is closed, and then revoked;
   * - `'worker'`: the same, but a thread of its own renews it, on a connection of its own, so that it outlives a busy
   *   event loop; see `hungLimitMs`;
   * - `false`: the lease is neither renewed nor revoked by this client, and lives for its time.
   */
  readonly keepAlive?: boolean | 'worker' | undefined
  /**
   * With `keepAlive: 'worker'`: when the event loop of this thread has not turned for so long, in milliseconds, the
   * worker stops renewing, so that the lease of a process that hangs expires. Renewing goes on when the loop turns
   * again before that. At least 500; default 30,000; `Infinity`: never.
   */
  readonly hungLimitMs?: number | undefined
}

/** @internal */
export interface LeasesOptions {
  readonly link: Link
  readonly login: Login
  readonly caller: Caller
  /** Still works while the client closes. */
  readonly closingCaller: Caller
  readonly space: KeySpace
  readonly clock: Clock
  readonly timeoutMs: number
  readonly closeTimeoutMs: number
  readonly metrics: EtcdMetrics | undefined
  readonly worker: Omit<LeaseWorkerOptions, 'takeOver'>
}

const defaultHungLimitMs = 30_000
/** Twice the time between two signs of life. */
const minHungLimitMs = 500

const grantOptionKinds: OptionKinds<GrantOptions> = {
  ...callOptionKinds,
  ttlSeconds: required(wholeNumber(1)),
  id: int64,
  keepAlive: anyOf(boolean, oneOf('worker')),
  hungLimitMs: kindOf(
    `a number of ${minHungLimitMs} or more`,
    (value) => typeof value === 'number' && value >= minHungLimitMs,
  ),
}

const timeToLiveOptionKinds: OptionKinds<TimeToLiveOptions> = { ...callOptionKinds, keys: boolean }

/** Who renews a lease, and whether closing it revokes it. */
interface Role {
  readonly owned: boolean
  readonly renewedBy: 'keeper' | 'worker' | 'nobody'
  readonly hungLimitMs: number
}

/** Grants, renews and revokes leases. One stream renews all of them. */
export class Leases {
  readonly #options: LeasesOptions
  readonly #keeper: LeaseKeeper
  readonly #worker: LeaseWorker
  readonly #host: LeaseHost
  readonly #open = new Set<Lease>()
  #lostCount = 0
  #closed = false

  /** @internal */
  constructor(options: LeasesOptions) {
    const { link, login, caller, clock } = options
    this.#options = options
    this.#keeper = new LeaseKeeper(new KeepAliveStream(link, login, caller, clock), clock)
    this.#worker = new LeaseWorker({ ...options.worker, takeOver: (lease) => this.#keeper.add(lease) })
    this.#host = {
      keeper: this.#keeper,
      renewOnce: (id, callOptions) => this.keepAliveOnce(id, callOptions),
      timeToLive: (id, callOptions) => this.timeToLive(id, callOptions),
      revoke: (id, callOptions) => this.revoke(id, callOptions),
      revokeQuietly: (id) => this.#revokeQuietly(id),
      ended: (lease, why) => {
        if (why.code === 'lease-not-found') {
          this.#lostCount += 1
          options.metrics?.leaseLost?.()
        }
        this.#open.delete(lease)
        this.#worker.drop(lease.id)
      },
    }
  }

  /**
   * Creates a lease and, unless told otherwise, keeps it alive until it or the client is closed.
   *
   * @example
   * ```ts
   * await using lease = await etcd.leases.grant({ ttlSeconds: 10 })
   * await etcd.kv.put('/workers/a', 'here', { lease: lease.id })
   * ```
   */
  async grant(options: GrantOptions): Promise<Lease> {
    checkOptions('leases.grant', options, grantOptionKinds)
    const { ttlSeconds, keepAlive = true } = options
    const { hungLimitMs = defaultHungLimitMs } = options
    if (keepAlive === 'worker') this.#worker.check()
    const role: Role = {
      owned: keepAlive !== false,
      renewedBy: keepAlive === 'worker' ? 'worker' : keepAlive ? 'keeper' : 'nobody',
      hungLimitMs,
    }
    // The lease lives from when the store has heard of it, which is after this moment.
    const sentAtMs = this.#options.clock.monotonicMs()
    if (options.id !== undefined) {
      const request = { id: toInt64(options.id, 'id'), ttl: BigInt(ttlSeconds) }
      const { id, ttl } = await this.#options.caller.call(wire.Lease.leaseGrant, request, 'write', options)
      return this.#lease(id, Number(ttl), sentAtMs, role)
    }
    const request = { id: randomLeaseId(), ttl: BigInt(ttlSeconds) }
    try {
      const { id, ttl } = await this.#options.caller.call(wire.Lease.leaseGrant, request, 'repeatable-write', options)
      return await this.#lease(id, Number(ttl), sentAtMs, role)
    } catch (error) {
      if (!WaypostError.is(error, 'already-exists')) throw error
      // Nobody else has this id: an earlier attempt, whose answer was lost, has made the lease.
      const renewedAtMs = this.#options.clock.monotonicMs()
      const renewedSeconds = await this.keepAliveOnce(request.id, {
        signal: options.signal,
        timeoutMs: options.timeoutMs,
      })
      return this.#lease(request.id, renewedSeconds, renewedAtMs, role)
    }
  }

  /** Renews an existing lease from now on. Fails with `lease-not-found`. Its `close()` does not revoke it. */
  async keepAlive(id: Int64, options?: CallOptions): Promise<Lease> {
    checkOptionsIfGiven('leases.keepAlive', options, callOptionKinds)
    const leaseId = toInt64(id, 'id')
    const sentAtMs = this.#options.clock.monotonicMs()
    const ttlSeconds = await this.keepAliveOnce(leaseId, options)
    return this.#lease(leaseId, ttlSeconds, sentAtMs, {
      owned: false,
      renewedBy: 'keeper',
      hungLimitMs: defaultHungLimitMs,
    })
  }

  /** Renews a lease once. The answer is the new time to live in seconds. Fails with `lease-not-found`. */
  async keepAliveOnce(id: Int64, options?: CallOptions): Promise<number> {
    checkOptionsIfGiven('leases.keepAliveOnce', options, callOptionKinds)
    if (this.#closed) throw closedError()
    const deadlineMs = this.#options.clock.monotonicMs() + (options?.timeoutMs ?? this.#options.timeoutMs)
    return this.#keeper.renewOnce(toInt64(id, 'id'), deadlineMs, options?.signal)
  }

  /** The remaining time of a lease, and the keys that are attached to it. A lease that does not exist has −1 seconds. */
  async timeToLive(id: Int64, options?: TimeToLiveOptions): Promise<LeaseTimeToLive> {
    checkOptionsIfGiven('leases.timeToLive', options, timeToLiveOptionKinds)
    const request = { id: toInt64(id, 'id'), keys: options?.keys === true }
    const answer = await this.#options.caller.call(wire.Lease.leaseTimeToLive, request, 'read', options)
    const { space } = this.#options
    return {
      ttlSeconds: Number(answer.ttl),
      grantedTtlSeconds: Number(answer.grantedTtl),
      keys: answer.keys.flatMap((key) => space.strip(key) ?? []),
    }
  }

  /** Ends a lease and deletes its keys. Fails with `lease-not-found`. */
  async revoke(id: Int64, options?: CallOptions): Promise<void> {
    checkOptionsIfGiven('leases.revoke', options, callOptionKinds)
    const leaseId = toInt64(id, 'id')
    try {
      await this.#options.caller.call(wire.Lease.leaseRevoke, { id: leaseId }, 'write', options)
    } catch (error) {
      throw WaypostError.is(error, 'lease-not-found') ? leaseNotFound(leaseId) : error
    }
  }

  /** The ids of all leases. */
  async list(options?: CallOptions): Promise<bigint[]> {
    checkOptionsIfGiven('leases.list', options, callOptionKinds)
    const { leases } = await this.#options.caller.call(wire.Lease.leaseLeases, {}, 'read', options)
    return leases.map(({ id }) => id)
  }

  /** @internal How many were lost. */
  get lostCount(): number {
    return this.#lostCount
  }

  /** @internal How many there are. */
  get size(): number {
    return this.#open.size
  }

  /** @internal */
  setEndpoints(endpoints: readonly string[]): void {
    this.#worker.setEndpoints(endpoints)
  }

  /** @internal Revokes what was granted here, within the client's bound for closing. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#open].map((lease) => lease.close()))
    this.#keeper.close()
    await this.#worker.close()
  }

  async #lease(id: bigint, ttlSeconds: number, sentAtMs: number, role: Role): Promise<Lease> {
    if (this.#closed) {
      if (role.owned) await this.#revokeQuietly(id)
      throw closedError()
    }
    const lease = new Lease(this.#host, id, role.owned, (onLost) =>
      role.renewedBy === 'worker'
        ? this.#worker.keep(id, ttlSeconds, sentAtMs, role.hungLimitMs, onLost)
        : new KeptLease(id, ttlSeconds, sentAtMs, role.renewedBy === 'keeper', onLost),
    )
    this.#open.add(lease)
    return lease
  }

  async #revokeQuietly(id: bigint): Promise<void> {
    const { closingCaller, closeTimeoutMs } = this.#options
    try {
      await closingCaller.call(wire.Lease.leaseRevoke, { id }, 'repeatable-write', { timeoutMs: closeTimeoutMs })
    } catch {
      // It is gone already, or it will expire.
    }
  }
}

/** A positive id with 63 random bits, as the store itself chooses them. */
function randomLeaseId(): bigint {
  // Of the runtime's own, which is loaded when it is first used.
  const [random = 0n] = crypto.getRandomValues(new BigUint64Array(1))
  return BigInt.asUintN(63, random) || 1n
}
