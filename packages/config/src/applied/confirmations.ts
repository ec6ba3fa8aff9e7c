import { del, type EtcdClient, type Lease, put } from '@waypost/client'
import { Backoff, type Clock, messageOf, type Timer, WaypostError } from '@waypost/core'
import { ProcessLease } from './process-lease.ts'

/** etcd takes 128 operations in one transaction. */
const maxOperations = 100

/** Changes within this time are written together. */
const gatherMs = 5

/** Many processes apply one change at once; their confirmations need not come in the same moment. */
const spreadMs = 45

export interface ConfirmationsOptions {
  readonly etcd: EtcdClient
  readonly clock: Clock
  /** How long what a process said outlives it, in seconds. */
  readonly ttlSeconds: number
  /** Told once when the store does not let this process confirm anything. */
  readonly onDenied: (message: string) => void
}

/** A record to be kept in the store. `fingerprint` says what it says, without the time at which it says so. */
export interface Confirmation {
  readonly key: string
  readonly fingerprint: string
  /** Makes the record's text, when it is written: what is replaced before that is never made. */
  readonly serialize: () => string
}

interface Kept extends Confirmation {
  /** The lease that it was written on. */
  lease: Lease | undefined
}

/**
 * Keeps leased records in the store as they ought to be: writes only what is new, several in one transaction; writes
 * all again when the lease was lost; waits while the store is away; gives up when it is not permitted.
 */
export class Confirmations {
  readonly #options: ConfirmationsOptions
  readonly #lease: ProcessLease
  readonly #kept = new Map<string, Kept>()
  /** Of what is kept, the keys that are not in the store as they ought to be. */
  readonly #behind = new Set<string>()
  readonly #gone = new Set<string>()
  readonly #backoff = new Backoff({ initialMs: 200, maxMs: 10_000 })
  #timer: Timer | undefined
  #flushing: Promise<void> | undefined
  #watched: Lease | undefined
  #denied = false
  #closing: Promise<void> | undefined

  constructor(options: ConfirmationsOptions) {
    this.#options = options
    this.#lease = new ProcessLease(options.etcd, options.ttlSeconds)
  }

  set(confirmation: Confirmation): void {
    const known = this.#kept.get(confirmation.key)
    if (known?.fingerprint === confirmation.fingerprint) return
    this.#gone.delete(confirmation.key)
    this.#kept.set(confirmation.key, { ...confirmation, lease: known?.lease })
    this.#behind.add(confirmation.key)
    this.#soon(spread())
  }

  delete(key: string): void {
    if (!this.#kept.delete(key)) return
    this.#behind.delete(key)
    this.#gone.add(key)
    this.#soon(spread())
  }

  /** Gives the lease up, and with it all records. Bounded by the client's own bounds; never fails. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#timer?.cancel()
    await this.#flushing
    await this.#lease.close()
  }

  #soon(delayMs: number): void {
    if (this.#closing || this.#denied || this.#timer || this.#flushing) return
    this.#timer = this.#options.clock.after(
      delayMs,
      () => {
        this.#timer = undefined
        this.#flushing = this.#flush().finally(() => {
          this.#flushing = undefined
          if (this.#isBehind()) this.#soon(this.#backoff.attempt > 0 ? this.#backoff.nextMs() : spread())
        })
      },
      { ref: false },
    )
  }

  #isBehind(): boolean {
    return this.#gone.size > 0 || this.#behind.size > 0
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    let lease: Lease | undefined
    try {
      if (!this.#isBehind()) return
      lease = await this.#lease.get()
      this.#watch(lease)
      while (this.#isBehind() && !this.#closing) await this.#writeSome(lease)
      this.#backoff.reset()
    } catch (error) {
      await this.#failed(error, lease)
    }
  }

  async #writeSome(lease: Lease): Promise<void> {
    const { etcd } = this.#options
    const gone = [...this.#gone].slice(0, maxOperations)
    const puts: Kept[] = []
    for (const key of this.#behind) {
      if (puts.length + gone.length >= maxOperations) break
      const kept = this.#kept.get(key)
      if (kept) puts.push(kept)
    }
    await etcd
      .txn()
      .do(
        ...gone.map((key) => del(key)),
        ...puts.map(({ key, serialize }) => put(key, serialize(), { lease: lease.id })),
      )
      .commit()
    for (const key of gone) this.#gone.delete(key)
    for (const kept of puts) {
      kept.lease = lease
      // It may have become another meanwhile, or gone.
      if (this.#kept.get(kept.key) === kept) this.#behind.delete(kept.key)
    }
  }

  async #failed(error: unknown, lease: Lease | undefined): Promise<void> {
    if (this.#closing || WaypostError.is(error, 'closed')) return
    if (WaypostError.is(error, 'permission-denied')) {
      this.#denied = true
      this.#options.onDenied(
        `The user may not write /waypost/config/applied/ and /waypost/config/consumers/: publishers do not see what this process has applied. ${messageOf(error)}`,
      )
      return
    }
    if (WaypostError.is(error, 'lease-not-found') && lease) {
      await this.#lease.discard(lease)
      this.#forget(lease)
    }
    // Counts the attempt; the delay itself is taken when the next one is planned.
    if (this.#backoff.attempt === 0) this.#backoff.nextMs()
  }

  /** What hung on a lost lease is gone, and is written again. */
  #watch(lease: Lease): void {
    if (this.#watched === lease) return
    this.#watched = lease
    lease.lost.addEventListener(
      'abort',
      () => {
        this.#forget(lease)
        if (this.#kept.size > 0) this.#soon(spread())
      },
      { once: true },
    )
  }

  #forget(lease: Lease): void {
    for (const [key, kept] of this.#kept) if (kept.lease === lease) this.#behind.add(key)
  }
}

function spread(): number {
  return gatherMs + Math.random() * spreadMs
}
