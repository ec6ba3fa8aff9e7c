import type { EtcdClient } from '@waypost/client'
import { Backoff, type Clock, delay, Listeners, systemClock, WaypostError } from '@waypost/core'
import { readPosition } from './begin.ts'
import { decodeChunk } from './chunk.ts'
import { compareIds, revisionOf, type TimelineEvent } from './event.ts'
import { chunkHolding } from './load-state.ts'
import { decodePosition } from './position.ts'
import { eventsPrefix, positionKey, timelinePrefix } from './timeline-keys.ts'

/** Events that were recorded together. */
export interface FedEvents {
  readonly events: readonly TimelineEvent[]
  /** The id of the last one. */
  readonly lastId: string
}

/**
 * Follows what is recorded, once for all who want to know. Events come in their order, each once, also over a lost
 * connection and a compaction: the events are keys that stay.
 */
export class TimelineFeed {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #listeners = new Listeners<[FedEvents]>()
  #following:
    | { readonly ended: AbortController; readonly running: Promise<void>; readonly started: Promise<void> }
    | undefined
  #closed = false

  constructor(etcd: EtcdClient, clock: Clock = systemClock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /**
   * Calls the listener with everything that is recorded from now on. Returns the function that stops it. It has begun
   * when `started` resolves: what is read after that, and what the listener is told, leave no gap.
   */
  follow(listener: (fed: FedEvents) => void): { readonly started: Promise<void>; readonly stop: () => void } {
    if (this.#closed) throw new WaypostError('closed', 'The hub stops.')
    const release = this.#listeners.add(listener)
    this.#following ??= this.#begin()
    return {
      started: this.#following.started,
      stop: () => {
        release()
        if (this.#listeners.size > 0) return
        this.#following?.ended.abort()
        this.#following = undefined
      },
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    this.#listeners.clear()
    this.#following?.ended.abort()
    await this.#following?.running
  }

  #begin() {
    const ended = new AbortController()
    let begun!: () => void
    const started = new Promise<void>((resolve) => {
      begun = resolve
    })
    return { ended, started, running: this.#run(ended.signal, begun).finally(begun) }
  }

  async #run(signal: AbortSignal, begun: () => void): Promise<void> {
    const backoff = new Backoff({ maxMs: 5_000 })
    const place: { lastId: string | undefined } = { lastId: undefined }
    while (!signal.aborted) {
      try {
        await this.#watch(place, signal, () => {
          begun()
          backoff.reset()
        })
      } catch (error) {
        if (signal.aborted) return
        // A compaction is no failure: what was recorded is read again.
        if (WaypostError.is(error, 'compacted')) continue
        await delay(backoff.nextMs(), { signal, clock: this.#clock, ref: false }).catch(() => undefined)
      }
    }
  }

  async #watch(place: { lastId: string | undefined }, signal: AbortSignal, onStarted: () => void): Promise<void> {
    const known = await readPosition(this.#etcd, signal)
    let complete = known?.position.revision ?? 0n
    const startRevision = known === undefined ? 1n : known.positionRevision + 1n
    await using watch = this.#etcd.watch({ prefix: timelinePrefix }, { startRevision, signal })
    await watch.started
    place.lastId ??= `${complete}.999999`
    // A revision is told as a whole, however many pieces it was written in.
    let waiting = await this.#storedAfter(place.lastId, signal)
    const tellWhole = (): void => {
      this.#tell(
        place,
        waiting.filter(({ id }) => revisionOf(id) <= complete),
      )
      waiting = waiting.filter(({ id }) => revisionOf(id) > complete)
    }
    tellWhole()
    onStarted()
    for await (const { events } of watch) {
      for (const { type, key, kv } of events) {
        if (type !== 'put') continue
        if (key === positionKey) complete = decodePosition(kv.bytes).revision
        if (!key.startsWith(eventsPrefix)) continue
        const lastId = waiting.at(-1)?.id ?? place.lastId
        const recorded = decodeChunk(key, kv.text()).events.filter(({ id }) => compareIds(id, lastId) > 0)
        waiting = [...waiting, ...recorded]
      }
      tellWhole()
    }
  }

  async #storedAfter(lastId: string, signal: AbortSignal): Promise<readonly TimelineEvent[]> {
    const from = (await chunkHolding(this.#etcd, lastId, { signal })) ?? eventsPrefix
    const stored: TimelineEvent[] = []
    for await (const kv of this.#etcd.kv.list({ from, to: `${eventsPrefix}~` }, { signal })) {
      for (const event of decodeChunk(kv.key, kv.text()).events) {
        if (compareIds(event.id, lastId) > 0) stored.push(event)
      }
    }
    return stored
  }

  #tell(place: { lastId: string | undefined }, recorded: readonly TimelineEvent[]): void {
    const { lastId = '0.0' } = place
    const events = recorded.filter(({ id }) => compareIds(id, lastId) > 0)
    const last = events.at(-1)
    if (last === undefined) return
    place.lastId = last.id
    this.#listeners.tell({ events, lastId: last.id })
  }
}
