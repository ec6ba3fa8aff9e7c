import type { Cache, EtcdClient, KeyValue, Lease } from '@waypost/client'
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
import { bounded } from './bounded.ts'
import { type Claim, claim, rewrite, withdraw } from './claim.ts'
import { alreadyExists, contest } from './contest.ts'
import { EventFeed } from './event-feed.ts'
import type { InstanceRecord } from './instance.ts'
import { instanceKey } from './keys.ts'
import type { Presence } from './presence.ts'
import { readInstance } from './read-instance.ts'
import type { LossReason, RegistrationEvent, RegistrationState } from './registration-event.ts'
import { type RegistrationUpdate, updateRecord } from './registration-options.ts'

export interface DrainOptions extends CallOptions {
  /** Work to wait for between `leaving` and the end, for example `() => closeServer()`. Bounded by `timeoutMs`. */
  readonly inFlight?: (() => Promise<unknown>) | undefined
}

export interface RegistrationParts {
  readonly etcd: EtcdClient
  readonly presence: Presence
  readonly clock: Clock
  readonly random: () => number
  readonly onEnd: () => void
}

const defaultDrainTimeoutMs = 30_000

/**
 * An instance that is registered until `deregister()` or the end of its process. Whatever takes its record away in
 * between, it puts the record back by itself, and says so in an event.
 */
export class Registration {
  readonly #parts: RegistrationParts
  readonly #feed = new EventFeed<RegistrationEvent>()
  /** Fires when the registration is to end: nothing is restored after that. */
  readonly #ending = new AbortController()
  #record: InstanceRecord
  #state: RegistrationState = 'registering'
  #lease: Lease | undefined
  /** Every lease that the record may hang on: a store that comes back may still have it on an older one. */
  readonly #ownLeases = new Set<bigint>()
  #stopListening: () => void = () => {}
  #cache: Cache | undefined
  /** The revision of our last write: what is seen of older ones is out of date. */
  #written = 0n
  /** Writes to the key happen one after the other, so that an update and a restoration cannot undo each other. */
  #writes: Promise<unknown> = Promise.resolve()
  #restoring: Promise<void> | undefined
  #left: Promise<void> | undefined

  /** @internal Made by `Registry.register`. */
  constructor(record: InstanceRecord, parts: RegistrationParts) {
    this.#record = record
    this.#parts = parts
    parts.presence.hold()
  }

  /** What is said of the instance now. */
  get record(): InstanceRecord {
    return this.#record
  }

  get key(): string {
    return instanceKey(this.#record.service, this.#record.id)
  }

  get state(): RegistrationState {
    return this.#state
  }

  /** The lease that the record hangs on at present. */
  get lease(): bigint | undefined {
    return this.#lease?.id
  }

  /** What happens to the registration from now on. Of events that nobody takes, the newest 100 are kept. */
  events(): AsyncIterableIterator<RegistrationEvent> {
    return this.#feed.iterate()
  }

  /** Calls `listener` for every event. Returns the function that takes it off. A listener must not throw. */
  onEvent(listener: (event: RegistrationEvent) => void): () => void {
    return this.#feed.on(listener)
  }

  /**
   * Changes what is said of the instance. While the registration is being restored, the change is written with it.
   * Fails with `invalid-argument`, with `closed` after the end, and as the client does; the record then stays as it was.
   */
  async update(update: RegistrationUpdate, options?: CallOptions): Promise<void> {
    await this.#exclusively(async () => {
      this.#checkAlive()
      const record = updateRecord(this.#record, update)
      if (this.#state === 'registered' && this.#lease) {
        const revision = await rewrite(this.#parts.etcd, this.key, record, this.#lease, options)
        if (revision !== undefined) this.#written = revision
      }
      this.#record = record
    })
    this.#check()
  }

  /**
   * Leaves with consideration: says `leaving`, so that consumers send nothing new, waits for the work in flight,
   * and deregisters. It deregisters also when that work fails or takes longer than `timeoutMs` (default 30,000),
   * and then fails.
   */
  async drain(options: DrainOptions = {}): Promise<void> {
    const { inFlight, timeoutMs = defaultDrainTimeoutMs, signal } = options
    this.#checkAlive()
    this.#end('leaving')
    try {
      await this.#exclusively(() => this.#writeLeaving({ signal }))
      if (inFlight) await bounded('The work in flight', inFlight(), { timeoutMs, clock: this.#parts.clock, signal })
    } finally {
      await this.deregister({ signal })
    }
  }

  /**
   * Leaves: writes `leaving`, so that consumers can tell it from a death, and deletes the record. Idempotent.
   * When the store cannot be told it fails; the record then goes with its lease, or when the store can be told.
   */
  deregister(options?: CallOptions): Promise<void> {
    this.#left ??= this.#leave(options)
    return this.#left
  }

  /** Deregisters. A store that cannot be told is no error here: the record goes with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.deregister().catch(() => {})
  }

  /** @internal Writes the record for the first time. */
  async begin(options: { readonly signal: AbortSignal }): Promise<void> {
    try {
      await this.#exclusively(() => this.#beginNow(options.signal))
    } catch (error) {
      this.#end('left')
      if (this.#lease && !WaypostError.is(error, 'already-exists')) this.#withdrawLater(this.#lease)
      await this.#release()
      throw error
    }
    this.#emit({ type: 'registered', at: this.#now(), revision: this.#written })
    this.#follow()
  }

  async #beginNow(signal: AbortSignal): Promise<void> {
    const { etcd, clock } = this.#parts
    let over: KeyValue | undefined
    await abortable(this.#parts.presence.withdrawn(this.key), signal)
    for (;;) {
      const { lease, revision, holder } = await this.#claim(over, signal, { signal })
      if (holder === undefined) {
        this.#hangOn(lease, revision)
        return
      }
      over = await contest(etcd, this.#record, holder, { clock, signal })
    }
  }

  /** Claims the key on the process's lease; on a new one when the store turns out not to know that any more. */
  async #claim(
    over: KeyValue | undefined,
    signal: AbortSignal,
    options: CallOptions,
  ): Promise<Claim & { lease: Lease }> {
    for (let isLast = false; ; isLast = true) {
      const lease = await abortable(this.#parts.presence.lease(), signal)
      // From here on, whatever may have been written hangs on this lease.
      this.#lease = lease
      this.#ownLeases.add(lease.id)
      try {
        return { lease, ...(await claim(this.#parts.etcd, this.key, this.#record, lease, over, options)) }
      } catch (error) {
        if (!WaypostError.is(error, 'lease-not-found')) throw error
        await this.#parts.presence.discard(lease)
        if (isLast) throw error
      }
    }
  }

  #hangOn(lease: Lease, revision: bigint): void {
    this.#stopListening()
    this.#written = revision
    this.#state = 'registered'
    this.#stopListening = onAbort(lease.lost, () => this.#lost('lease-lost'))
  }

  /** Watches the own key, for the day on which somebody deletes or overwrites it. */
  #follow(): void {
    if (this.#state !== 'registered') return
    this.#cache = this.#parts.etcd.cache({ key: this.key }, { timeoutMs: Number.POSITIVE_INFINITY })
    this.#cache.ready.then(
      () => this.#check(),
      () => {},
    )
    this.#cache.onChange(() => this.#check())
  }

  /** Compares the key as it is with what was written. */
  #check(): void {
    const cache = this.#cache
    if (this.#state !== 'registered' || !cache?.isReady || cache.revision < this.#written) return
    const seen = cache.get(this.key)
    if (seen === undefined) this.#lost('deleted')
    else if (seen.lease === 0n) this.#lost('overwritten')
    else if (!this.#ownLeases.has(seen.lease)) this.#giveWay(seen)
  }

  #lost(reason: LossReason): void {
    if (this.#state !== 'registered') return
    this.#state = 'restoring'
    this.#emit({ type: 'lost', at: this.#now(), reason })
    this.#restoring = this.#restore()
  }

  /** Never rejects: it goes on until it succeeds or the registration ends. */
  async #restore(): Promise<void> {
    const { clock, random } = this.#parts
    const { signal } = this.#ending
    const backoff = new Backoff({ initialMs: 100, maxMs: 5_000, random })
    let delayMs = backoff.nextMs()
    for (;;) {
      try {
        await delay(delayMs, { clock, signal })
        await this.#exclusively(() => this.#restoreNow(signal))
        break
      } catch (error) {
        if (signal.aborted) return
        if (WaypostError.is(error, 'closed')) return this.#endWithClient()
        delayMs = backoff.nextMs()
        this.#emit({ type: 'restore-failed', at: this.#now(), error: asWaypostError(error), retryInMs: delayMs })
      }
    }
    this.#check()
  }

  async #restoreNow(signal: AbortSignal): Promise<void> {
    // Not to be aborted halfway: a record that is written after the end would stay.
    let claimed = await this.#claim(undefined, signal, {})
    while (claimed.holder) {
      const { holder } = claimed
      if (holder.lease !== 0n && !this.#ownLeases.has(holder.lease)) {
        this.#giveWay(holder)
        return
      }
      claimed = await this.#claim(holder, signal, {})
    }
    if (signal.aborted) return
    this.#hangOn(claimed.lease, claimed.revision)
    this.#emit({ type: 'restored', at: this.#now(), revision: claimed.revision })
  }

  #giveWay(holder: KeyValue): void {
    const { instance } = readInstance(holder.key, holder.bytes, holder.modRevision)
    this.#end('superseded')
    this.#emit({ type: 'superseded', at: this.#now(), holder: instance })
    this.#left = this.#release()
  }

  /** The client was closed under us, and revoked the lease. */
  #endWithClient(): void {
    this.#end('left')
    this.#emit({ type: 'left', at: this.#now() })
    this.#left = this.#release()
  }

  async #leave(options: CallOptions | undefined): Promise<void> {
    this.#end('leaving')
    await this.#restoring
    try {
      await this.#exclusively(async () => {
        if (!this.#lease) return
        await this.#writeLeaving(options)
        await withdraw(this.#parts.etcd, this.key, this.#lease, options)
      })
    } catch (error) {
      if (this.#lease) this.#withdrawLater(this.#lease)
      throw error
    } finally {
      this.#state = 'left'
      this.#emit({ type: 'left', at: this.#now() })
      await this.#release()
    }
  }

  async #writeLeaving(options: CallOptions | undefined): Promise<void> {
    if (!this.#lease || this.#record.status === 'leaving') return
    const record = { ...this.#record, status: 'leaving' } as const
    await rewrite(this.#parts.etcd, this.key, record, this.#lease, options)
    this.#record = record
  }

  #withdrawLater(lease: Lease): void {
    this.#parts.presence.withdrawLater(this.key, lease)
  }

  #end(state: 'leaving' | 'left' | 'superseded'): void {
    this.#state = state
    this.#stopListening()
    this.#ending.abort()
  }

  async #release(): Promise<void> {
    this.#feed.end()
    this.#parts.onEnd()
    await Promise.all([this.#cache?.close(), this.#parts.presence.release()])
  }

  #exclusively<T>(write: () => Promise<T>): Promise<T> {
    const result = this.#writes.then(write)
    this.#writes = result.catch(() => {})
    return result
  }

  #checkAlive(): void {
    if (this.#state === 'superseded') throw alreadyExists(this.#record, undefined, 'Another process took over.')
    if (this.#ending.signal.aborted) throw new WaypostError('closed', `The registration ${this.key} has ended.`)
  }

  #emit(event: RegistrationEvent): void {
    this.#feed.emit(event)
  }

  #now(): Date {
    return new Date(this.#parts.clock.epochMs())
  }
}

function asWaypostError(error: unknown): WaypostError {
  return WaypostError.is(error) ? error : new WaypostError('internal', messageOf(error), { cause: error })
}
