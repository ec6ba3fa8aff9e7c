import { type WatchCreateRequest, WatchCreateRequest_FilterType } from '@waypost/protocol'
import type { WatchRange } from './watch-range.ts'
import type { WatchStream } from './watch-stream.ts'
import type { WatcherGroup } from './watcher-index.ts'

/** What makes two watchers of the same events be sent different bytes, as a set of bits. */
export const shapeBits = { prevKv: 1, noPut: 2, noDelete: 4 } as const

/**
 * - `synced`: has seen every revision, and is told of the next as it is applied;
 * - `lagging`: is behind, and reads history up to the present;
 * - `ended`: cancelled, or asked for a revision that is compacted.
 */
export type WatcherState = 'synced' | 'lagging' | 'ended'

/** One watch on one stream. */
export class Watcher {
  readonly stream: WatchStream
  readonly id: bigint
  readonly range: WatchRange
  readonly shape: number
  readonly fragment: boolean
  readonly progressNotify: boolean
  /** The revision that the client asked to start from; 0: from the next one on. */
  readonly startRevision: number
  state: WatcherState = 'synced'
  /** The next revision to tell of. */
  nextRevision: number
  /** Whether events were sent since progress was last due. */
  spoke = false
  /** Where the index keeps this watcher. */
  group: WatcherGroup | undefined
  slot = 0

  constructor(stream: WatchStream, id: bigint, range: WatchRange, request: WatchCreateRequest, revision: number) {
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

function shapeOf(request: WatchCreateRequest): number {
  let shape = request.prevKv ? shapeBits.prevKv : 0
  for (const filter of request.filters) {
    if (filter === WatchCreateRequest_FilterType.NOPUT) shape |= shapeBits.noPut
    else if (filter === WatchCreateRequest_FilterType.NODELETE) shape |= shapeBits.noDelete
  }
  return shape
}
