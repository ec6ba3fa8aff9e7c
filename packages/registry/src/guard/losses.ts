import type { EtcdClient } from '@waypost/client'
import type { Clock, Timer } from '@waypost/core'
import type { ResolvedGuard } from './guard-options.ts'
import { LossGuard } from './loss-guard.ts'

/** A record that went without having said `leaving`. */
export interface Loss {
  readonly key: string
  /** The lease it was on; 0 for none. */
  readonly lease: bigint
}

/**
 * Why a lost record is gone: its lease ran out; somebody deleted it although its lease lives; or it had said that it
 * leaves, which showed only now.
 */
export type GoneReason = 'expired' | 'evicted' | 'left'

export interface LossesParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly guard: ResolvedGuard
  /** Too many are lost at once: these are to be shown as they were, and marked. */
  readonly onSuspect: (keys: Iterable<string>) => void
  readonly onGone: (gone: ReadonlyMap<string, GoneReason>) => void
}

/** So many leases are asked for at a time: enough to name the reason of what people do by hand. */
const maxLeasesAsked = 8

/** The lost records of one service: lets the guard decide, in time, and finds out the reason meanwhile. */
export class Losses {
  readonly #parts: LossesParts
  readonly #guard: LossGuard
  readonly #evicted = new Set<string>()
  #leasesAsked = 0
  #holdingSince: Date | undefined
  #timer: Timer | undefined
  #closed = false
  #firesAtMs = Number.POSITIVE_INFINITY

  constructor(parts: LossesParts) {
    this.#parts = parts
    this.#guard = new LossGuard(parts.guard)
  }

  /** Since when instances are shown although their records are gone; `undefined` when none are. */
  get holdingSince(): Date | undefined {
    return this.#isHolding ? this.#holdingSince : undefined
  }

  /** @param up how many instances are shown as up, the lost ones included */
  lose(losses: readonly Loss[], up: number): void {
    const nowMs = this.#nowMs
    const wasHolding = this.#isHolding
    const certain = this.#guard.lose(
      losses.map(({ key }) => key),
      up,
      nowMs,
    )
    if (certain.length > 0) this.#gone(certain)
    const { settleMs, holdMs } = this.#parts.guard
    if (this.#isHolding) {
      if (!wasHolding) this.#holdingSince = new Date(this.#parts.clock.epochMs())
      this.#parts.onSuspect(wasHolding ? losses.map(({ key }) => key) : this.#guard.waiting)
      this.#armFor(nowMs + holdMs)
    } else {
      void this.#askForLeases(losses)
      this.#armFor(nowMs + settleMs)
    }
  }

  /** The key has a record. */
  present(key: string): void {
    this.#evicted.delete(key)
    this.#easing(() => this.#guard.present(key, this.#nowMs))
  }

  forget(key: string): void {
    this.#guard.forget(key)
  }

  refused(key: string): void {
    this.#easing(() => {
      if (this.#guard.refused(key, this.#nowMs)) this.#gone([key])
    })
  }

  /** These have said that they leave, if they are lost. */
  left(keys: readonly string[]): void {
    this.#easing(() => {
      const gone = keys.filter((key) => this.#guard.gone(key, this.#nowMs))
      if (gone.length > 0) this.#parts.onGone(new Map(gone.map((key) => [key, 'left'])))
    })
  }

  answered(key: string): void {
    this.#guard.answered(key)
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }

  get #nowMs(): number {
    return this.#parts.clock.monotonicMs()
  }

  #gone(keys: readonly string[]): void {
    const gone = new Map<string, GoneReason>()
    for (const key of keys) gone.set(key, this.#evicted.delete(key) ? 'evicted' : 'expired')
    this.#parts.onGone(gone)
  }

  get #isHolding(): boolean {
    return this.#guard.holdingSinceMs !== undefined
  }

  /** When holding ends with it, the rest may be given up sooner. */
  #easing(change: () => void): void {
    const wasHolding = this.#isHolding
    change()
    if (wasHolding && !this.#isHolding) this.#armFor(this.#guard.nextDueMs)
  }

  #armFor(dueMs: number | undefined): void {
    if (dueMs === undefined || dueMs >= this.#firesAtMs || this.#closed) return
    this.#timer?.cancel()
    this.#firesAtMs = dueMs
    this.#timer = this.#parts.clock.after(
      dueMs - this.#nowMs,
      () => {
        this.#firesAtMs = Number.POSITIVE_INFINITY
        const gone = this.#guard.giveUp(this.#nowMs)
        if (gone.length > 0) this.#gone(gone)
        this.#armFor(this.#guard.nextDueMs)
      },
      { ref: false },
    )
  }

  /** Never rejects. An answer that comes after the record was given up changes nothing. */
  async #askForLeases(losses: readonly Loss[]): Promise<void> {
    const leases = new Set(losses.map(({ lease }) => lease))
    if (this.#leasesAsked + leases.size > maxLeasesAsked) return
    this.#leasesAsked += leases.size
    const { etcd, guard } = this.#parts
    await Promise.all(
      [...leases].map(async (lease) => {
        const answer = await etcd.leases.timeToLive(lease, { timeoutMs: Math.max(1, guard.settleMs) }).catch(() => {})
        this.#leasesAsked -= 1
        if (!answer || answer.ttlSeconds <= 0) return
        for (const loss of losses) {
          if (loss.lease === lease && this.#guard.isWaiting(loss.key)) this.#evicted.add(loss.key)
        }
      }),
    )
  }
}
