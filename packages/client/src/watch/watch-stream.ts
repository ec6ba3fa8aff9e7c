import { atOnce, type Slices } from '@waypost/core'
import { MalformedMessageError, type ResponseHeader, type WatchRequest, type WatchResponse } from '@waypost/protocol'
import type { Metadata, RpcConnection, RpcError, RpcStream } from '@waypost/rpc/client'
import type { KeySpace } from '../keys/key-space.ts'
import { EventBatches } from './event-batches.ts'
import { ServerWatch, type ServerWatchCarrier } from './server-watch.ts'
import { type WatchAnswer, watchMethod } from './watch-answer.ts'
import type { WatchBatch } from './watch-batch.ts'
import type { Watcher } from './watcher.ts'

/** What a stream reports to its owner. */
export interface WatchStreamEvents {
  /** Events have arrived; `revision` is the store's at that moment. */
  onReceived(events: number, revision: bigint): void
  /** The store began the watch. */
  onCreated(watchers: readonly Watcher[], response: WatchResponse): void
  /** The store refused the watch, or ended it. */
  onCancelled(watchers: readonly Watcher[], response: WatchResponse): void
  /** The sink of the watcher is full; the stream has dropped the watcher. */
  onFull(watcher: Watcher): void
  /** The stream is gone, with what it carried. */
  onEnd(error: RpcError | undefined, orphans: Watcher[]): void
}

/** How many watches at the server may share a stream. */
const maxWatches = 5_000

/** An answer with more events is handled in slices. */
const eventsAtOnce = 100

/** How many are decoded between two looks at the clock. */
const eventsBetweenLooks = 20

/**
 * One gRPC stream and the watches that it carries. Watchers of the same plan share a watch at the server: those that
 * begin together at once, others when they have caught up with it. Each has its own queue; one that is full is taken
 * off, and does not hold up the others.
 */
export class WatchStream implements ServerWatchCarrier {
  readonly connection: RpcConnection
  /** The login that the stream was opened with; what it may see is decided by that. */
  readonly generation: number
  readonly openedAtMs: number
  readonly #events: WatchStreamEvents
  readonly #stream: RpcStream<WatchRequest>
  readonly #space: KeySpace
  readonly #slices: Slices
  /** The watches that the store was asked for and has not ended, by id. */
  readonly #watches = new Map<bigint, ServerWatch>()
  /** By identity: the watch that others with the same plan move to. */
  readonly #shared = new Map<string, ServerWatch>()
  /** By identity: a watch whose request is sent at the end of this turn, so that whoever joins now misses nothing. */
  readonly #unsent = new Map<string, ServerWatch>()
  /** Requests without an answer. The store answers in the order in which it was asked. */
  #asked: bigint[] = []
  #lastId = 0n
  #ended = false

  constructor(
    connection: RpcConnection,
    generation: number,
    metadata: Metadata,
    openedAtMs: number,
    space: KeySpace,
    slices: Slices,
    events: WatchStreamEvents,
  ) {
    this.connection = connection
    this.generation = generation
    this.openedAtMs = openedAtMs
    this.#events = events
    this.#space = space
    this.#slices = slices
    this.#stream = connection.stream(
      watchMethod,
      { onMessage: (answer) => this.#onAnswer(answer), onEnd: (error) => this.#onEnd(error) },
      { metadata },
    )
  }

  get isOpen(): boolean {
    return !this.#ended && this.connection.state === 'ready'
  }

  get hasRoom(): boolean {
    return this.#watches.size < maxWatches
  }

  add(watcher: Watcher): void {
    watcher.state = 'pending'
    const unsent = this.#unsent.get(watcher.identity)
    if (unsent?.suits(watcher)) {
      unsent.add(watcher)
      return
    }
    this.#lastId += 1n
    const watch = new ServerWatch(this, this.#lastId, new EventBatches(this.#space), watcher)
    this.#watches.set(watch.id, watch)
    this.#asked.push(watch.id)
    if (this.#unsent.size === 0) queueMicrotask(() => this.#unsent.clear())
    this.#unsent.set(watch.identity, watch)
    this.#send({ createRequest: watcher.request(watch.id) })
  }

  /** Tells the store to end a watch that feeds nobody, and ends the stream when it carries no other. */
  release(watch: ServerWatch): void {
    this.#forget(watch)
    // A watch that the store has not begun yet cannot be cancelled; that follows when it has.
    if (!this.#asked.includes(watch.id)) this.#send({ cancelRequest: { watchId: watch.id } })
    this.#endIfEmpty()
  }

  /** Ends the stream; its owner hears of it through `onEnd`. */
  end(): void {
    this.#stream.cancel()
  }

  #send(part: Partial<WatchRequest>): void {
    this.#stream.send({ createRequest: undefined, cancelRequest: undefined, progressRequest: undefined, ...part })
  }

  #endIfEmpty(): void {
    if (this.#watches.size === 0) this.end()
  }

  #forget(watch: ServerWatch): Watcher[] {
    this.#watches.delete(watch.id)
    if (this.#shared.get(watch.identity) === watch) this.#shared.delete(watch.identity)
    if (this.#unsent.get(watch.identity) === watch) this.#unsent.delete(watch.identity)
    return watch.clear()
  }

  #onAnswer(answer: WatchAnswer): void {
    const { response, length } = answer
    if (response.created) this.#onCreated(response)
    else if (response.canceled) this.#onCancelled(response)
    else if (length <= eventsAtOnce && this.#slices.hasTime) this.#handleAtOnce(answer)
    else void this.#handleInSlices(answer)
  }

  #handleAtOnce(answer: WatchAnswer): void {
    try {
      atOnce(this.#onEvents(answer))
    } catch (error) {
      this.#unreadable(error)
    }
  }

  /** Nothing else comes from the stream meanwhile. Never rejects. */
  async #handleInSlices(answer: WatchAnswer): Promise<void> {
    this.#stream.pause()
    try {
      await this.#slices.run(this.#onEvents(answer))
    } catch (error) {
      this.#unreadable(error)
    }
    this.#stream.resume()
  }

  /** An answer that does not follow the wire format: another stream goes on from what was delivered. */
  #unreadable(error: unknown): void {
    if (!(error instanceof MalformedMessageError)) throw error
    this.#stream.cancel()
  }

  #onCreated(response: WatchResponse): void {
    // A refusal may come without the id.
    const position = Math.max(0, this.#asked.indexOf(response.watchId))
    const [id] = this.#asked.splice(position, 1)
    if (id === undefined) return
    const watch = this.#watches.get(id)
    if (response.canceled) {
      if (watch !== undefined) this.#cancelled(watch, response)
      return
    }
    if (watch === undefined) {
      this.#send({ cancelRequest: { watchId: id } })
      return
    }
    if (response.header !== undefined) watch.began(response.header)
    this.#events.onCreated([...watch.members], response)
    this.#settle(watch)
  }

  #onCancelled(response: WatchResponse): void {
    const watch = this.#watches.get(response.watchId)
    if (watch !== undefined) this.#cancelled(watch, response)
  }

  #cancelled(watch: ServerWatch, response: WatchResponse): void {
    this.#events.onCancelled(this.#forget(watch), response)
    this.#endIfEmpty()
  }

  *#onEvents(answer: WatchAnswer): Generator<void, void> {
    const { watchId, header, fragment } = answer.response
    const watch = this.#watches.get(watchId)
    if (watch === undefined || header === undefined) return
    this.#events.onReceived(answer.length, header.revision)
    if (answer.length === 0 && !fragment && watch.batches.isEmpty) {
      watch.delivered(header.revision, true)
      for (const watcher of watch.members) watcher.progressed(header)
    }
    for (let events = answer.take(eventsBetweenLooks); events.length > 0; events = answer.take(eventsBetweenLooks)) {
      for (const event of events) {
        const batch = watch.batches.add(event)
        if (batch !== undefined) {
          this.#deliver(watch, batch, header)
          yield
        }
      }
      yield
      if (this.#ended) return
    }
    const last = fragment ? undefined : watch.batches.end()
    if (last !== undefined) this.#deliver(watch, last, header)
    this.#settle(watch)
  }

  #deliver(watch: ServerWatch, batch: WatchBatch, header: ResponseHeader): void {
    watch.delivered(batch.revision, false)
    for (const watcher of watch.members) {
      if (watcher.deliver(batch, header)) continue
      watch.remove(watcher)
      this.#events.onFull(watcher)
    }
  }

  /** Makes a watch the shared one of its plan, or moves its members to the one that is. */
  #settle(watch: ServerWatch): void {
    if (watch.members.size === 0) return
    const shared = this.#shared.get(watch.identity)
    if (shared === watch) return
    if (shared === undefined) {
      this.#shared.set(watch.identity, watch)
      return
    }
    if (!shared.canTake(watch)) return
    for (const member of watch.clear()) shared.add(member)
    this.release(watch)
  }

  #onEnd(error: RpcError | undefined): void {
    this.#ended = true
    const orphans = [...this.#watches.values()].flatMap((watch) => this.#forget(watch))
    this.#asked = []
    this.#events.onEnd(error, orphans)
  }
}
