import type { Cache, EtcdClient, KeyValue, Lease, Presence } from '@waypost/client'
import {
  abortable,
  Backoff,
  type CallOptions,
  type Clock,
  delay,
  messageOf,
  onAbort,
  WaypostError,
} from '@waypost/core'
import { type Claim, repeated, rewrite } from './claim.ts'
import type { Farewells } from './farewells.ts'
import { type Claimant, reclaim } from './reclaim.ts'
import type { LossReason } from './registration-event.ts'

export interface HeldRecordParts {
  readonly etcd: EtcdClient
  readonly presence: Presence
  readonly farewells: Farewells
  readonly clock: Clock
  readonly random: () => number
}

/** Called with what becomes of the record. Called synchronously; must not throw. */
export interface HeldRecordOwner {
  /** What is to stand in the store now. */
  text(): string
  lost(reason: LossReason): void
  restored(revision: bigint): void
  restoreFailed(error: WaypostError, retryInMs: number): void
  /** Another process holds the key now: nothing is restored any more. */
  taken(holder: KeyValue): void
  /** The client was closed under us, and revoked the lease. */
  clientClosed(): void
}

/** A key that is kept in the store, on the process's lease: written again whatever takes it away, until it is let go. */
export class HeldRecord implements Claimant {
  readonly key: string
  readonly #parts: HeldRecordParts
  readonly #owner: HeldRecordOwner
  /** Fires when nothing is to be restored any more. */
  readonly #ending = new AbortController()
  #isHeld = false
  #lease: Lease | undefined
  /** Every lease that the record may be attached to: a store that comes back may still have it on an older one. */
  readonly #ownLeases = new Set<bigint>()
  #stopListening: () => void = () => {}
  #cache: Cache | undefined
  /** The revision of our last write: what is seen of older ones is out of date. */
  #written = 0n
  /** Writes to the key happen one after the other, so that an update and a restoration cannot undo each other. */
  #writes: Promise<unknown> = Promise.resolve()
  #restoring: Promise<void> | undefined
  #released: Promise<void> | undefined

  constructor(key: string, parts: HeldRecordParts, owner: HeldRecordOwner) {
    this.key = key
    this.#parts = parts
    this.#owner = owner
    parts.presence.hold()
  }

  /** The lease that the record is attached to, or was attached to last. */
  get lease(): Lease | undefined {
    return this.#lease
  }

  /** The revision of our last write. */
  get written(): bigint {
    return this.#written
  }

  /** Whether the record stands in the store, as far as is known. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted
  }

  /** Runs after the writes before it, and before those after it. */
  exclusively<T>(write: () => Promise<T>): Promise<T> {
    const result = this.#writes.then(write)
    this.#writes = result.catch(() => {})
    return result
  }

  /** Settles when nothing is under way any more that would take away what is written from now on. */
  async withdrawn(signal: AbortSignal): Promise<void> {
    const withdrawal = this.#parts.presence.withdrawal(this.key)
    if (withdrawal) await abortable(withdrawal, signal)
  }

  async claimOver(over: KeyValue | undefined, signal: AbortSignal): Promise<Claim> {
    const lease = await abortable(this.#parts.presence.lease(), signal)
    // From here on, whatever may have been written is attached to this lease.
    this.#lease = lease
    this.#ownLeases.add(lease.id)
    return { key: this.key, text: this.#owner.text(), lease, over }
  }

  discard(lease: Lease): Promise<void> {
    return this.#parts.presence.discard(lease)
  }

  /** The key was written on the lease. */
  hold(revision: bigint): void {
    this.#stopListening()
    this.#written = revision
    this.#isHeld = true
    this.#stopListening = onAbort(this.#lease?.lost, () => this.#lost('lease-lost'))
  }

  /** Watches the own key, for the day on which somebody deletes or overwrites it. */
  follow(): void {
    if (!this.#isHeld) return
    this.#cache = this.#parts.etcd.cache({ key: this.key }, { timeoutMs: Number.POSITIVE_INFINITY })
    this.#cache.ready.then(
      () => this.check(),
      () => {},
    )
    this.#cache.onChange(() => this.check())
  }

  /** Compares the key as it is with what was written. */
  check(): void {
    const cache = this.#cache
    if (!this.#isHeld || this.isEnding || !cache?.isReady || cache.revision < this.#written) return
    const seen = cache.get(this.key)
    if (seen === undefined) this.#lost('deleted')
    else if (seen.lease === 0n) this.#lost('overwritten')
    else if (!this.#ownLeases.has(seen.lease)) this.#giveWay(seen)
  }

  /** Writes what is to stand there now, if the record is still ours. Its revision; `undefined` when it is not. */
  async rewrite(options?: CallOptions): Promise<bigint | undefined> {
    if (!this.#lease) return undefined
    const revision = await rewrite(this.#parts.etcd, this.key, this.#owner.text(), this.#lease, options)
    if (revision !== undefined) this.#written = revision
    return revision
  }

  /**
   * Writes what is to stand there now, also when the record was lost, unless somebody else has the key: for a last word
   * that consumers are to hear. Its revision; `undefined` when nothing was written.
   */
  async writeLast(options?: CallOptions): Promise<bigint | undefined> {
    this.#parts.farewells.prepare()
    const revision = await this.rewrite(options)
    if (revision !== undefined || this.#written === 0n) return revision
    const { signal = new AbortController().signal } = options ?? {}
    const claimants = [{ claimant: this, over: undefined }]
    const { revisions } = await reclaim(this.#parts.etcd, claimants, signal, options)
    return revisions?.[0]
  }

  /** Deletes the record, if it is still ours, and keeps what it said last as a farewell. */
  async withdraw(options?: CallOptions): Promise<void> {
    const lease = this.#lease
    if (lease === undefined) return
    const { farewells, presence } = this.#parts
    const leaver = { key: this.key, text: this.#owner.text(), lease, presence }
    await repeated(() => farewells.withdraw(leaver, options))
  }

  /** Goes on trying to delete it when the store could not be told. */
  withdrawLater(): void {
    if (this.#lease) this.#parts.presence.withdrawLater(this.key, this.#lease)
  }

  /** From now on nothing is restored. Settles when a restoration that runs has ended. */
  end(): Promise<void> {
    this.#stopListening()
    this.#ending.abort()
    return this.#restoring ?? Promise.resolve()
  }

  /** Lets go of the key and of the lease; with its last holder the lease is given up. Idempotent. */
  release(): Promise<void> {
    this.#released ??= Promise.all([this.#cache?.close(), this.#parts.presence.release()]).then(() => {})
    return this.#released
  }

  #lost(reason: LossReason): void {
    if (!this.#isHeld || this.isEnding) return
    this.#isHeld = false
    this.#owner.lost(reason)
    this.#restoring = this.#restore()
  }

  /** Never rejects: it goes on until it succeeds or the record is let go. */
  async #restore(): Promise<void> {
    const { clock, random, presence } = this.#parts
    const { signal } = this.#ending
    // Sooner than a store that comes back lets the old record expire.
    const maxMs = Math.min(5_000, presence.settings.ttlSeconds * 250)
    const backoff = new Backoff({ initialMs: 100, maxMs, random })
    let delayMs = backoff.nextMs()
    for (;;) {
      try {
        await delay(delayMs, { clock, signal })
        await this.exclusively(() => this.#restoreNow(signal))
        break
      } catch (error) {
        if (signal.aborted) return
        if (WaypostError.is(error, 'closed')) return this.#owner.clientClosed()
        delayMs = backoff.nextMs()
        this.#owner.restoreFailed(asWaypostError(error), delayMs)
      }
    }
    this.check()
  }

  async #restoreNow(signal: AbortSignal): Promise<void> {
    let over: KeyValue | undefined
    for (;;) {
      // The write is not to be aborted halfway: a record that is written after the end would stay.
      const { revisions, holders } = await reclaim(this.#parts.etcd, [{ claimant: this, over }], signal)
      if (signal.aborted) return
      if (revisions) {
        const [revision = 0n] = revisions
        this.hold(revision)
        this.#owner.restored(revision)
        return
      }
      over = holders[0]
      if (over && over.lease !== 0n && !this.#ownLeases.has(over.lease)) {
        this.#giveWay(over)
        return
      }
    }
  }

  #giveWay(holder: KeyValue): void {
    void this.end()
    this.#owner.taken(holder)
  }
}

function asWaypostError(error: unknown): WaypostError {
  return WaypostError.is(error) ? error : new WaypostError('internal', messageOf(error), { cause: error })
}
