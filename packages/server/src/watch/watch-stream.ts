import { etcdErrors, type WatchCreateRequest } from '@waypost/protocol'
import type { Payload } from './event-encoder.ts'
import { fragmentsOf } from './fragments.ts'
import { ProgressTimer } from './progress-timer.ts'
import { type QueuedResponse, ResponseQueue } from './response-queue.ts'
import type { WatchHost } from './watch-host.ts'
import { isEmptyWatchRange, type WatchRange, watchRange } from './watch-range.ts'
import { Watcher, type WatcherStream } from './watcher.ts'

/** Where a stream's responses go. */
export interface WatchSink {
  /** Takes any number of framed responses. */
  sendFrames(frames: Uint8Array): void
  /** Bytes that were taken and are not on their way yet. */
  readonly writableBytes: number
  /** The same of all streams of the client's connection. */
  readonly connectionWritableBytes: number
  /** Stop and resume reading requests. */
  pause(): void
  resume(): void
  /** Ends the RPC with an error. */
  fail(error: unknown): void
}

/** Events that wait for others to be sent with them. */
const flushBytes = 64 * 1024

/** The id of responses that concern no watcher, or one that could not be made. */
const noWatchId = -1n

/** All watchers of one RPC stream, and the order in which it hears of them. */
export class WatchStream implements WatcherStream {
  readonly waiting = new Set<Watcher>()
  readonly #host: WatchHost
  readonly #sink: WatchSink
  readonly #progressTimer: ProgressTimer
  readonly #queue = new ResponseQueue()
  /** Ended watchers stay, holding their id, until they are cancelled: as in etcd. */
  readonly #watchers = new Map<bigint, Watcher>()
  #nextId = 0n
  #lagging = 0
  /** The latest revision that any watcher ever asked to start from. */
  #latestStart = 0
  #progressWanted = false
  #flushPlanned = false
  #congested = false
  #closed = false

  constructor(host: WatchHost, sink: WatchSink) {
    this.#host = host
    this.#sink = sink
    this.#progressTimer = new ProgressTimer(host, () => this.#notifyProgress())
  }

  get congested(): boolean {
    return this.#congested || this.isHeldUp
  }

  get isHeldUp(): boolean {
    return this.#sink.connectionWritableBytes > this.#host.connectionHighWaterBytes
  }

  get watchers(): number {
    return this.#watchers.size
  }

  get lagging(): number {
    return this.#lagging
  }

  /** Makes a watcher of a range whose permission was checked; a request that makes none is answered with why. */
  create(request: WatchCreateRequest): void {
    const range = watchRange(request.key, request.rangeEnd)
    const objection = this.#objectionTo(request, range)
    if (objection !== undefined) {
      this.refuse(objection)
      return
    }
    const id = request.watchId === 0n ? this.#freeId() : request.watchId
    const watcher = new Watcher(this, id, range, request, this.#host.revision)
    this.#watchers.set(id, watcher)
    this.#latestStart = Math.max(this.#latestStart, watcher.startRevision)
    this.#control({ header: this.#header(), watchId: id, created: true })
    if (watcher.progressNotify) this.#progressTimer.start()
    this.#host.follow(watcher)
  }

  /** Answers a request for a watcher that cannot be. */
  refuse(reason: string): void {
    this.#control({
      header: this.#header(),
      watchId: noWatchId,
      created: true,
      canceled: true,
      cancelReason: reason,
    })
  }

  /** An unknown id is passed over. */
  cancel(id: bigint): void {
    const watcher = this.#watchers.get(id)
    if (!watcher) return
    this.#watchers.delete(id)
    this.#control({ header: this.#header(), watchId: id, canceled: true })
    this.#host.release(watcher)
  }

  /**
   * Answers, behind the events, with the revision up to which every watcher has been told everything: at once,
   * or as soon as all have caught up; not at all when one asked to start in the future, or when there is none. As etcd.
   */
  requestProgress(): void {
    if (this.#watchers.size === 0) return
    this.#progressWanted = this.#lagging > 0
    if (this.#progressWanted || this.#awaitsFuture()) return
    this.#control({ header: this.#header(), watchId: noWatchId })
  }

  pushEvents(watcher: Watcher, payload: Payload, header: Uint8Array): void {
    watcher.spoke = true
    const response = { header, watchId: watcher.id, payload }
    if (watcher.fragment) for (const piece of fragmentsOf(response)) this.#queue.push(piece)
    else this.#queue.push(response)
    // Sooner than at the end, as others on the same connection must see it.
    if (this.#queue.bytes > flushBytes) this.flush()
  }

  endCompacted(watcher: Watcher, compactRevision: number): void {
    this.#control({
      header: this.#host.header(0),
      watchId: watcher.id,
      canceled: true,
      compactRevision: BigInt(compactRevision),
    })
    this.#host.release(watcher)
  }

  fail(error: unknown): void {
    this.close()
    this.#sink.fail(error)
  }

  flush(): void {
    if (this.#closed || this.#queue.bytes === 0) return
    this.#sink.sendFrames(this.#queue.take())
    if (this.#congested || this.#sink.writableBytes <= this.#host.highWaterBytes) return
    this.#congested = true
    this.#sink.pause()
  }

  /** Must be called when the sink has sent everything. */
  drained(): void {
    if (!this.#congested || this.#closed) return
    this.#congested = false
    this.#sink.resume()
    this.#host.resume(this)
  }

  /** Counts the watchers that are behind; the last one to catch up lets progress that was asked for be told. */
  lagChanged(by: 1 | -1): void {
    this.#lagging += by
    if (this.#lagging === 0 && this.#progressWanted) this.requestProgress()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#progressTimer.stop()
    for (const watcher of this.#watchers.values()) this.#host.release(watcher)
    this.#watchers.clear()
    this.#host.closed(this)
  }

  #objectionTo(request: WatchCreateRequest, range: WatchRange): string | undefined {
    if (request.startRevision < 0n) return etcdErrors.compacted.message
    if (isEmptyWatchRange(range)) return 'mvcc: watcher range is empty'
    if (request.watchId === 0n || !this.#watchers.has(request.watchId)) return undefined
    return 'mvcc: duplicate watch ID provided on the WatchStream'
  }

  #freeId(): bigint {
    while (this.#watchers.has(this.#nextId)) this.#nextId += 1n
    const id = this.#nextId
    this.#nextId += 1n
    return id
  }

  #header(): Uint8Array {
    return this.#host.header(this.#host.revision)
  }

  /** Responses that are not events go out together at the end of the current job. */
  #control(response: QueuedResponse): void {
    if (this.#closed) return
    this.#queue.push(response)
    if (this.#flushPlanned) return
    this.#flushPlanned = true
    queueMicrotask(() => {
      this.#flushPlanned = false
      this.flush()
    })
  }

  #awaitsFuture(): boolean {
    const { revision } = this.#host
    if (this.#latestStart <= revision) return false
    for (const watcher of this.#watchers.values()) if (watcher.startRevision > revision) return true
    return false
  }

  #notifyProgress(): void {
    const { revision } = this.#host
    for (const watcher of this.#watchers.values()) {
      if (!watcher.progressNotify) continue
      const due = !watcher.spoke && watcher.state === 'synced' && watcher.startRevision <= revision
      watcher.spoke = false
      if (due) this.#control({ header: this.#header(), watchId: watcher.id })
    }
  }
}
