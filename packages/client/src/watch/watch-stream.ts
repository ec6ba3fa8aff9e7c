import type { WatchRequest, WatchResponse } from '@waypost/protocol'
import { Watch } from '@waypost/protocol'
import type { Metadata, RpcConnection, RpcError, RpcStream } from '@waypost/rpc/client'
import type { KeySpace } from '../key-space.ts'
import { batchesOf } from './event-batches.ts'
import { WatchPlace } from './watch-place.ts'
import type { Watcher } from './watcher.ts'

/** What a stream tells the one who keeps all of them. */
export interface WatchStreamEvents {
  /** What has arrived, and the store's revision then. */
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

/** How many watches at the server share a stream. */
const maxPlaces = 5_000

/**
 * One gRPC stream and the watches that it carries. Watchers of the same plan share a watch at the server: those that
 * begin together at once, others when they have caught up with it. Each has its own queue; one that is full is taken
 * off, and does not hold up the others.
 */
export class WatchStream {
  readonly connection: RpcConnection
  /** The login that the stream was opened with; what it may see is decided by that. */
  readonly generation: number
  readonly openedAtMs: number
  readonly #events: WatchStreamEvents
  readonly #stream: RpcStream<WatchRequest>
  readonly #space: KeySpace
  /** What the store has been asked to watch, and does or soon will. */
  readonly #places = new Map<bigint, WatchPlace>()
  /** By identity: the place that others of its kind move to. */
  readonly #homes = new Map<string, WatchPlace>()
  /** By identity: a place whose request leaves with this turn of the loop, so that it begins after what joins it. */
  readonly #leaving = new Map<string, WatchPlace>()
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
    events: WatchStreamEvents,
  ) {
    this.connection = connection
    this.generation = generation
    this.openedAtMs = openedAtMs
    this.#events = events
    this.#space = space
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
    return this.#places.size < maxPlaces
  }

  get isEmpty(): boolean {
    return this.#places.size === 0
  }

  add(watcher: Watcher): void {
    watcher.state = 'placing'
    const leaving = this.#leaving.get(watcher.identity)
    if (leaving?.suits(watcher)) {
      leaving.members.add(watcher)
      watcher.place = leaving
      return
    }
    this.#lastId += 1n
    const place = new WatchPlace(this, this.#lastId, watcher)
    watcher.place = place
    this.#places.set(place.id, place)
    this.#asked.push(place.id)
    if (this.#leaving.size === 0) queueMicrotask(() => this.#leaving.clear())
    this.#leaving.set(place.identity, place)
    this.#send({ createRequest: watcher.request(place.id) })
  }

  /** Drops a watcher and, when nobody else is fed with it, tells the store. */
  remove(watcher: Watcher): void {
    const { place } = watcher
    watcher.place = undefined
    if (place === undefined || !place.members.delete(watcher) || place.members.size > 0) return
    this.#cancel(place)
  }

  /** Ends the stream; its owner hears of it through `onEnd`. */
  end(): void {
    this.#stream.cancel()
  }

  #send(part: Partial<WatchRequest>): void {
    this.#stream.send({ createRequest: undefined, cancelRequest: undefined, progressRequest: undefined, ...part })
  }

  #cancel(place: WatchPlace): void {
    this.#forget(place)
    // A watch that the store has not begun yet cannot be cancelled; that follows when it has.
    if (!this.#asked.includes(place.id)) this.#send({ cancelRequest: { watchId: place.id } })
  }

  #forget(place: WatchPlace): Watcher[] {
    this.#places.delete(place.id)
    if (this.#homes.get(place.identity) === place) this.#homes.delete(place.identity)
    if (this.#leaving.get(place.identity) === place) this.#leaving.delete(place.identity)
    const members = [...place.members]
    place.members.clear()
    for (const member of members) member.place = undefined
    return members
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
    const place = this.#places.get(id)
    if (response.canceled) {
      if (place !== undefined) this.#events.onCancelled(this.#forget(place), response)
      return
    }
    if (place === undefined) {
      this.#send({ cancelRequest: { watchId: id } })
      return
    }
    if (response.header !== undefined) place.began(response.header)
    this.#events.onCreated([...place.members], response)
    this.#settle(place)
  }

  #onCancelled(response: WatchResponse): void {
    const place = this.#places.get(response.watchId)
    if (place !== undefined) this.#events.onCancelled(this.#forget(place), response)
  }

  #onEvents(response: WatchResponse): void {
    const { watchId, header } = response
    const place = this.#places.get(watchId)
    if (place === undefined || header === undefined) return
    let { events } = response
    this.#events.onReceived(events.length, header.revision)
    if (place.fragments !== undefined) {
      for (const event of events) place.fragments.push(event)
      events = place.fragments
    }
    if (response.fragment) {
      place.fragments = events
      return
    }
    place.fragments = undefined
    const batches = batchesOf(events, this.#space)
    place.delivered(batches.at(-1)?.revision ?? header.revision, batches.length === 0)
    for (const watcher of place.members) {
      if (batches.length === 0) watcher.progressed(header)
      else if (!watcher.deliver(batches, header)) {
        this.remove(watcher)
        this.#events.onFull(watcher)
      }
    }
    this.#settle(place)
  }

  /** Lets a place be the home of its kind, or moves its members to the one that is. */
  #settle(place: WatchPlace): void {
    if (place.members.size === 0) return
    const home = this.#homes.get(place.identity)
    if (home === place) return
    if (home === undefined) {
      this.#homes.set(place.identity, place)
      return
    }
    if (!home.canTake(place)) return
    for (const member of place.members) {
      home.members.add(member)
      member.place = home
    }
    place.members.clear()
    this.#cancel(place)
  }

  #onEnd(error: RpcError | undefined): void {
    this.#ended = true
    const orphans = [...this.#places.values()].flatMap((place) => this.#forget(place))
    this.#asked = []
    this.#events.onEnd(error, orphans)
  }
}
