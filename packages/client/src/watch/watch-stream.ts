import type { Event, WatchRequest, WatchResponse } from '@waypost/protocol'
import { Watch } from '@waypost/protocol'
import type { Metadata, RpcConnection, RpcError, RpcStream } from '@waypost/rpc/client'
import type { Watcher } from './watcher.ts'

/** What a stream tells the one who keeps all of them. */
export interface WatchStreamEvents {
  /** The store began the watch. */
  onCreated(watcher: Watcher, response: WatchResponse): void
  /** The store refused the watch, or ended it. */
  onCancelled(watcher: Watcher, response: WatchResponse): void
  /** The sink of the watcher is full; the stream has dropped the watcher. */
  onFull(watcher: Watcher): void
  /** The stream is gone, with what it carried. */
  onEnd(error: RpcError | undefined, orphans: Watcher[]): void
}

/** How many watches share a stream. One slow consumer does not hold up the others: it is set aside. */
const maxWatchers = 5_000

/** One gRPC stream and the watches that it carries. */
export class WatchStream {
  readonly connection: RpcConnection
  /** The login that the stream was opened with; what it may see is decided by that. */
  readonly generation: number
  readonly openedAtMs: number
  readonly #events: WatchStreamEvents
  readonly #stream: RpcStream<WatchRequest>
  /** Those that the store has been asked to watch, and does or soon will. */
  readonly #watchers = new Map<bigint, Watcher>()
  /** Requests without an answer. The store answers in the order in which it was asked. */
  #asked: bigint[] = []
  readonly #fragments = new Map<bigint, Event[]>()
  #lastId = 0n
  #ended = false

  constructor(
    connection: RpcConnection,
    generation: number,
    metadata: Metadata,
    openedAtMs: number,
    events: WatchStreamEvents,
  ) {
    this.connection = connection
    this.generation = generation
    this.openedAtMs = openedAtMs
    this.#events = events
    this.#stream = connection.stream(
      Watch.watch,
      { onMessage: (response) => this.#onResponse(response), onEnd: (error) => this.#onEnd(error) },
      { metadata },
    )
  }

  get isOpen(): boolean {
    return !this.#ended && this.connection.state === 'ready'
  }

  get hasRoom(): boolean {
    return this.#watchers.size < maxWatchers
  }

  get isEmpty(): boolean {
    return this.#watchers.size === 0
  }

  add(watcher: Watcher): void {
    this.#lastId += 1n
    const id = this.#lastId
    watcher.state = 'placing'
    watcher.place = { stream: this, id }
    this.#watchers.set(id, watcher)
    this.#asked.push(id)
    this.#send({ createRequest: watcher.request(id) })
  }

  /** Drops a watcher and tells the store. */
  remove(watcher: Watcher): void {
    const id = watcher.place?.id
    if (id === undefined || !this.#forget(id)) return
    // A watch that the store has not begun yet cannot be cancelled; that follows when it has.
    if (!this.#asked.includes(id)) this.#send({ cancelRequest: { watchId: id } })
  }

  /** Ends the stream; its owner hears of it through `onEnd`. */
  end(): void {
    this.#stream.cancel()
  }

  #send(part: Partial<WatchRequest>): void {
    this.#stream.send({ createRequest: undefined, cancelRequest: undefined, progressRequest: undefined, ...part })
  }

  #forget(id: bigint): Watcher | undefined {
    const watcher = this.#watchers.get(id)
    this.#watchers.delete(id)
    this.#fragments.delete(id)
    if (watcher !== undefined) watcher.place = undefined
    return watcher
  }

  #onResponse(response: WatchResponse): void {
    if (response.created) this.#onCreated(response)
    else if (response.canceled) this.#onCancelled(response)
    else this.#onEvents(response)
  }

  #onCreated(response: WatchResponse): void {
    // A refusal may come without the id.
    const position = Math.max(0, this.#asked.indexOf(response.watchId))
    const [id] = this.#asked.splice(position, 1)
    if (id === undefined) return
    const watcher = response.canceled ? this.#forget(id) : this.#watchers.get(id)
    if (response.canceled) {
      if (watcher !== undefined) this.#events.onCancelled(watcher, response)
    } else if (watcher === undefined) this.#send({ cancelRequest: { watchId: id } })
    else this.#events.onCreated(watcher, response)
  }

  #onCancelled(response: WatchResponse): void {
    const watcher = this.#forget(response.watchId)
    if (watcher !== undefined) this.#events.onCancelled(watcher, response)
  }

  #onEvents(response: WatchResponse): void {
    const { watchId, header } = response
    const watcher = this.#watchers.get(watchId)
    if (watcher === undefined || header === undefined) return
    let { events } = response
    const earlier = this.#fragments.get(watchId)
    if (earlier !== undefined) {
      for (const event of events) earlier.push(event)
      events = earlier
    }
    if (response.fragment) {
      this.#fragments.set(watchId, events)
      return
    }
    if (earlier !== undefined) this.#fragments.delete(watchId)
    if (watcher.deliver(events, header)) return
    this.remove(watcher)
    this.#events.onFull(watcher)
  }

  #onEnd(error: RpcError | undefined): void {
    this.#ended = true
    const orphans = [...this.#watchers.values()]
    for (const watcher of orphans) watcher.place = undefined
    this.#watchers.clear()
    this.#asked = []
    this.#fragments.clear()
    this.#events.onEnd(error, orphans)
  }
}
