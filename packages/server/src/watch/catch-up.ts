import type { AppliedBatch } from '../mvcc/event.ts'
import { EventEncoder, eventsPerStep, GroupPayloads, type Payload } from './event-encoder.ts'
import type { EventSource } from './event-source.ts'
import type { Watcher, WatcherGroup } from './watcher.ts'
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

/**
 * Reads one step of history, up to `revision` at most, for the cohort, all of whom are about as far behind. A revision is
 * told whole, however large it is, so there are places at which the work can be interrupted.
 */
export function* stepThroughHistory(
  source: EventSource,
  cohort: readonly Watcher[],
  revision: number,
): Generator<void, Step> {
  const from = cohort.reduce((least, watcher) => Math.min(least, watcher.nextRevision), Number.MAX_SAFE_INTEGER)
  const index = new WatcherIndex()
  for (const watcher of cohort) index.add(watcher)
  const { batches, next } = yield* source.history({
    from,
    to: revision,
    maxRevisions,
    maxBytes,
    maxChanges,
    accepts: (key) => isWatched(index, key),
  })
  const payloads = new Map<Watcher, { parts: Buffer[]; bytes: number }>()
  for (const batch of batches) {
    const encoder = new EventEncoder(batch, (key, at) => source.previous(key, at))
    for (const [group, indices] of yield* matches(index, batch)) {
      const ofGroup = new GroupPayloads(encoder, indices)
      for (const watcher of group.watchers) {
        if (batch.revision < watcher.nextRevision) continue
        const { parts, bytes } = yield* ofGroup.inSteps(watcher.shape)
        if (bytes === 0) continue
        const payload = payloads.get(watcher)
        if (payload === undefined) payloads.set(watcher, { parts: [...parts], bytes })
        else {
          for (const part of parts) payload.parts.push(part)
          payload.bytes += bytes
        }
      }
    }
  }
  return { payloads, next }
}

function isWatched(index: WatcherIndex, key: string): boolean {
  let watched = false
  index.forEachGroup(key, () => {
    watched = true
  })
  return watched
}

/** Which events each group gets, in their order. */
function* matches(index: WatcherIndex, batch: AppliedBatch): Generator<void, Map<WatcherGroup, number[]>> {
  const matched = new Map<WatcherGroup, number[]>()
  for (const [position, event] of batch.events.entries()) {
    index.forEachGroup(event.key, (group) => {
      const indices = matched.get(group)
      if (indices) indices.push(position)
      else matched.set(group, [position])
    })
    if (position % eventsPerStep === eventsPerStep - 1) yield
  }
  return matched
}
