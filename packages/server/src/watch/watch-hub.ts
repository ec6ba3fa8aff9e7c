import { type Clock, Slices, systemClock, type Timer } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import type { AppliedBatch, KeyBounds, MvccEvent } from '../mvcc/event.ts'
import { cohortOf, type Step, stepThroughHistory } from './catch-up.ts'
import { EventEncoder, GroupPayloads } from './event-encoder.ts'
import type { EventSource } from './event-source.ts'
import type { WatchHost } from './watch-host.ts'
import { type WatchSink, WatchStream } from './watch-stream.ts'
import type { Watcher, WatcherGroup, WatcherStream } from './watcher.ts'
import { WatcherIndex } from './watcher-index.ts'

export interface WatchHubOptions {
  readonly source: EventSource
  /** The encoded header field of a `WatchResponse` of a revision; revision 0 is left out. */
  readonly header: (revision: number) => Uint8Array
  readonly clock?: Clock | undefined
  /** How often an idle watcher that asked for progress receives the revision. Default ten minutes. */
  readonly progressIntervalMs?: number | undefined
  /** Bytes that may wait on one stream before its watchers fall back to reading history. Default 1 MiB. */
  readonly highWaterBytes?: number | undefined
  /** The same for all streams of one connection together. Default 64 MiB. */
  readonly connectionHighWaterBytes?: number | undefined
  /** Where long work waits for its turn. */
  readonly slices?: Slices | undefined
}

const defaultProgressIntervalMs = 10 * 60 * 1000
const defaultHighWaterBytes = 1024 * 1024
const defaultConnectionHighWaterBytes = 64 * 1024 * 1024

/** How often it is seen whether a connection that was full has room again. */
const heldUpIntervalMs = 100

/**
 * Tells watchers of what was applied: those that are up to date from the event itself, those that are behind, or
 * whose client reads slowly, from history. So the memory that a slow client costs is bounded.
 */
export class WatchHub implements WatchHost {
  readonly clock: Clock
  readonly progressIntervalMs: number
  readonly highWaterBytes: number
  readonly connectionHighWaterBytes: number
  readonly #source: EventSource
  readonly #encodeHeader: (revision: number) => Uint8Array
  readonly #detach: () => void
  readonly #previous: (key: string, revision: number) => Uint8Array | undefined
  readonly #streams = new Set<WatcherStream>()
  /** The watchers that are up to date, and no others. */
  readonly #synced = new WatcherIndex()
  /** The watchers that are behind and whose stream has room, in the order of their turns. */
  readonly #ready = new Set<Watcher>()
  /** Streams whose watchers wait because their connection is full. */
  readonly #heldUp = new Set<WatcherStream>()
  #heldUpTimer: Timer | undefined
  #revision: number
  readonly #slices: Slices
  /** Whether a step of catch-up is planned or under way. */
  #isStepping = false
  #isClosed = false

  constructor(options: WatchHubOptions) {
    this.clock = options.clock ?? systemClock
    this.progressIntervalMs = options.progressIntervalMs ?? defaultProgressIntervalMs
    this.highWaterBytes = options.highWaterBytes ?? defaultHighWaterBytes
    this.connectionHighWaterBytes = options.connectionHighWaterBytes ?? defaultConnectionHighWaterBytes
    this.#source = options.source
    this.#slices = options.slices ?? new Slices()
    this.#encodeHeader = options.header
    this.#previous = (key, revision) => options.source.previous(key, revision)
    this.#revision = options.source.revision
    this.#detach = options.source.onApplied((batch) => this.#applied(batch))
  }

  get revision(): number {
    return this.#revision
  }

  get streams(): number {
    return this.#streams.size
  }

  get watchers(): number {
    let count = 0
    for (const stream of this.#streams) count += stream.watchers
    return count
  }

  get laggingWatchers(): number {
    let count = 0
    for (const stream of this.#streams) count += stream.lagging
    return count
  }

  openStream(sink: WatchSink): WatchStream {
    const stream = new WatchStream(this, sink)
    this.#streams.add(stream)
    return stream
  }

  /** Ends every stream's watchers; idempotent. */
  close(): void {
    this.#isClosed = true
    this.#detach()
    for (const stream of [...this.#streams]) stream.close()
    this.#heldUpTimer?.cancel()
  }

  header(revision: number): Uint8Array {
    return this.#encodeHeader(revision)
  }

  follow(watcher: Watcher): void {
    if (watcher.nextRevision > this.#revision) this.#synced.add(watcher)
    else this.#fallBehind(watcher)
  }

  release(watcher: Watcher): void {
    const { state } = watcher
    watcher.state = 'ended'
    if (state === 'synced') this.#synced.delete(watcher)
    if (state !== 'lagging') return
    this.#ready.delete(watcher)
    watcher.stream.waiting.delete(watcher)
    watcher.stream.lagChanged(-1)
  }

  resume(stream: WatcherStream): void {
    for (const watcher of stream.waiting) this.#ready.add(watcher)
    stream.waiting.clear()
    this.#planStep()
  }

  closed(stream: WatcherStream): void {
    this.#streams.delete(stream)
    this.#heldUp.delete(stream)
  }

  #applied(batch: AppliedBatch): void {
    this.#revision = batch.revision
    if (this.#synced.size === 0) return
    if (batch.events.length > this.#slices.keysAtOnce) {
      this.#tellLater(batch)
      return
    }
    const matched = this.#match(batch)
    if (matched.size === 0) return
    try {
      this.#tellAll(matched, batch)
    } catch (error) {
      // It is unknown which of them received the events, so all of them have to resume from what they know.
      const streams = new Set([...matched.keys()].flatMap(({ watchers }) => watchers.map(({ stream }) => stream)))
      for (const stream of streams) stream.fail(error)
    }
  }

  /** A revision with very many events is told in slices, from history: whoever may watch any of it falls behind. */
  #tellLater({ revision, events, bounds = boundsOf(events) }: AppliedBatch): void {
    const { first, last } = bounds
    const concerned: Watcher[] = []
    this.#synced.forEachGroupBetween(first, last, ({ watchers }) => {
      for (const watcher of watchers) if (revision >= watcher.nextRevision) concerned.push(watcher)
    })
    for (const watcher of concerned) {
      this.#synced.delete(watcher)
      watcher.nextRevision = revision
      this.#fallBehind(watcher)
    }
  }

  #tellAll(matched: ReadonlyMap<WatcherGroup, number[]>, batch: AppliedBatch): void {
    const encoder = new EventEncoder(batch, this.#previous)
    const header = this.#encodeHeader(batch.revision)
    const touched = new Set<WatcherStream>()
    const shared = batch.events.length === 1 ? new GroupPayloads(encoder, [0]) : undefined
    for (const [group, indices] of matched) {
      this.#tell(group, shared ?? new GroupPayloads(encoder, indices), batch.revision, header, touched)
    }
    for (const stream of touched) stream.flush()
  }

  #match(batch: AppliedBatch): Map<WatcherGroup, number[]> {
    const matched = new Map<WatcherGroup, number[]>()
    for (const [position, event] of batch.events.entries()) {
      this.#synced.forEachGroup(event.key, (group) => {
        const indices = matched.get(group)
        if (indices) indices.push(position)
        else matched.set(group, [position])
      })
    }
    return matched
  }

  #tell(
    group: WatcherGroup,
    payloads: GroupPayloads,
    revision: number,
    header: Uint8Array,
    touched: Set<WatcherStream>,
  ): void {
    // From the end, because a watcher that falls behind leaves the group and the last one takes its place.
    for (let slot = group.watchers.length - 1; slot >= 0; slot--) {
      const watcher = group.watchers[slot]
      if (!watcher || revision < watcher.nextRevision) continue
      const payload = payloads.of(watcher.shape)
      if (payload.bytes === 0) continue
      const { stream } = watcher
      if (stream.congested) {
        this.#synced.delete(watcher)
        watcher.nextRevision = revision
        this.#fallBehind(watcher)
        continue
      }
      stream.pushEvents(watcher, payload, header)
      touched.add(stream)
    }
  }

  #fallBehind(watcher: Watcher): void {
    watcher.state = 'lagging'
    watcher.stream.lagChanged(1)
    this.#takeTurn(watcher)
  }

  #takeTurn(watcher: Watcher): void {
    if (watcher.stream.congested) {
      this.#wait(watcher)
      return
    }
    this.#ready.add(watcher)
    this.#planStep()
  }

  /** Leaves the watcher until its client has read. */
  #wait(watcher: Watcher): void {
    const { stream } = watcher
    stream.waiting.add(watcher)
    if (!stream.isHeldUp) return
    this.#heldUp.add(stream)
    this.#heldUpTimer ??= this.clock.after(heldUpIntervalMs, () => this.#resumeHeldUp(), { ref: false })
  }

  #resumeHeldUp(): void {
    this.#heldUpTimer = undefined
    const streams = [...this.#heldUp]
    this.#heldUp.clear()
    for (const stream of streams) {
      if (stream.isHeldUp) this.#heldUp.add(stream)
      else this.resume(stream)
    }
    if (this.#heldUp.size === 0) return
    this.#heldUpTimer = this.clock.after(heldUpIntervalMs, () => this.#resumeHeldUp(), { ref: false })
  }

  #planStep(): void {
    if (this.#isStepping || this.#isClosed || this.#ready.size === 0) return
    this.#isStepping = true
    void this.#slices.run(this.#catchUp()).then(() => {
      this.#isStepping = false
      this.#planStep()
    })
  }

  *#catchUp(): Generator<void, void> {
    const cohort: Watcher[] = []
    for (const watcher of cohortOf(this.#ready)) {
      this.#ready.delete(watcher)
      if (watcher.nextRevision < this.#source.compactRevision) this.#endCompacted(watcher)
      else if (watcher.stream.congested) this.#wait(watcher)
      else cohort.push(watcher)
    }
    if (cohort.length === 0) return
    try {
      const step = yield* stepThroughHistory(this.#source, cohort, this.#revision)
      this.#advance(cohort, step)
    } catch (error) {
      const compacted = error instanceof EngineError && error.reason === 'compacted'
      for (const watcher of cohort) {
        if (hasEnded(watcher)) continue
        if (!compacted) watcher.stream.fail(error)
        else if (watcher.nextRevision < this.#source.compactRevision) this.#endCompacted(watcher)
        else this.#takeTurn(watcher)
      }
    }
  }

  #advance(cohort: readonly Watcher[], { payloads, next }: Step): void {
    const header = this.#encodeHeader(this.#revision)
    const touched = new Set<WatcherStream>()
    for (const watcher of cohort) {
      // Cancelled meanwhile.
      if (hasEnded(watcher)) continue
      const { stream } = watcher
      const payload = payloads.get(watcher)
      if (payload && stream.congested) {
        this.#wait(watcher)
        continue
      }
      if (payload) stream.pushEvents(watcher, payload, header)
      if (hasEnded(watcher)) continue
      touched.add(stream)
      watcher.nextRevision = Math.max(watcher.nextRevision, next)
      if (watcher.nextRevision <= this.#revision) this.#takeTurn(watcher)
      else {
        watcher.state = 'synced'
        this.#synced.add(watcher)
        stream.lagChanged(-1)
      }
    }
    for (const stream of touched) stream.flush()
  }

  #endCompacted(watcher: Watcher): void {
    watcher.stream.endCompacted(watcher, this.#source.compactRevision)
  }
}

function boundsOf(events: readonly MvccEvent[]): KeyBounds {
  let first = events[0]?.key ?? ''
  let last = first
  for (const { key } of events) {
    if (key < first) first = key
    else if (key > last) last = key
  }
  return { first, last }
}

function hasEnded({ state }: Watcher): boolean {
  return state === 'ended'
}
