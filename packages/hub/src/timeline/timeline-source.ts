import { type CallOptions, WaypostError } from '@waypost/core'
import type { LiveChange, LiveSource, MissedChanges } from '../operation/live-source.ts'
import { revisionOf, type TimelineEvent } from './event.ts'
import { eventJson } from './event-json.ts'
import { type EventMatcher, matcherOf } from './filter.ts'
import type { Timeline, TimelinePage, TimelineQuery } from './timeline.ts'
import type { FedEvents, TimelineFeed } from './timeline-feed.ts'

export interface TimelineSourceParts {
  readonly timeline: Timeline
  readonly feed: TimelineFeed
  readonly query: TimelineQuery
  /** Whether the caller may see an event, as of the last time that the store was asked. */
  readonly allows: (event: TimelineEvent) => boolean
  /** Asks the store again what the caller may see. */
  readonly recheck: (signal: AbortSignal) => Promise<void>
}

/** Who has missed more than this begins again. */
const maxMissed = 10_000

/** A page of the timeline, and what is recorded after it. */
export class TimelineSource implements LiveSource {
  readonly #parts: TimelineSourceParts
  readonly #matcher: EventMatcher
  readonly #page: TimelinePage
  readonly #stop: () => void
  readonly #listeners = new Set<(change: LiveChange) => void>()
  /** What came after the page, the oldest first. */
  #recent: readonly TimelineEvent[] = []
  #revision: bigint

  private constructor(parts: TimelineSourceParts, page: TimelinePage, revision: bigint, stop: () => void) {
    this.#parts = parts
    this.#matcher = matcherOf(parts.query)
    this.#page = page
    this.#revision = revision
    this.#stop = stop
  }

  static async open(parts: TimelineSourceParts, signal: AbortSignal): Promise<TimelineSource> {
    const { timeline, feed, query, allows } = parts
    const early: FedEvents[] = []
    let source: TimelineSource | undefined
    const { started, stop } = feed.follow((fed) => {
      if (source === undefined) early.push(fed)
      else source.#take(fed)
    })
    try {
      await started
      const page = await timeline.list({ ...query, allows, signal })
      source = new TimelineSource(parts, page, page.recordedUpTo, stop)
      for (const fed of early) source.#take(fed)
      return source
    } catch (error) {
      stop()
      throw error
    }
  }

  get revision(): bigint {
    return this.#revision
  }

  /** The timeline is as old as what was recorded last, which `recordedUpTo` says. */
  get staleSince(): undefined {
    return undefined
  }

  read(): object {
    const { query } = this.#parts
    const { events, next, oldest } = this.#page
    const isFirstPage = query.order !== 'oldest' && query.cursor === undefined && query.to === undefined
    const limit = query.limit ?? 100
    const shown = isFirstPage ? [...this.#recent.toReversed(), ...events].slice(0, limit) : events
    // What has come since pushes older events off the page: the next one begins with them.
    const isPushed = isFirstPage && this.#recent.length > 0 && shown.length === limit
    return {
      events: shown.map(eventJson),
      next: isPushed ? shown.at(-1)?.id : next,
      oldest,
      recordedUpTo: String(this.#revision),
    }
  }

  onChange(listener: (change: LiveChange | 'stale') => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What was recorded after a revision: the timeline keeps it, however much of its own history the store has forgotten. */
  async changesSince(since: bigint, signal: AbortSignal): Promise<MissedChanges> {
    const revision = this.#revision
    if (since >= revision) return { revision: since, changes: [] }
    const { oldest } = await this.#list({ cursor: undefined, since: revision, signal })
    if (oldest !== undefined && since < revisionOf(oldest.id) - 1n) throw forgotten(since)
    const missed: TimelineEvent[] = []
    let cursor: string | undefined
    do {
      const page: TimelinePage = await this.#list({ cursor, since, signal })
      missed.push(...page.events)
      cursor = page.next
      if (missed.length > maxMissed) throw forgotten(since)
    } while (cursor !== undefined)
    const known = missed.filter(({ id }) => revisionOf(id) <= revision)
    return { revision, changes: changesOf(known) }
  }

  async recheck(signal: AbortSignal): Promise<void> {
    await this.#parts.recheck(signal)
  }

  async close(): Promise<void> {
    this.#stop()
    this.#listeners.clear()
  }

  #list(at: { readonly cursor: string | undefined; readonly since: bigint } & CallOptions): Promise<TimelinePage> {
    const { timeline, query, allows } = this.#parts
    const { cursor, since, signal } = at
    const from = { revision: since + 1n }
    return timeline.list({ ...query, allows, order: 'oldest', limit: 1_000, from, to: undefined, cursor, signal })
  }

  #take({ events, lastId }: FedEvents): void {
    const { recordedUpTo } = this.#page
    const shown = events.filter(
      (event) => revisionOf(event.id) > recordedUpTo && this.#matcher.matches(event) && this.#parts.allows(event),
    )
    if (shown.length === 0) return
    const { limit = 100 } = this.#parts.query
    this.#recent = [...this.#recent, ...shown].slice(-limit)
    const revision = revisionOf(lastId)
    if (revision > this.#revision) this.#revision = revision
    for (const change of changesOf(shown)) for (const listener of this.#listeners) listener(change)
  }
}

/** The reader begins again. */
function forgotten(since: bigint): WaypostError {
  return new WaypostError('compacted', `The timeline no longer has all events after revision ${since}.`)
}

/** One change for each revision. */
function changesOf(events: readonly TimelineEvent[]): LiveChange[] {
  const changes: { revision: bigint; data: { revision: string; events: object[] } }[] = []
  for (const event of events) {
    const revision = revisionOf(event.id)
    const last = changes.at(-1)
    if (last?.revision === revision) last.data.events.push(eventJson(event))
    else changes.push({ revision, data: { revision: String(revision), events: [eventJson(event)] } })
  }
  return changes
}
