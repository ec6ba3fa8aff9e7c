import type { WatchCreateRequest } from '@waypost/protocol'
import type { Payload } from './event-encoder.ts'
import { shapeOf } from './event-shape.ts'
import type { WatchRange } from './watch-range.ts'

/** What a watcher, and the hub that serves it, need of the stream that it belongs to. */
export interface WatcherStream {
  /** How many watchers it has, and how many of them are behind. */
  readonly watchers: number
  readonly lagging: number
  /** Lagging watchers that go on once the client has read what is under way. The hub moves them in and out. */
  readonly waiting: Set<Watcher>
  /** Whether so much waits to be sent that no events are added. */
  readonly congested: boolean
  /** Whether the client has left too much unread on its streams together. No event tells when that is over. */
  readonly isHeldUp: boolean
  /** Queues events for a watcher; `flush` sends them. */
  pushEvents(watcher: Watcher, payload: Payload, header: Uint8Array): void
  flush(): void
  /** Counts the watchers that are behind. */
  lagChanged(by: 1 | -1): void
  /** Ends a watcher that needs revisions which are compacted. */
  endCompacted(watcher: Watcher, compactRevision: number): void
  /** Ends the stream because of a defect. */
  fail(error: unknown): void
  close(): void
}

/** The watchers of one range: an event matches all of them or none. */
export interface WatcherGroup {
  readonly range: WatchRange
  /** In no order. A watcher knows its place, so that it leaves in constant time. */
  readonly watchers: Watcher[]
}

/**
 * - `synced`: has received every revision, and receives the next as it is applied;
 * - `lagging`: is behind, and reads history up to the present;
 * - `ended`: cancelled, or asked for a revision that is compacted.
 */
export type WatcherState = 'synced' | 'lagging' | 'ended'

/** One watch on one stream. */
export class Watcher {
  readonly stream: WatcherStream
  readonly id: bigint
  readonly range: WatchRange
  readonly shape: number
  readonly fragment: boolean
  readonly progressNotify: boolean
  /** The revision that the client asked to start from; 0: from the next one on. */
  readonly startRevision: number
  state: WatcherState = 'synced'
  /** The next revision to send. */
  nextRevision: number
  /** Whether events were sent since progress was last due. */
  spoke = false
  /** Where the index keeps this watcher. */
  group: WatcherGroup | undefined
  slot = 0

  constructor(stream: WatcherStream, id: bigint, range: WatchRange, request: WatchCreateRequest, revision: number) {
    this.stream = stream
    this.id = id
    this.range = range
    this.shape = shapeOf(request)
    this.fragment = request.fragment
    this.progressNotify = request.progressNotify
    this.startRevision = Number(request.startRevision)
    this.nextRevision = this.startRevision === 0 ? revision + 1 : this.startRevision
  }
}
