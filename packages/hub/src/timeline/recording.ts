import type { EtcdClient, WatchBatch } from '@waypost/client'
import type { Leadership } from '@waypost/coordination'
import { type Clock, WaypostError } from '@waypost/core'
import { begin, readPosition } from './begin.ts'
import type { KeyChange } from './concerns/concern.ts'
import { contentsOf } from './contents.ts'
import type { TimelineEvent } from './event.ts'
import { endedLeases, leasesOfDeleted } from './lease-states.ts'
import { listFollowed } from './list-followed.ts'
import { loadState } from './load-state.ts'
import { type Happening, transcribe } from './moment.ts'
import { orWaited } from './or-waited.ts'
import { RecordLog } from './record-log.ts'
import { isCheckpointDue, prune, type TimelineRetention } from './retention.ts'
import type { TimelineState } from './state.ts'
import { positionKey, timelinePrefix } from './timeline-keys.ts'

export interface RecordingParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly retention: TimelineRetention
  /** How long events may wait for others, to be written together, in milliseconds. */
  readonly lingerMs: number
  /** Called with how far the recording has come. */
  readonly onPosition: (revision: bigint) => void
}

/** How often the position is written while there is nothing to record, and old events are looked for. */
const idleMs = 60_000

/** Records for as long as this process leads. It ends by an error only: then what was recorded is read again. */
export async function record(parts: RecordingParts, leadership: Leadership): Promise<never> {
  const { etcd, clock } = parts
  const { signal } = leadership
  const known = (await readPosition(etcd, signal)) ?? (await begin(etcd, clock, leadership))
  const { state } = await loadState(etcd, known.position.lastId, { signal })
  const log = new RecordLog(etcd, clock, { isLeading: leadership.condition, signal }, known)
  const term = new Term(parts, log, state, signal)
  parts.onPosition(log.position.revision)
  for (;;) {
    try {
      await term.follow()
    } catch (error) {
      if (!WaypostError.is(error, 'compacted')) throw error
      await term.bridge()
    }
  }
}

class Term {
  readonly #parts: RecordingParts
  readonly #log: RecordLog
  /** What is known after the last event that was added to the log. */
  readonly #state: TimelineState
  readonly #signal: AbortSignal

  constructor(parts: RecordingParts, log: RecordLog, state: TimelineState, signal: AbortSignal) {
    this.#parts = parts
    this.#log = log
    this.#state = state
    this.#signal = signal
  }

  /** Follows the store from the position on. Fails with `compacted` when its history does not go back that far. */
  async follow(): Promise<never> {
    const { etcd, clock, lingerMs } = this.#parts
    const startRevision = this.#log.position.revision + 1n
    await using watch = etcd.watch({ all: true }, { startRevision, signal: this.#signal })
    const liveFrom = await watch.started
    let upkeepAtMs = clock.monotonicMs() + idleMs
    let writeAtMs: number | undefined
    let next = watch.next()
    // A rejection is thrown below; until then it is handled.
    next.catch(() => undefined)
    for (;;) {
      const dueMs = writeAtMs ?? upkeepAtMs
      const result = await orWaited(next, dueMs - clock.monotonicMs(), clock)
      if (result === undefined) {
        if (writeAtMs === undefined) {
          await this.#upkeep()
          upkeepAtMs = clock.monotonicMs() + idleMs
        } else {
          await this.#write()
          writeAtMs = undefined
        }
        continue
      }
      if (result.done === true) throw new WaypostError('closed', 'The client was closed while the timeline recorded.')
      next = watch.next()
      next.catch(() => undefined)
      await this.#take(result.value, result.value.revision <= liveFrom ? { late: true } : {})
      if (this.#log.isFull) {
        await this.#write()
        writeAtMs = undefined
      } else if (this.#log.hasPending || this.#log.isPartial) writeAtMs ??= clock.monotonicMs() + lingerMs
    }
  }

  /** The history is gone: says so, and records the difference between what is known and what is there now. */
  async bridge(): Promise<void> {
    const { etcd } = this.#parts
    const { revision, keys } = await listFollowed(etcd, this.#signal)
    const living = new Set((await etcd.leases.list({ signal: this.#signal })).map((id) => id.toString(16)))
    const from = String(this.#log.position.revision)
    this.#log.add(
      revision,
      [{ kind: 'timeline.gap', key: positionKey, fromRevision: from, toRevision: String(revision) }],
      {},
    )
    const isLeaseGone = (lease: string): boolean | undefined => (living.has(lease) ? false : undefined)
    await this.#transcribe({ revision, changes: keys, isComparison: true, isLeaseGone }, { inferred: true })
    this.#log.completed(revision)
    await this.#log.keepPosition()
    this.#parts.onPosition(this.#log.position.revision)
  }

  async #take(batch: WatchBatch, marks: Pick<TimelineEvent, 'late'>): Promise<void> {
    const changes = changesOf(batch)
    const isLeaseGone = await endedLeases(this.#parts.etcd, leasesOfDeleted(batch, this.#state), this.#signal)
    await this.#transcribe({ revision: batch.revision, changes, isComparison: false, isLeaseGone }, marks)
    this.#log.completed(batch.revision)
  }

  async #transcribe(happening: Happening, marks: Pick<TimelineEvent, 'late' | 'inferred'>): Promise<void> {
    for await (const events of transcribe(happening, this.#state)) {
      this.#log.add(happening.revision, events, marks, contentsOf(events, happening.changes))
      if (this.#log.isFull) await this.#log.flush()
    }
  }

  async #write(): Promise<void> {
    await this.#log.flush()
    if (this.#log.isPartial) await this.#log.keepPosition()
    this.#parts.onPosition(this.#log.position.revision)
    await this.#checkpointIfDue()
  }

  async #upkeep(): Promise<void> {
    await this.#log.keepPosition()
    this.#parts.onPosition(this.#log.position.revision)
    await this.#checkpointIfDue()
    await this.#prune()
  }

  async #checkpointIfDue(): Promise<void> {
    const { retention, clock } = this.#parts
    if (!isCheckpointDue(this.#log.position, retention, clock.epochMs())) return
    await this.#log.checkpoint(this.#state)
    await this.#prune()
  }

  #prune(): Promise<void> {
    const { etcd, retention, clock } = this.#parts
    return prune(etcd, this.#log.position, retention, clock.epochMs(), this.#signal)
  }
}

function changesOf(batch: WatchBatch): ReadonlyMap<string, KeyChange> {
  const changes = new Map<string, KeyChange>()
  for (const { type, key, kv } of batch.events) {
    if (key.startsWith(timelinePrefix) && !isRecorderPlace(key)) continue
    const value = type === 'put' ? kv.bytes : undefined
    changes.set(key, { key, value, lease: kv.lease.toString(16), createRevision: kv.createRevision })
  }
  return changes
}

/** Who records is recorded like any leader. */
function isRecorderPlace(key: string): boolean {
  return key.startsWith(`${timelinePrefix}recorder/`)
}
