import type { EtcdClient } from '@waypost/client'
import { Backoff, type Clock, delay, Listeners, systemClock, WaypostError } from '@waypost/core'
import { readPosition } from './begin.ts'
import { decodeChunk } from './chunk.ts'
import { compareIds, type TimelineEvent } from './event.ts'
import { chunkHolding } from './load-state.ts'
import { eventsPrefix } from './timeline-keys.ts'

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
    const startRevision = known === undefined ? 1n : known.positionRevision + 1n
    await using watch = this.#etcd.watch({ prefix: eventsPrefix }, { startRevision, signal })
    await watch.started
    if (place.lastId === undefined) place.lastId = known?.position.lastId ?? '0.0'
    else await this.#catchUp(place, place.lastId, signal)
    onStarted()
    for await (const { events } of watch) {
      for (const { type, key, kv } of events) if (type === 'put') this.#tell(place, decodeChunk(key, kv.text()).events)
    }
  }

  async #catchUp(place: { lastId: string | undefined }, lastId: string, signal: AbortSignal): Promise<void> {
    const from = (await chunkHolding(this.#etcd, lastId, { signal })) ?? eventsPrefix
    for await (const kv of this.#etcd.kv.list({ from, to: `${eventsPrefix}~` }, { signal })) {
      this.#tell(place, decodeChunk(kv.key, kv.text()).events)
    }
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
