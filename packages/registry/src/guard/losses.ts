import type { EtcdClient } from '@waypost/client'
import type { Clock, Timer } from '@waypost/core'
import type { ResolvedGuard } from './guard-options.ts'
import { LossGuard } from './loss-guard.ts'

/** A record that was lost: it went without having said `leaving`. */
export interface Lost {
  readonly instance: { readonly key: string; readonly address: string }
  /** The lease it was attached to; 0 for none. */
  readonly lease: bigint
}

/**
 * Why a lost record is gone: its lease ran out; somebody deleted it although its lease lives; or it had said `leaving`,
 * which only became known now.
 */
export type GoneReason = 'expired' | 'evicted' | 'left'

export interface LossesParts<Record extends Lost> {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly guard: ResolvedGuard
  /** Too many are lost at once: show these as they were, and mark them. */
  readonly onSuspect: (keys: Iterable<string>) => void
  /** The same for records that were given up before it showed that they are among too many. */
  readonly onRevived: (records: readonly Record[]) => void
  readonly onGone: (gone: ReadonlyMap<string, GoneReason>) => void
}

/** The most leases asked for at a time: enough to name the reason for what people do by hand. */
const maxLeasesAsked = 8

/** The most records that are given up in one turn of the event loop; the rest follow in the next ones. */
const givenUpAtOnce = 200

/** The lost records of one service: lets the guard decide, in time, and finds out the reason meanwhile. */
export class Losses<Record extends Lost> {
  readonly #parts: LossesParts<Record>
  readonly #guard: LossGuard
  readonly #evicted = new Set<string>()
  /** Expired records that were given up, by key, and when. Kept for as long as they count in the guard. */
  readonly #givenUp = new Map<string, { readonly record: Record; readonly atMs: number }>()
  readonly #lost = new Map<string, Record>()
  #leasesAsked = 0
  #holdingSince: Date | undefined
  #timer: Timer | undefined
  #closed = false
  #firesAtMs = Number.POSITIVE_INFINITY

  constructor(parts: LossesParts<Record>) {
    this.#parts = parts
    this.#guard = new LossGuard(parts.guard)
  }

  /** Since when instances are shown although their records are gone; `undefined` when none are. */
  get holdingSince(): Date | undefined {
    return this.#isHolding ? this.#holdingSince : undefined
  }

  isWaiting(key: string): boolean {
    return this.#guard.isWaiting(key)
  }

  /** @param up how many instances are shown as up, the lost ones included */
  lose(records: readonly Record[], up: number): void {
    const nowMs = this.#nowMs
    const wasHolding = this.#isHolding
    const keys = records.map(({ instance }) => instance.key)
    for (const record of records) this.#lost.set(record.instance.key, record)
    this.#forgetOld(nowMs)
    const certain = this.#guard.lose(keys, up, nowMs)
    if (certain.length > 0) this.#gone(certain)
    const { settleMs, holdMs } = this.#parts.guard
    if (this.#isHolding) {
      if (!wasHolding) {
        this.#holdingSince = new Date(this.#parts.clock.epochMs())
        this.#revive()
      }
      this.#parts.onSuspect(wasHolding ? keys : this.#guard.waiting)
      this.#armFor(nowMs + holdMs)
    } else {
      void this.#askForLeases(records)
      this.#armFor(nowMs + settleMs)
    }
  }

  /** The key has a record. */
  present(key: string): void {
    this.#evicted.delete(key)
    this.#lost.delete(key)
    this.#givenUp.delete(key)
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
    this.#settled(keys, 'left')
  }

  /** These are lost, and a living record has their address: they are gone for certain. */
  replaced(keys: readonly string[]): void {
    this.#settled(keys, 'expired')
  }

  /** A record is at the address: what was given up there had restarted, and says nothing about the store. */
  arrived(address: string): void {
    for (const [key, { record }] of this.#givenUp) {
      if (record.instance.address !== address) continue
      this.#givenUp.delete(key)
      this.#guard.discount(key)
    }
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
    for (const key of keys) {
      this.#lost.delete(key)
      gone.set(key, this.#evicted.delete(key) ? 'evicted' : 'expired')
    }
    this.#parts.onGone(gone)
  }

  #settled(keys: readonly string[], reason: GoneReason): void {
    this.#easing(() => {
      const gone = keys.filter((key) => this.#guard.gone(key, this.#nowMs))
      for (const key of gone) this.#lost.delete(key)
      if (gone.length > 0) this.#parts.onGone(new Map(gone.map((key) => [key, reason])))
    })
  }

  /** Returns whether that was all. */
  #giveUp(nowMs: number): boolean {
    const keys = this.#guard.giveUp(nowMs, givenUpAtOnce)
    for (const key of keys) {
      const record = this.#lost.get(key)
      if (!record || this.#evicted.has(key)) continue
      this.#givenUp.delete(key)
      this.#givenUp.set(key, { record, atMs: nowMs })
    }
    if (keys.length > 0) this.#gone(keys)
    return keys.length < givenUpAtOnce
  }

  /** Those that the guard counts again were given up too soon; those that were evicted stay gone. */
  #revive(): void {
    const revived: Record[] = []
    for (const key of [...this.#guard.waiting]) {
      if (this.#lost.has(key)) continue
      const record = this.#givenUp.get(key)?.record
      if (record === undefined) this.#guard.gone(key, this.#nowMs)
      else {
        this.#lost.set(key, record)
        revived.push(record)
      }
    }
    this.#givenUp.clear()
    if (revived.length > 0) this.#parts.onRevived(revived)
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { atMs }] of this.#givenUp) {
      // They are in the order in which they were given up.
      if (nowMs - atMs <= this.#parts.guard.windowMs) return
      this.#givenUp.delete(key)
    }
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
        const isAll = this.#giveUp(this.#nowMs)
        this.#armFor(isAll ? this.#guard.nextDueMs : this.#nowMs)
      },
      { ref: false },
    )
  }

  /** Never rejects. An answer that comes after the record was given up changes nothing. */
  async #askForLeases(records: readonly Record[]): Promise<void> {
    const leases = new Set(records.map(({ lease }) => lease))
    if (this.#leasesAsked + leases.size > maxLeasesAsked) return
    this.#leasesAsked += leases.size
    const { etcd, guard } = this.#parts
    await Promise.all(
      [...leases].map(async (lease) => {
        const answer = await etcd.leases.timeToLive(lease, { timeoutMs: Math.max(1, guard.settleMs) }).catch(() => {})
        this.#leasesAsked -= 1
        if (!answer || answer.ttlSeconds <= 0) return
        for (const { instance, lease: own } of records) {
          if (own === lease && this.#guard.isWaiting(instance.key)) this.#evicted.add(instance.key)
        }
      }),
    )
  }
}
