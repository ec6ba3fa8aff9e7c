import type { EtcdClient } from '@waypost/client'
import { type CallOptions, invalidArgument, WaypostError } from '@waypost/core'
import {
  anything,
  callOptionKinds,
  checkOptions,
  checkOptionsIfGiven,
  functionKind,
  listOf,
  type OptionKinds,
  oneOf,
  text,
} from '@waypost/core/options'
import { readPosition } from './begin.ts'
import { decodeEvent, splitChunk } from './chunk.ts'
import { compareIds, revisionOf, type TimelineEvent } from './event.ts'
import { type EventFilter, matcherOf } from './filter.ts'
import { lastEventAt, nearestChunk } from './find-time.ts'
import { chunkHolding, loadState } from './load-state.ts'
import { type Known, type StateAt, stateOf } from './state-at.ts'
import { contentKey, eventsPrefix, sortableId } from './timeline-keys.ts'

/** A moment: a revision of the store, or a time. */
export type Moment = { readonly revision: bigint } | { readonly time: Date }

interface StateOptions extends CallOptions {
  readonly isWanted?: ((known: Known) => boolean) | undefined
}

const stateOptionKinds: OptionKinds<StateOptions> = { ...callOptionKinds, isWanted: functionKind() }

export interface TimelineQuery extends EventFilter, CallOptions {
  /** Leaves out what came before. */
  readonly from?: Moment | undefined
  /** Leaves out what came after. */
  readonly to?: Moment | undefined
  /** Default `newest`, which comes first. */
  readonly order?: 'newest' | 'oldest' | undefined
  /** The most events to return, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly cursor?: string | undefined
  /** Leaves out what somebody may not see. */
  readonly allows?: ((event: TimelineEvent) => boolean) | undefined
}

const timelineQueryKinds: OptionKinds<TimelineQuery> = {
  ...callOptionKinds,
  kinds: listOf(text),
  service: text,
  instance: text,
  path: text,
  name: text,
  by: text,
  from: anything(),
  to: anything(),
  order: oneOf('newest', 'oldest'),
  limit: anything(),
  cursor: text,
  allows: functionKind(),
}

export interface TimelinePage {
  readonly events: readonly TimelineEvent[]
  /** Asks for the next page, which may be empty. Absent: there is nothing more. */
  readonly next: string | undefined
  /** The last event that was looked at, whether or not it fits. */
  readonly lookedUpTo: string | undefined
  /** Everything up to this revision is recorded. */
  readonly recordedUpTo: bigint
  /** The first event that is kept, and when it was recorded. */
  readonly oldest: { readonly id: string; readonly at: string } | undefined
}

/** The most events that are looked at for one page, however few of them fit. */
const maxLooked = 50_000

/** The reading end of the timeline. */
export class Timeline {
  readonly #etcd: EtcdClient

  constructor(etcd: EtcdClient) {
    this.#etcd = etcd
  }

  /** Fails with `invalid-argument` for a filter or cursor that makes no sense. */
  async list(query: TimelineQuery = {}): Promise<TimelinePage> {
    checkOptions('timeline.list', query, timelineQueryKinds)
    const { limit = 100, order = 'newest', cursor, allows = () => true, signal, timeoutMs } = query
    const call = { signal, timeoutMs }
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
      throw invalidArgument('The limit must be a whole number from 1 to 1,000.')
    }
    if (cursor !== undefined && !/^\d{1,19}\.\d{1,6}$/.test(cursor)) throw invalidArgument('The cursor is not valid.')
    const matcher = matcherOf(query)
    const known = await readPosition(this.#etcd, signal)
    const oldest = await this.#oldest(call)
    const rest = { recordedUpTo: known?.position.revision ?? 0n, oldest }
    const bounds = known && (await this.#bounds(query, known.position.revision, call))
    if (bounds === undefined) return { events: [], next: undefined, lookedUpTo: undefined, ...rest }
    const events: TimelineEvent[] = []
    let looked = 0
    let lastId: string | undefined
    for await (const { id, line, key } of this.#lines(bounds, order, cursor, call)) {
      if (events.length >= limit || looked >= maxLooked) return { events, next: lastId, lookedUpTo: lastId, ...rest }
      looked += 1
      lastId = id
      if (!matcher.mayMatch(line)) continue
      const event = decodeEvent(key, line)
      if (matcher.matches(event) && allows(event)) events.push(event)
    }
    return { events, next: undefined, lookedUpTo: lastId, ...rest }
  }

  /**
   * What was there at a moment. Fails with `not-found` when the timeline begins later, and with `future-revision` when
   * the recording has not come that far.
   */
  async at(moment: Moment, options: StateOptions = {}): Promise<StateAt> {
    checkOptions('timeline.at', options, stateOptionKinds)
    const call = { signal: options.signal, timeoutMs: options.timeoutMs }
    const known = await readPosition(this.#etcd, call.signal)
    if (known === undefined) throw notRecorded()
    const { position } = known
    if ('revision' in moment && moment.revision > position.revision) {
      const message = `The timeline is recorded up to revision ${position.revision}; ${moment.revision} was asked for.`
      throw new WaypostError('future-revision', message)
    }
    const id =
      'revision' in moment ? `${moment.revision}.999999` : await lastEventAt(this.#etcd, moment.time.getTime(), call)
    const loaded = id === undefined ? undefined : await loadState(this.#etcd, id, call)
    if (loaded?.lastId === undefined) {
      const oldest = await this.#oldest(call)
      throw new WaypostError(
        'not-found',
        `The timeline does not go back that far. It begins at ${oldest?.at ?? '?'}, revision ${revisionOf(oldest?.id ?? '0.0')}.`,
      )
    }
    return stateOf(loaded.state, loaded.lastId, options.isWanted)
  }

  /** What a document held that was written by hand: `writtenAt` of its facts. `undefined` when it is not kept. */
  async contentOf(path: string, writtenAt: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    checkOptionsIfGiven('timeline.contentOf', options, callOptionKinds)
    return (await this.#etcd.kv.get(contentKey(BigInt(writtenAt), path), options))?.bytes
  }

  async #oldest(call: CallOptions): Promise<TimelinePage['oldest']> {
    const first = await nearestChunk(this.#etcd, { from: eventsPrefix, to: `${eventsPrefix}~` }, 'ascending', call)
    return first && { id: first.firstId, at: new Date(first.atMs).toISOString() }
  }

  /** The first and last event of a query; `undefined` when nothing is between them. Revisions are shown whole. */
  async #bounds({ from, to }: TimelineQuery, complete: bigint, call: CallOptions): Promise<Bounds | undefined> {
    let after: string | undefined
    let last: string | undefined
    if (from !== undefined) {
      after =
        'revision' in from
          ? `${from.revision - 1n}.999999`
          : await lastEventAt(this.#etcd, from.time.getTime() - 1, call)
    }
    if (to !== undefined) {
      last = 'revision' in to ? `${to.revision}.999999` : await lastEventAt(this.#etcd, to.time.getTime(), call)
      if (last === undefined) return undefined
    }
    return { after, last: earlier(last, `${complete}.999999`) }
  }

  async *#lines(
    { after, last }: Bounds,
    order: 'newest' | 'oldest',
    cursor: string | undefined,
    call: CallOptions,
  ): AsyncGenerator<{ readonly id: string; readonly line: string; readonly key: string }> {
    const isNewest = order === 'newest'
    const low = isNewest ? after : later(after, cursor)
    const high = isNewest ? earlier(last, cursor) : last
    const from = low === undefined ? eventsPrefix : ((await chunkHolding(this.#etcd, low, call)) ?? eventsPrefix)
    const to = high === undefined ? `${eventsPrefix}~` : `${eventsPrefix}${sortableId(high)}~`
    if (from >= to) return
    const sort = { order: isNewest ? 'descending' : 'ascending' } as const
    for await (const kv of this.#etcd.kv.list({ from, to }, { ...call, sort })) {
      const { lines } = splitChunk(kv.key, kv.text())
      for (const line of isNewest ? lines.toReversed() : lines) {
        const id = /^\{"id":"(\d+\.\d+)"/.exec(line)?.[1] ?? decodeEvent(kv.key, line).id
        if (low !== undefined && compareIds(id, low) <= 0) continue
        if (high !== undefined && (compareIds(id, high) > 0 || id === cursor)) continue
        yield { id, line, key: kv.key }
      }
    }
  }
}

interface Bounds {
  /** Exclusive. */
  readonly after: string | undefined
  /** Inclusive. */
  readonly last: string | undefined
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareIds(a, b) < 0 ? b : a
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareIds(a, b) < 0 ? a : b
}

function notRecorded(): WaypostError {
  return new WaypostError('not-found', 'No timeline is recorded here. A hub records it: start one with `waypost hub`.')
}
