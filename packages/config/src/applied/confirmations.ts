import { del, type EtcdClient, type Lease, type Presence, put } from '@waypost/client'
import { Backoff, type Clock, messageOf, type Timer, WaypostError } from '@waypost/core'

/** etcd takes 128 operations in one transaction. */
const maxOperations = 100

/** Changes within this time are written together. */
const gatherMs = 5

/** Many processes may start at once; what they say of themselves need not come in the same moment. */
const spreadMs = 45

/** One change meets all processes at once: first all of them get it, then they say so, one after the other. */
const changeAfterMs = 100
const changeSpreadMs = 50

export interface ConfirmationsOptions {
  readonly etcd: EtcdClient
  readonly clock: Clock
  /** Asked for when something is first to be confirmed. */
  readonly presence: () => Presence
  /** Called once when the store does not let this process confirm anything. */
  readonly onDenied: (message: string) => void
}

/** A record to be kept in the store. `fingerprint` says what it says, without the time at which it says so. */
export interface Confirmation {
  readonly key: string
  readonly fingerprint: string
  /** Makes the record's text, when it is written: what is replaced before that is never made. */
  readonly serialize: () => string
}

/**
 * Keeps leased records in the store as they ought to be: writes only what is new, several in one transaction; writes
 * all again when the lease was lost; waits while the store is away; gives up when it is not permitted.
 */
export class Confirmations {
  readonly #options: ConfirmationsOptions
  /** There from the first confirmation on, until nothing more is to be confirmed. */
  #presence: Presence | undefined
  #stopListening: () => void = () => {}
  readonly #kept = new Map<string, Confirmation>()
  /** Of what is kept, the keys that are not in the store as they ought to be. */
  readonly #behind = new Set<string>()
  readonly #gone = new Set<string>()
  readonly #backoff = new Backoff({ initialMs: 200, maxMs: 10_000 })
  #timer: Timer | undefined
  #flushing: Promise<void> | undefined
  #denied = false
  #closing: Promise<void> | undefined

  constructor(options: ConfirmationsOptions) {
    this.#options = options
  }

  set(confirmation: Confirmation): void {
    const known = this.#kept.get(confirmation.key)
    if (known?.fingerprint === confirmation.fingerprint) return
    this.#gone.delete(confirmation.key)
    this.#kept.set(confirmation.key, confirmation)
    this.#behind.add(confirmation.key)
    this.#soon(known ? changeAfterMs + Math.random() * changeSpreadMs : spread())
  }

  delete(key: string): void {
    if (!this.#kept.delete(key)) return
    this.#behind.delete(key)
    this.#gone.add(key)
    this.#soon(spread())
  }

  /** Takes all records away. Bounded by the client's own bounds; never fails. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#timer?.cancel()
    await this.#flushing
    await this.#release([...this.#gone, ...this.#kept.keys()])
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
      lease = await this.#held().lease()
      while (this.#isBehind() && !this.#closing && !lease.lost.aborted) await this.#writeSome(lease)
      this.#backoff.reset()
    } catch (error) {
      await this.#failed(error, lease)
    }
  }

  async #writeSome(lease: Lease): Promise<void> {
    const { etcd } = this.#options
    const gone = [...this.#gone].slice(0, maxOperations)
    const puts: Confirmation[] = []
    for (const key of this.#behind) {
      if (puts.length + gone.length >= maxOperations) break
      const kept = this.#kept.get(key)
      if (kept) puts.push(kept)
    }
    const [first] = puts
    // What a change of one document comes to, for each of its consumers.
    if (first !== undefined && puts.length === 1 && gone.length === 0)
      await etcd.kv.put(first.key, first.serialize(), { lease: lease.id })
    else
      await etcd
        .txn()
        .do(
          ...gone.map((key) => del(key)),
          ...puts.map(({ key, serialize }) => put(key, serialize(), { lease: lease.id })),
        )
        .commit()
    for (const key of gone) this.#gone.delete(key)
    for (const kept of puts) {
      // It may have become another meanwhile, or gone, or the lease with it.
      if (this.#kept.get(kept.key) === kept && !lease.lost.aborted) this.#behind.delete(kept.key)
    }
  }

  async #failed(error: unknown, lease: Lease | undefined): Promise<void> {
    if (this.#closing || WaypostError.is(error, 'closed')) return
    if (WaypostError.is(error, 'permission-denied')) {
      this.#denied = true
      await this.#release([])
      this.#options.onDenied(
        `The user may not write /waypost/config/applied/ and /waypost/config/consumers/: publishers do not see what this process has applied. ${messageOf(error)}`,
      )
      return
    }
    if (WaypostError.is(error, 'lease-not-found') && lease) await this.#presence?.discard(lease)
    // Counts the attempt; the delay itself is taken when the next one is planned.
    if (this.#backoff.attempt === 0) this.#backoff.nextMs()
  }

  #held(): Presence {
    if (this.#presence === undefined) {
      const presence = this.#options.presence()
      presence.hold()
      this.#presence = presence
      this.#stopListening = presence.onChange((event) => {
        if (event === 'lost') for (const key of this.#kept.keys()) this.#behind.add(key)
        else this.#writeAgain()
      })
    }
    return this.#presence
  }

  /** The store is back, with a new lease. */
  #writeAgain(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#backoff.reset()
    if (this.#isBehind()) this.#soon(spread())
  }

  async #release(keys: readonly string[]): Promise<void> {
    const presence = this.#presence
    this.#presence = undefined
    this.#stopListening()
    await presence?.release(keys)
  }
}

function spread(): number {
  return gatherMs + Math.random() * spreadMs
}
