import { Backoff, type Clock, type Slices, type Timer, WaypostError } from '@waypost/core'
import { KV, type RangeResponse, type ResponseHeader, type WatchResponse } from '@waypost/protocol'
import { RpcError } from '@waypost/rpc/client'
import type { KeySpace } from '../keys/key-space.ts'
import { rangeRequest } from '../kv/kv-request.ts'
import type { Caller } from '../link/caller.ts'
import { isMemberUnfit, judge, toWaypostError } from '../link/errors.ts'
import type { Link } from '../link/link.ts'
import type { Login } from '../link/login.ts'
import { Relogin } from '../link/relogin.ts'
import type { EtcdLogger } from '../telemetry/logger.ts'
import type { EtcdMetrics } from '../telemetry/metrics.ts'
import { readCancellation } from './cancellation.ts'
import { WatchStream } from './watch-stream.ts'
import type { Watcher } from './watcher.ts'

export interface WatchStreamsOptions {
  readonly link: Link
  readonly login: Login
  readonly caller: Caller
  readonly space: KeySpace
  readonly slices: Slices
  readonly clock: Clock
  readonly logger: EtcdLogger | undefined
  readonly metrics: EtcdMetrics | undefined
}

/** A stream that ends sooner than this after it was opened counts as a failed attempt. */
const shortLifeMs = 1_000

/** How often in a row a new token may be refused on one connection before a watch ends. */
const tokenRefusalLimit = 5

/** Assigns every watcher of the client to a stream, and to another one when that stream is lost. */
export class WatchStreams {
  readonly #options: WatchStreamsOptions
  readonly #backoff = new Backoff({ initialMs: 50, maxMs: 2_000 })
  readonly #streams = new Set<WatchStream>()
  /** Watchers that need a stream. */
  readonly #waiting = new Set<Watcher>()
  #notBeforeMs = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined
  /** Ends the search for a stream when nobody waits any more; undefined when none runs. */
  #search: AbortController | undefined
  /** Of streams that the store refuses as a whole. */
  readonly #relogin: Relogin
  /** Of watches that the store refuses one by one, until it begins them. */
  readonly #relogins = new WeakMap<Watcher, Relogin>()
  #newestRevision = 0n
  #closed = false

  constructor(options: WatchStreamsOptions) {
    this.#options = options
    this.#relogin = new Relogin(options.login)
    options.link.onLeave((connection) => {
      for (const stream of [...this.#streams]) if (stream.connection === connection) stream.end()
    })
  }

  /** The newest revision that a watch has heard of. */
  get newestRevision(): bigint {
    return this.#newestRevision
  }

  add(watcher: Watcher): void {
    watcher.state = 'pending'
    const { link, login } = this.#options
    const connection = link.current
    if (connection !== undefined && !login.isDue && this.#waiting.size === 0) {
      for (const stream of this.#streams) {
        if (stream.connection !== connection || stream.generation !== login.generation) continue
        if (!stream.isOpen || !stream.hasRoom) continue
        stream.add(watcher)
        return
      }
    }
    if (connection === undefined) watcher.sink.onInterrupted(link.unavailable())
    this.#waiting.add(watcher)
    this.#findStream()
  }

  /** Takes a watcher off its stream, for good or until it is added again. */
  remove(watcher: Watcher): void {
    this.#waiting.delete(watcher)
    if (this.#waiting.size === 0) this.#search?.abort()
    watcher.feed?.remove(watcher)
  }

  /** Ends the streams. The watchers must have been removed. */
  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#timer = undefined
    this.#waiting.clear()
    this.#search?.abort()
    for (const stream of [...this.#streams]) stream.end()
  }

  /** Finds a stream for all waiting watchers; one search at a time. */
  #findStream(): void {
    if (this.#search || this.#timer !== undefined || this.#closed || this.#waiting.size === 0) return
    const { clock } = this.#options
    const waitMs = this.#notBeforeMs - clock.monotonicMs()
    if (waitMs > 0) {
      this.#timer = clock.after(waitMs, () => {
        this.#timer = undefined
        this.#findStream()
      })
      return
    }
    const search = new AbortController()
    this.#search = search
    this.#openStream(search.signal).then(
      () => {
        this.#search = undefined
        this.#findStream()
      },
      (error: unknown) => {
        this.#search = undefined
        if (search.signal.aborted) this.#findStream()
        else this.#onNoStream(toWaypostError(error, { endpoint: undefined, effect: 'read' }))
      },
    )
  }

  async #openStream(signal: AbortSignal): Promise<void> {
    const { link, login, caller, clock, space, slices } = this.#options
    // Nobody waits with a deadline here: watches wait for the store as long as they live.
    const connection = await link.acquire(Number.POSITIVE_INFINITY, signal)
    await login.ensure()
    if (this.#closed || this.#waiting.size === 0) return
    const { generation } = login
    const reusable = [...this.#streams].find(
      (stream) =>
        stream.connection === connection && stream.generation === generation && stream.isOpen && stream.hasRoom,
    )
    const stream =
      reusable ??
      new WatchStream(connection, generation, caller.metadata(true), clock.monotonicMs(), space, slices, {
        onReceived: (events, revision) => {
          if (events > 0) this.#options.metrics?.watchEventsReceived?.(events)
          if (revision > this.#newestRevision) this.#newestRevision = revision
        },
        onCreated: (watchers, response) => this.#onCreated(watchers, response),
        onCancelled: (watchers, response) => this.#onCancelled(stream, watchers, response),
        onFull: (watcher) => {
          watcher.state = 'aside'
        },
        onEnd: (error, orphans) => this.#onStreamEnd(stream, error, orphans),
      })
    this.#streams.add(stream)
    // Those that lag come first, since the others can join them.
    for (const watcher of [...this.#waiting].sort(byNextRevision)) {
      if (!stream.hasRoom) break
      this.#waiting.delete(watcher)
      stream.add(watcher)
    }
  }

  /** No stream could be opened, for a reason that a new connection does not cure. */
  #onNoStream(error: WaypostError): void {
    if (this.#closed) return
    if (!error.retryable) {
      this.#endAll([...this.#waiting], error)
      return
    }
    this.#pauseBeforeNext()
    for (const watcher of this.#waiting) watcher.sink.onInterrupted(error)
    this.#findStream()
  }

  #onCreated(watchers: readonly Watcher[], { header }: WatchResponse): void {
    if (header === undefined) return
    const doubtful: Watcher[] = []
    for (const watcher of watchers) {
      const verdict = watcher.recognise(header)
      if (verdict === 'same') {
        this.#relogin.accepted()
        this.#relogins.delete(watcher)
        watcher.began(header)
        continue
      }
      watcher.feed?.remove(watcher)
      if (verdict === 'replaced') this.#end(watcher, watcher.replacedError(header))
      else doubtful.push(watcher)
    }
    if (doubtful.length > 0) this.#verify(doubtful)
  }

  /** Asks the whole cluster whether it is the store that the watchers, all of one range, know. */
  #verify(watchers: readonly Watcher[]): void {
    for (const watcher of watchers) watcher.state = 'pending'
    const [first] = watchers
    if (first === undefined) return
    // The watched range, because the user may read that; only the answer's header matters.
    const request = { ...rangeRequest(first.plan.range, {}), countOnly: true }
    this.#options.caller.call(KV.range, request, 'read').then(
      ({ header = noHeader }: RangeResponse) => {
        for (const watcher of watchers) {
          if (watcher.state !== 'pending' || this.#closed) continue
          if (watcher.isReplacedBy(header)) {
            this.#end(watcher, watcher.replacedError(header))
            continue
          }
          watcher.trustsMember = true
          this.add(watcher)
        }
      },
      () => {
        for (const watcher of watchers) if (watcher.state === 'pending' && !this.#closed) this.#addLater(watcher)
      },
    )
  }

  #onCancelled(stream: WatchStream, watchers: readonly Watcher[], response: WatchResponse): void {
    for (const watcher of watchers) {
      const cancellation = readCancellation(response, watcher.nextRevision, stream.connection.endpoint)
      if (cancellation.kind === 'later') this.#addLater(watcher)
      else if (cancellation.kind === 'over') this.#end(watcher, cancellation.error)
      else this.#onRefused(stream, watcher, cancellation.error)
    }
  }

  /** Tries again with a newer login than the one that was refused. */
  #onRefused(stream: WatchStream, watcher: Watcher, error: WaypostError): void {
    const relogin = this.#relogins.get(watcher) ?? new Relogin(this.#options.login)
    this.#relogins.set(watcher, relogin)
    watcher.state = 'pending'
    // Of a lack of permission it is not known whether the token is to blame: one login more decides.
    const limit = error.code === 'permission-denied' ? 1 : tokenRefusalLimit
    this.#afterLogin(
      relogin.refused({ generation: stream.generation, connection: stream.connection, error }, limit),
      [watcher],
      error,
      (isNew) => {
        if (isNew) this.add(watcher)
        else this.#addLater(watcher)
      },
    )
  }

  /**
   * Goes on when there is a new token, or when trying later may bring one. Otherwise ends those of the watchers that
   * still wait.
   */
  #afterLogin(
    login: Promise<boolean>,
    watchers: readonly Watcher[],
    refusal: WaypostError,
    goOn: (isNew: boolean) => void,
  ): void {
    const waiting = (): Watcher[] => (this.#closed ? [] : watchers.filter(({ state }) => state === 'pending'))
    login.then(
      (isNew) => {
        const left = waiting()
        if (left.length === 0) return
        if (isNew) goOn(true)
        else this.#endAll(left, refusal)
      },
      (cause: unknown) => {
        const left = waiting()
        if (left.length === 0) return
        const failure = toWaypostError(cause, { endpoint: undefined, effect: 'read' })
        if (failure.retryable) goOn(false)
        else this.#endAll(left, failure)
      },
    )
  }

  #onStreamEnd(stream: WatchStream, error: RpcError | undefined, orphans: Watcher[]): void {
    this.#streams.delete(stream)
    if (this.#closed || orphans.length === 0) return
    const { link, login, clock, logger } = this.#options
    const { endpoint } = stream.connection
    const why =
      error === undefined
        ? new WaypostError('unavailable', 'The store ended the watch stream.', { endpoint })
        : toWaypostError(error, { endpoint, effect: 'read' })
    const verdict = error === undefined ? 'again' : judge(error, 'read')
    const cannotLogIn = verdict === 'log-in' && !login.hasCredentials
    if (cannotLogIn || (verdict === 'give-up' && !why.retryable && !isInternal(error))) {
      this.#endAll(orphans, why)
      return
    }
    this.#options.metrics?.watchesInterrupted?.(orphans.length)
    logger?.debug(`watch stream at ${endpoint} ended: ${why.message}`)
    if (error !== undefined && isMemberUnfit(error)) link.leave(stream.connection, error)
    if (clock.monotonicMs() - stream.openedAtMs < shortLifeMs) this.#pauseBeforeNext()
    else this.#backoff.reset()
    for (const watcher of orphans) {
      watcher.state = 'pending'
      watcher.trustsMember = false
      this.#waiting.add(watcher)
      watcher.sink.onInterrupted(why)
    }
    if (verdict === 'log-in') {
      this.#afterLogin(
        this.#relogin.refused(
          { generation: stream.generation, connection: stream.connection, error: why },
          tokenRefusalLimit,
        ),
        orphans,
        why,
        () => this.#findStream(),
      )
    } else this.#findStream()
  }

  #addLater(watcher: Watcher): void {
    watcher.state = 'pending'
    this.#pauseBeforeNext()
    this.#waiting.add(watcher)
    this.#findStream()
  }

  #pauseBeforeNext(): void {
    this.#notBeforeMs = this.#options.clock.monotonicMs() + this.#backoff.nextMs()
  }

  #end(watcher: Watcher, error: WaypostError): void {
    this.#waiting.delete(watcher)
    watcher.state = 'ended'
    watcher.sink.onEnd(error)
  }

  #endAll(watchers: readonly Watcher[], error: WaypostError): void {
    for (const watcher of watchers) this.#end(watcher, error)
  }
}

const noHeader: ResponseHeader = Object.freeze({ clusterId: 0n, memberId: 0n, revision: 0n, raftTerm: 0n })

function byNextRevision(a: Watcher, b: Watcher): number {
  return a.nextRevision < b.nextRevision ? -1 : a.nextRevision > b.nextRevision ? 1 : 0
}

/** The stream broke in a way that says nothing about the watches on it. */
function isInternal(error: RpcError | undefined): boolean {
  return RpcError.is(error) && error.delivery === 'sent'
}
