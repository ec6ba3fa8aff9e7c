import { WaypostError } from '@waypost/core'
import {
  type KeyRange,
  type ResponseHeader,
  type WatchCreateRequest,
  WatchCreateRequest_FilterType,
} from '@waypost/protocol'
import type { WatchBatch } from './watch-batch.ts'
import type { WatchSink } from './watch-sink.ts'

export interface WatcherPlan {
  readonly range: KeyRange
  /** 0: what comes after the watch has begun. */
  readonly startRevision: bigint
  readonly prevKv: boolean
  readonly noPut: boolean
  readonly noDelete: boolean
  /** Whether the sink wants batches without events. */
  readonly reportsProgress: boolean
}

/** What feeds a watcher. */
export interface WatcherFeed {
  /** Stops feeding it. */
  remove(watcher: Watcher): void
}

/**
 * - `pending`: waits for a stream, or for the store to confirm that the watch has begun;
 * - `following`;
 * - `aside`: the sink has no room, and the store has been told to stop;
 * - `ended`.
 */
export type WatcherState = 'pending' | 'following' | 'aside' | 'ended'

/** What the store looked like when it was last heard from. */
export interface Sighting {
  readonly clusterId: bigint
  readonly revision: bigint
  readonly raftTerm: bigint
}

/**
 * One watch, whatever streams carry it over time. It remembers the first revision that its sink has not had:
 * that moves with what was delivered, and with progress that the store vouches for, and with nothing else.
 */
export class Watcher {
  readonly plan: WatcherPlan
  readonly sink: WatchSink
  state: WatcherState = 'pending'
  /** The watch at the server that feeds it; undefined while there is none. */
  feed: WatcherFeed | undefined
  /** The first revision not delivered yet; 0 until the store has said where "now" is. */
  #nextRevision: bigint
  #seen: Sighting | undefined
  #identity: string | undefined
  /** The store was asked and is the same, although a member of it lags. */
  trustsMember = false

  /** @param seen the store that `plan.startRevision` is a revision of, when that is known */
  constructor(plan: WatcherPlan, sink: WatchSink, seen?: Sighting) {
    this.#seen = seen
    this.plan = plan
    this.sink = sink
    this.#nextRevision = plan.startRevision
  }

  /** The same for watchers that one watch at the server can feed. */
  get identity(): string {
    this.#identity ??= identityOf(this.plan)
    return this.#identity
  }

  get nextRevision(): bigint {
    return this.#nextRevision
  }

  request(watchId: bigint): WatchCreateRequest {
    const { range, noPut, noDelete, prevKv } = this.plan
    const filters: number[] = []
    if (noPut) filters.push(WatchCreateRequest_FilterType.NOPUT)
    if (noDelete) filters.push(WatchCreateRequest_FilterType.NODELETE)
    return {
      key: range.key,
      rangeEnd: range.rangeEnd,
      startRevision: this.#nextRevision,
      // Also when the sink does not want it: it moves the point to resume from along in a quiet range.
      progressNotify: true,
      filters,
      prevKv,
      watchId,
      fragment: true,
    }
  }

  /**
   * Whether what the store says of itself contradicts what was seen of it before.
   * `replaced`: it is another one. `doubtful`: it is another one, or this member lags behind.
   */
  recognise(header: ResponseHeader): 'same' | 'doubtful' | 'replaced' {
    const seen = this.#seen
    if (seen === undefined) return 'same'
    if (header.clusterId !== seen.clusterId) return 'replaced'
    if (this.trustsMember) return 'same'
    return header.revision < seen.revision || header.raftTerm < seen.raftTerm ? 'doubtful' : 'same'
  }

  /** What a read that went through the whole cluster said decides the doubt. */
  isReplacedBy(header: ResponseHeader): boolean {
    const seen = this.#seen
    if (seen === undefined) return false
    return header.clusterId !== seen.clusterId || header.revision < seen.revision || header.raftTerm < seen.raftTerm
  }

  began(header: ResponseHeader): void {
    this.state = 'following'
    // History from before is still on its way: only a watch from "now" may take its start from here.
    if (this.#nextRevision === 0n) this.#nextRevision = header.revision + 1n
    this.#saw(header.clusterId, header.revision, header.raftTerm)
    this.sink.onStarted(header.revision)
  }

  /** Hands on a revision that the sink has not had. False: the sink has no room for what follows. */
  deliver(batch: WatchBatch, header: ResponseHeader): boolean {
    if (batch.revision < this.#nextRevision) return true
    this.#nextRevision = batch.revision + 1n
    this.#saw(header.clusterId, batch.revision, header.raftTerm)
    return this.sink.onBatch(batch)
  }

  /** Everything up to the header's revision has been sent, and a stream keeps its order. */
  progressed(header: ResponseHeader): void {
    // Old news for one that joined later.
    if (header.revision + 1n < this.#nextRevision) return
    if (header.revision >= this.#nextRevision) this.#nextRevision = header.revision + 1n
    this.#saw(header.clusterId, header.revision, header.raftTerm)
    if (this.plan.reportsProgress) this.sink.onBatch({ revision: header.revision, events: [] })
  }

  replacedError(now: ResponseHeader): WaypostError {
    const seen = this.#seen
    const tell = (at: Sighting): string =>
      `cluster ${at.clusterId.toString(16)}, term ${at.raftTerm}, revision ${at.revision}`
    const before = seen === undefined ? '' : `; it was ${tell(seen)}`
    return new WaypostError('store-replaced', `The store is not the one watched so far: it is ${tell(now)}${before}.`, {
      details: {
        revision: now.revision,
        lastRevision: seen?.revision,
        clusterId: now.clusterId,
        lastClusterId: seen?.clusterId,
      },
    })
  }

  #saw(clusterId: bigint, revision: bigint, raftTerm: bigint): void {
    const seen = this.#seen
    this.#seen =
      seen === undefined
        ? { clusterId, revision, raftTerm }
        : {
            clusterId,
            revision: revision > seen.revision ? revision : seen.revision,
            raftTerm: raftTerm > seen.raftTerm ? raftTerm : seen.raftTerm,
          }
  }
}

function identityOf({ range, prevKv, noPut, noDelete }: WatcherPlan): string {
  const [key, rangeEnd] = [range.key, range.rangeEnd].map((bytes) => Buffer.from(bytes).toString('latin1'))
  return `${Number(prevKv)}${Number(noPut)}${Number(noDelete)}${key?.length}:${key}${rangeEnd}`
}
