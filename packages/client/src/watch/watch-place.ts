import type { Event, ResponseHeader } from '@waypost/protocol'
import type { WatchStream } from './watch-stream.ts'
import type { Watcher } from './watcher.ts'

/** A watch that has at most so much history to go through is as good as live. */
const shortHistory = 1_000n

/**
 * One watch at the server, and the watchers of the client that it feeds: all of the same plan. Each of them leaves out
 * what it has had, so one may join whenever this place has not gone past the revision that it needs.
 */
export class WatchPlace {
  readonly stream: WatchStream
  readonly id: bigint
  readonly identity: string
  readonly members = new Set<Watcher>()
  /** The revision asked for; 0 for what comes after the watch has begun. */
  readonly #startRevision: bigint
  /** The first revision that has not been delivered here; 0 until the store has begun the watch. */
  #position = 0n
  /** The store's revision when it began the watch. */
  #begunAt = 0n
  #isLive = false
  /** The parts of an answer that is not complete yet. */
  fragments: Event[] | undefined

  constructor(stream: WatchStream, id: bigint, first: Watcher) {
    this.stream = stream
    this.id = id
    this.identity = first.identity
    this.#startRevision = first.nextRevision
    this.members.add(first)
  }

  /** Whether a watcher can be fed by this watch although it was not the one to ask for it, which is about to be sent. */
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

  /** Whether all members of another place miss nothing, and need not wait for history, when they move here. */
  canTake(other: WatchPlace): boolean {
    if (!this.#isLive || other.#position === 0n) return false
    for (const member of other.members) if (member.nextRevision < this.#position) return false
    return true
  }
}
