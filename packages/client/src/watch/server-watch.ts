import type { ResponseHeader } from '@waypost/protocol'
import type { EventBatches } from './event-batches.ts'
import type { Watcher, WatcherFeed } from './watcher.ts'

/** A watch with no more than this many revisions of history to go through counts as live. */
const shortHistory = 1_000n

/** The stream that carries a watch at the server. */
export interface ServerWatchCarrier {
  /** No watcher is fed by this watch any more. */
  release(watch: ServerWatch): void
}

/**
 * One watch at the server, and the watchers of the client that it feeds. All of them have the same plan. Each one skips
 * what it has received already, so a watcher may join as long as this watch has not passed the revision that it needs.
 */
export class ServerWatch implements WatcherFeed {
  readonly #carrier: ServerWatchCarrier
  readonly id: bigint
  readonly identity: string
  readonly members = new Set<Watcher>()
  /** The revision asked for; 0 for what comes after the watch has begun. */
  readonly #startRevision: bigint
  /** The first revision that has not been delivered; 0 until the store has begun the watch. */
  #position = 0n
  /** The store's revision when it began the watch. */
  #begunAt = 0n
  #isLive = false
  /** What has come of a revision that is not complete yet. */
  readonly batches: EventBatches

  constructor(carrier: ServerWatchCarrier, id: bigint, batches: EventBatches, first: Watcher) {
    this.#carrier = carrier
    this.id = id
    this.batches = batches
    this.identity = first.identity
    this.#startRevision = first.nextRevision
    this.add(first)
  }

  add(watcher: Watcher): void {
    this.members.add(watcher)
    watcher.feed = this
  }

  remove(watcher: Watcher): void {
    watcher.feed = undefined
    if (this.members.delete(watcher) && this.members.size === 0) this.#carrier.release(this)
  }

  /** Stops feeding every watcher, and returns them. */
  clear(): Watcher[] {
    const members = [...this.members]
    this.members.clear()
    for (const member of members) member.feed = undefined
    return members
  }

  /** Whether a watcher can join before the request for this watch is sent. */
  suits(watcher: Watcher): boolean {
    const needed = watcher.nextRevision
    if (needed === 0n || this.#startRevision === 0n) return needed === this.#startRevision
    return needed >= this.#startRevision && needed - this.#startRevision <= shortHistory
  }

  began({ revision }: ResponseHeader): void {
    this.#begunAt = revision
    this.#position = this.#startRevision === 0n ? revision + 1n : this.#startRevision
    this.#isLive = revision - this.#position <= shortHistory
  }

  /** @param revision the last of an answer, or that of a progress report, which says that all before it was sent */
  delivered(revision: bigint, isProgress: boolean): void {
    if (revision >= this.#position) this.#position = revision + 1n
    if (isProgress || revision >= this.#begunAt) this.#isLive = true
  }

  /** Whether the members of another watch can move here without missing anything or waiting for history. */
  canTake(other: ServerWatch): boolean {
    if (!this.#isLive || other.#position === 0n) return false
    for (const member of other.members) if (member.nextRevision < this.#position) return false
    return true
  }
}
