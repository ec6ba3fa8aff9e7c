import { FakeClock } from '@waypost/core/testing'
import { KeyValue, WatchCreateRequest, WatchResponse } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { AppliedBatch, HistoryOptions, HistorySlice, MvccEvent } from '../mvcc/event.ts'
import { Headers } from '../rpc/header.ts'
import type { EventSource } from './event-source.ts'
import { WatchHub } from './watch-hub.ts'
import type { WatchSink } from './watch-stream.ts'

export type Change = readonly [key: string, value: string | undefined]

/** A store that keeps every revision in a list. */
export class ListedSource implements EventSource {
  revision = 1
  compactRevision = -1
  historyReads = 0
  readonly #batches: AppliedBatch[] = []
  readonly #listeners = new Set<(batch: AppliedBatch) => void>()
  readonly #live = new Map<string, { createRevision: number; version: number }>()
  readonly #versions = new Map<string, { revision: number; kv: Uint8Array | undefined }[]>()

  /** Applies changes as one revision: an undefined value deletes. */
  apply(...changes: Change[]): number {
    this.revision += 1
    const batch = { revision: this.revision, events: changes.map((change) => this.#event(change)) }
    this.#batches.push(batch)
    for (const listener of this.#listeners) listener(batch)
    return this.revision
  }

  onApplied(listener: (batch: AppliedBatch) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  *history({
    from,
    to,
    maxRevisions,
    maxBytes = Number.POSITIVE_INFINITY,
    accepts,
  }: HistoryOptions): Generator<void, HistorySlice> {
    if (from < this.compactRevision) throw new EngineError('compacted')
    this.historyReads += 1
    const batches: AppliedBatch[] = []
    let bytes = 0
    let next = from
    while (next <= to && next < from + maxRevisions && bytes < maxBytes) {
      const events = this.#batches[next - 2]?.events.filter(({ key }) => accepts?.(key) ?? true) ?? []
      if (events.length > 0) batches.push({ revision: next, events })
      bytes += events.reduce((sum, { kv }) => sum + kv.length, 0)
      next += 1
    }
    return { batches, next }
  }

  previous(key: string, revision: number): Uint8Array | undefined {
    return this.#versions.get(key)?.findLast((version) => version.revision < revision)?.kv
  }

  #event([key, value]: Change): MvccEvent {
    const modRevision = BigInt(this.revision)
    const versions = this.#versions.get(key) ?? []
    this.#versions.set(key, versions)
    if (value === undefined) {
      this.#live.delete(key)
      versions.push({ revision: this.revision, kv: undefined })
      const kv = KeyValue.encode(KeyValue.create({ key: Buffer.from(key), modRevision }))
      return { type: 'delete', key, kv, created: false }
    }
    const before = this.#live.get(key)
    const now = { createRevision: before?.createRevision ?? this.revision, version: (before?.version ?? 0) + 1 }
    this.#live.set(key, now)
    const kv = KeyValue.encode(
      KeyValue.create({
        key: Buffer.from(key),
        value: Buffer.from(value),
        createRevision: BigInt(now.createRevision),
        modRevision,
        version: BigInt(now.version),
      }),
    )
    versions.push({ revision: this.revision, kv })
    return { type: 'put', key, kv, created: before === undefined }
  }
}

/** A client of a watch stream that reads, or does not. */
export class Reader implements WatchSink {
  readonly received: WatchResponse[] = []
  readonly writes: number[] = []
  writableBytes = 0
  /** What the client has not read on its other streams. */
  unreadElsewhere = 0
  reading = true
  paused = false
  failure: unknown

  get connectionWritableBytes(): number {
    return this.writableBytes + this.unreadElsewhere
  }

  sendFrames(frames: Uint8Array): void {
    this.writes.push(frames.length)
    if (!this.reading) this.writableBytes += frames.length
    const bytes = Buffer.from(frames)
    for (let offset = 0; offset < bytes.length; ) {
      const length = bytes.readUInt32BE(offset + 1)
      this.received.push(WatchResponse.decode(bytes.subarray(offset + 5, offset + 5 + length)))
      offset += 5 + length
    }
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  fail(error: unknown): void {
    this.failure = error
  }

  /** Hands out what came since the last time. */
  take(): WatchResponse[] {
    return this.received.splice(0)
  }
}

export function watchTest(
  options: { readonly highWaterBytes?: number; readonly connectionHighWaterBytes?: number } = {},
) {
  const source = new ListedSource()
  const clock = new FakeClock()
  const identity = { clusterId: 7n, memberId: 9n, raftTerm: 2, revision: 1 }
  const headers = new Headers(identity)
  const hub = new WatchHub({ source, clock, header: (revision) => headers.field(revision), ...options })
  const open = () => {
    const reader = new Reader()
    return { reader, stream: hub.openStream(reader) }
  }
  return { source, clock, hub, open, settle: () => clock.advance(0) }
}

/** A request for the one key, or for the range up to `end`. */
export function watchOf(key: string, init: Partial<WatchCreateRequest> & { readonly end?: string } = {}) {
  const { end = '', ...rest } = init
  return WatchCreateRequest.create({ key: Buffer.from(key), rangeEnd: Buffer.from(end), ...rest })
}

/** One line for each response: who, what, at which revision. */
export function summary(responses: readonly WatchResponse[]): string[] {
  return responses.map((response) => {
    const marks = [
      response.created && 'created',
      response.canceled && 'canceled',
      response.compactRevision > 0n && `compacted=${response.compactRevision}`,
      response.cancelReason !== '' && `(${response.cancelReason})`,
      response.fragment && 'fragment',
      ...response.events.map(
        ({ type, kv, prevKv }) =>
          `${type === 1 ? 'del' : 'put'} ${kv?.key}${type === 1 ? '' : `=${kv?.value}`}@${kv?.modRevision}${prevKv ? ` was ${prevKv.value}` : ''}`,
      ),
    ].filter((mark) => typeof mark === 'string')
    return [`${response.watchId}`, `r${response.header?.revision}`, ...marks].join(' ')
  })
}
