import { abortedError, type Clock, onAbort, type Timer, WaypostError } from '@waypost/core'
import type { KeepAliveStream } from './keep-alive-stream.ts'
import { type Renewal, RenewalRequest } from './renewal.ts'

/** `lost` fires this much before the store may expire the lease, to make up for timers that fire late. */
const lostMarginMs = 20
/** A renewal that is not answered within this time, or a sixth of the lease's life, makes its connection suspect. */
const lateMs = 1_000

/** The times of one lease, on the clock's monotonic scale. */
export class KeptLease {
  readonly id: bigint
  readonly request: RenewalRequest
  /** Whether the keeper renews it. */
  renews: boolean
  readonly onLost: (error: WaypostError) => void
  ttlMs: number
  /** The store can expire the lease no sooner than this. */
  expiresAtMs: number
  renewAtMs: number
  renewal: Renewal | undefined

  /** @param sentAtMs when the request that this time to live answers was sent */
  constructor(id: bigint, ttlSeconds: number, sentAtMs: number, renews: boolean, onLost: KeptLease['onLost']) {
    this.id = id
    this.request = new RenewalRequest(id)
    this.renews = renews
    this.onLost = onLost
    this.ttlMs = ttlSeconds * 1_000
    this.expiresAtMs = sentAtMs + this.ttlMs
    this.renewAtMs = sentAtMs + this.ttlMs / 3
  }

  get lostAtMs(): number {
    return this.expiresAtMs - lostMarginMs
  }

  extend(ttlSeconds: number, sentAtMs: number): void {
    this.ttlMs = ttlSeconds * 1_000
    this.expiresAtMs = sentAtMs + this.ttlMs
    this.renewAtMs = sentAtMs + this.ttlMs / 3
  }

  /** When something has to be done about the lease next. */
  get dueAtMs(): number {
    if (!this.renews) return this.lostAtMs
    const { renewal } = this
    if (renewal === undefined) return Math.min(this.renewAtMs, this.lostAtMs)
    if (renewal.sentAtMs === undefined) return this.lostAtMs
    return Math.min(renewal.sentAtMs + this.lateMs, this.lostAtMs)
  }

  get lateMs(): number {
    return Math.min(lateMs, this.ttlMs / 6)
  }
}

/** Renews every lease at a third of its life and tells its owner when it may be gone. One timer for all of them. */
export class LeaseKeeper {
  readonly #stream: KeepAliveStream
  readonly #clock: Clock
  readonly #leases = new Set<KeptLease>()
  #onceWaiting = 0
  #timer: Timer | undefined
  #firesAtMs = Number.POSITIVE_INFINITY

  constructor(stream: KeepAliveStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
  }

  add(lease: KeptLease): void {
    this.#leases.add(lease)
    this.#arm(lease.dueAtMs)
  }

  remove(lease: KeptLease): void {
    if (!this.#leases.delete(lease)) return
    if (lease.renewal !== undefined) this.#stream.abandon(lease.renewal)
    lease.renewal = undefined
    this.#restIfIdle()
  }

  /** Whether the lease is lost by now, although the timer that would say so has not run yet. */
  check(lease: KeptLease): void {
    if (this.#leases.has(lease) && this.#clock.monotonicMs() >= lease.lostAtMs) this.#lose(lease)
  }

  remainingMs(lease: KeptLease): number {
    return Math.max(0, lease.lostAtMs - this.#clock.monotonicMs())
  }

  /** Renews any lease once. Resolves with the new time to live in seconds. */
  renewOnce(id: bigint, deadlineMs: number, signal: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortedError(signal))
        return
      }
      this.#onceWaiting += 1
      const settle = (): void => {
        timer.cancel()
        release()
        this.#onceWaiting -= 1
        this.#restIfIdle()
      }
      const fail = (error: WaypostError): void => {
        this.#stream.abandon(renewal)
        settle()
        reject(error)
      }
      const renewal: Renewal = {
        request: new RenewalRequest(id),
        sentAtMs: undefined,
        abandoned: false,
        next: undefined,
        onAnswer: (ttlSeconds, sentAtMs) => {
          for (const lease of this.#leases) if (lease.id === id) this.#answered(lease, ttlSeconds, sentAtMs)
          settle()
          if (ttlSeconds > 0) resolve(ttlSeconds)
          else reject(leaseNotFound(id))
        },
        onError: (error) => {
          settle()
          reject(error)
        },
      }
      const timer = this.#clock.after(deadlineMs - this.#clock.monotonicMs(), () => fail(this.#stream.lateError))
      const release = onAbort(signal, () => signal && fail(abortedError(signal)))
      this.#stream.renew(renewal)
    })
  }

  close(): void {
    this.#leases.clear()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#stream.close()
  }

  #arm(dueAtMs: number): void {
    if (dueAtMs >= this.#firesAtMs) return
    this.#timer?.cancel()
    this.#firesAtMs = dueAtMs
    this.#timer = this.#clock.after(Math.max(0, dueAtMs - this.#clock.monotonicMs()), () => this.#tick())
  }

  #tick(): void {
    this.#timer = undefined
    this.#firesAtMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.monotonicMs()
    for (const lease of this.#leases) {
      if (nowMs >= lease.lostAtMs) this.#lose(lease)
      else if (lease.renews) this.#tend(lease, nowMs)
    }
    let nextMs = Number.POSITIVE_INFINITY
    for (const lease of this.#leases) {
      // What is late has been dealt with just now, and is looked at again in a while; so is what waits for a stream.
      const waits = lease.renewal !== undefined && lease.renewal.sentAtMs === undefined
      const dueMs = waits ? nowMs + lease.lateMs : Math.max(lease.dueAtMs, nowMs + 50)
      nextMs = Math.min(nextMs, lease.lostAtMs, dueMs)
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#arm(nextMs)
  }

  #tend(lease: KeptLease, nowMs: number): void {
    const { renewal } = lease
    if (renewal !== undefined) {
      if (renewal.sentAtMs !== undefined && nowMs - renewal.sentAtMs >= lease.lateMs) this.#stream.suspect(lease.ttlMs)
      return
    }
    // Leases that are due soon go along, so that many leases come to be renewed in few turns.
    if (nowMs >= lease.renewAtMs - lease.ttlMs / 15) this.#renew(lease)
  }

  #renew(lease: KeptLease): void {
    lease.renewal = {
      request: lease.request,
      sentAtMs: undefined,
      abandoned: false,
      next: undefined,
      onAnswer: (ttlSeconds, sentAtMs) => {
        lease.renewal = undefined
        this.#answered(lease, ttlSeconds, sentAtMs)
      },
      onError: () => {
        lease.renewal = undefined
        lease.renewAtMs = this.#clock.monotonicMs() + lease.ttlMs / 6
        this.#arm(lease.dueAtMs)
      },
    }
    this.#stream.renew(lease.renewal)
  }

  #answered(lease: KeptLease, ttlSeconds: number, sentAtMs: number): void {
    if (!this.#leases.has(lease)) return
    if (ttlSeconds <= 0) this.#lose(lease)
    else {
      lease.extend(ttlSeconds, sentAtMs)
      this.#arm(lease.dueAtMs)
    }
  }

  #lose(lease: KeptLease): void {
    this.remove(lease)
    lease.onLost(leaseNotFound(lease.id))
  }

  #restIfIdle(): void {
    if (this.#onceWaiting > 0) return
    if (this.#leases.size === 0) {
      this.#timer?.cancel()
      this.#timer = undefined
      this.#firesAtMs = Number.POSITIVE_INFINITY
    }
    for (const lease of this.#leases) if (lease.renews) return
    this.#stream.rest()
  }
}

export function leaseNotFound(id: bigint): WaypostError {
  return new WaypostError('lease-not-found', `Lease ${id.toString(16)} has expired or does not exist.`, {
    details: { id },
  })
}
