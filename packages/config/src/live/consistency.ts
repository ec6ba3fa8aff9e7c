import type { Cache, EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, onAbort, WaypostError } from '@waypost/core'
import { type FollowedCache, hasSeen, type RangeCensus, takeCensus } from './range-census.ts'

export interface ConsistencyOptions {
  readonly etcd: EtcdClient
  readonly clock: Clock
  /** The ranges that have been read and are followed now. */
  readonly followed: () => readonly FollowedCache[]
}

/** What is known of a revision that some range has seen. */
interface Sighting {
  /** How many releases its transaction made; 0 when none of them has arrived. */
  parts: number
  arrived: number
  /** The ranges that its releases have written. */
  readonly written: Cache[]
}

/** What a release says of itself comes with its document, or right behind. */
const minPatienceMs = 10
/** Many processes see a change at once, and need not all ask in the same moment. */
const patienceSpreadMs = 20
/** When the store did not answer. */
const retryMs = 500

/**
 * Tells whether what several copies of ranges show together is what the store held at one revision. A transaction
 * over several ranges reaches each by itself; in between, together they show what never was.
 *
 * A transaction is whole once as many releases of it have arrived as they say that it made, with their documents.
 * What no release vouches for, such as a change by hand, is checked against a census: the store is asked what the
 * ranges hold, and whoever has seen less is waited for.
 */
export class Consistency {
  readonly #options: ConsistencyOptions
  /** By revision: what some range has seen, and another might not have. */
  readonly #doubtful = new Map<bigint, Sighting>()
  /** Not all of its ranges have been seen to have arrived at it. */
  #census: RangeCensus | undefined
  #isAsking = false
  #askAtMs = Number.POSITIVE_INFINITY
  readonly #waiting = new Set<() => void>()

  constructor(options: ConsistencyOptions) {
    this.#options = options
  }

  /** A range shows a change of this revision. */
  changed(revision: bigint): void {
    if (!this.#isCounted(revision)) {
      this.#sighting(revision)
      this.#askWithin(minPatienceMs + Math.random() * patienceSpreadMs)
    }
    this.moved()
  }

  /**
   * A release of this revision has arrived. Its transaction made `parts` of them, and this one wrote these ranges.
   * To be told before `changed`.
   */
  released(revision: bigint, parts: number, written: readonly Cache[]): void {
    if (this.#isCounted(revision)) return
    const sighting = this.#sighting(revision)
    sighting.parts = parts
    sighting.arrived += 1
    sighting.written.push(...written)
  }

  /** A range has been read as a whole; nothing vouches for what it shows. */
  listed(revision: bigint): void {
    this.#sighting(revision)
    this.#askWithin(0)
    this.moved()
  }

  /** A range has seen more, which by itself needs no other. */
  moved(): void {
    for (const wake of this.#waiting) wake()
  }

  /** Waits until it is proven, at most for so long. The answer is whether it is. Never rejects. */
  async settle(withinMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const { clock } = this.#options
    const endMs = clock.monotonicMs() + withinMs
    while (!this.#prove()) {
      const nowMs = clock.monotonicMs()
      if (nowMs >= endMs || signal?.aborted) return false
      if (this.#doubtful.size > 0 && !this.#isAsking && nowMs >= this.#askAtMs) void this.#ask(endMs - nowMs, signal)
      const nextMs = this.#isAsking || this.#doubtful.size === 0 ? endMs : Math.min(endMs, this.#askAtMs)
      await this.#news(nextMs - nowMs, signal)
    }
    return true
  }

  /**
   * Asks the store what the ranges hold now: nothing is proven before they have seen that. Gives the revision of the
   * answer. Fails as the store does.
   */
  async count(options: CallOptions): Promise<bigint> {
    const { etcd, followed } = this.#options
    const asked = [...this.#doubtful.keys()]
    const census = await takeCensus(etcd, followed(), options)
    // The store had done all that had been seen of it before it was asked.
    for (const revision of asked) this.#doubtful.delete(revision)
    this.#census = census
    return census.revision
  }

  /** Drops the doubts that have gone. Whether none is left. */
  #prove(): boolean {
    for (const [revision, sighting] of this.#doubtful) if (isWhole(revision, sighting)) this.#doubtful.delete(revision)
    if (this.#doubtful.size > 0 && this.#areOfOneRevision()) this.#believe()
    if (this.#census && this.#haveSeen(this.#census)) this.#census = undefined
    if (this.#doubtful.size > 0) return false
    this.#askAtMs = Number.POSITIVE_INFINITY
    return this.#census === undefined
  }

  /** Whether the census knows of it, and waits for all of it. */
  #isCounted(revision: bigint): boolean {
    return this.#census !== undefined && revision <= this.#census.revision
  }

  #sighting(revision: bigint): Sighting {
    let sighting = this.#doubtful.get(revision)
    if (sighting === undefined) {
      sighting = { parts: 0, arrived: 0, written: [] }
      this.#doubtful.set(revision, sighting)
    }
    return sighting
  }

  #askWithin(ms: number): void {
    this.#askAtMs = Math.min(this.#askAtMs, this.#options.clock.monotonicMs() + ms)
  }

  /** Never rejects. */
  async #ask(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    this.#isAsking = true
    this.#askAtMs = Number.POSITIVE_INFINITY
    try {
      await this.count({ timeoutMs, signal })
    } catch (error) {
      // A store that does not answer may do so later; one that refuses leaves nobody to ask.
      if (WaypostError.is(error) && error.retryable) this.#askWithin(retryMs)
      else if (!signal?.aborted) this.#believe()
    }
    this.#isAsking = false
    this.moved()
  }

  /** As after a start while nobody wrote. */
  #areOfOneRevision(): boolean {
    const [first, ...others] = this.#options.followed()
    return others.every(({ cache }) => cache.revision === first?.cache.revision)
  }

  #believe(): void {
    this.#doubtful.clear()
    this.#census = undefined
  }

  #haveSeen(census: RangeCensus): boolean {
    const followed = new Set(this.#options.followed().map(({ cache }) => cache))
    return census.extents.every((extent) => hasSeen(extent, census) || !followed.has(extent.cache))
  }

  #news(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done)
        timer.cancel()
        release()
        resolve()
      }
      const timer = this.#options.clock.after(ms, done, { ref: false })
      this.#waiting.add(done)
      const release = onAbort(signal, done)
    })
  }
}

function isWhole(revision: bigint, { parts, arrived, written }: Sighting): boolean {
  return arrived > 0 && arrived === parts && written.every((cache) => cache.revision >= revision)
}
