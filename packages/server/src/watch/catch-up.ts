import type { HistorySlice } from '../mvcc/event.ts'
import { EventEncoder, type Payload } from './event-encoder.ts'
import type { EventSource } from './event-source.ts'
import type { Watcher } from './watcher.ts'
import { WatcherIndex } from './watcher-index.ts'

/** As etcd: one response of a catch-up holds the events of at most this number of revisions. */
const maxRevisions = 1000

/**
 * Keeps a step short, and its responses below the 4 MiB that many gRPC clients accept at most, while those of
 * watchers that asked for fragments still fill a fragment.
 */
const maxBytes = 2.25 * 1024 * 1024

/** Keeps a step short where values are small: a revision is told whole, and none follows once this number of changes was read. */
const maxChanges = 1_000

/** How many watchers one reading of history serves. */
const maxCohort = 512

/**
 * Picks watchers that one step through history can serve: the first, which has waited longest, and others that are
 * about as far behind.
 */
export function cohortOf(lagging: Iterable<Watcher>): Watcher[] {
  const cohort: Watcher[] = []
  let from = 0
  for (const watcher of lagging) {
    if (cohort.length === 0) from = watcher.nextRevision
    if (watcher.nextRevision < from || watcher.nextRevision >= from + maxRevisions) continue
    cohort.push(watcher)
    if (cohort.length >= maxCohort) break
  }
  return cohort
}

export interface Step {
  /** What each watcher that has events receives. */
  readonly payloads: ReadonlyMap<Watcher, Payload>
  /** The revision that comes after the step. */
  readonly next: number
}

/** Reads one step of history, up to `revision` at most, for the cohort, all of whom are about as far behind. */
export function stepThroughHistory(source: EventSource, cohort: readonly Watcher[], revision: number): Step {
  const from = cohort.reduce((least, watcher) => Math.min(least, watcher.nextRevision), Number.MAX_SAFE_INTEGER)
  const index = new WatcherIndex()
  for (const watcher of cohort) index.add(watcher)
  const slice = source.history({
    from,
    to: revision,
    maxRevisions,
    maxBytes,
    maxChanges,
    accepts: (key) => isWatched(index, key),
  })
  const payloads = new Map<Watcher, Payload>()
  for (const [watcher, parts] of partsByWatcher(source, index, slice)) {
    payloads.set(watcher, { parts, bytes: parts.reduce((sum, part) => sum + part.length, 0) })
  }
  return { payloads, next: slice.next }
}

function isWatched(index: WatcherIndex, key: string): boolean {
  let watched = false
  index.forEachGroup(key, () => {
    watched = true
  })
  return watched
}

function partsByWatcher(source: EventSource, index: WatcherIndex, slice: HistorySlice): Map<Watcher, Buffer[]> {
  const byWatcher = new Map<Watcher, Buffer[]>()
  const previous = (key: string, revision: number) => source.previous(key, revision)
  for (const batch of slice.batches) {
    const encoder = new EventEncoder(batch, previous)
    for (const [position, event] of batch.events.entries()) {
      index.forEachGroup(event.key, (group) => {
        for (const watcher of group.watchers) {
          if (batch.revision < watcher.nextRevision) continue
          const part = encoder.field(position, watcher.shape)
          if (!part) continue
          const parts = byWatcher.get(watcher)
          if (parts) parts.push(part)
          else byWatcher.set(watcher, [part])
        }
      })
    }
  }
  return byWatcher
}
