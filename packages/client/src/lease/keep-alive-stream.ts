import { Backoff, type Clock, type Timer, WaypostError } from '@waypost/core'
import type { RpcConnection, RpcError, RpcStream } from '@waypost/rpc/client'
import type { Caller } from '../link/caller.ts'
import { isMemberUnfit, judge, toWaypostError } from '../link/errors.ts'
import type { Link } from '../link/link.ts'
import type { Login } from '../link/login.ts'
import { Relogin } from '../link/relogin.ts'
import { type Renewal, type RenewalAnswer, type RenewalRequest, renewals } from './renewal.ts'
import { RenewalQueue } from './renewal-queue.ts'

/** A stream that ends sooner than this after it was opened counts as a failed attempt. */
const shortLifeMs = 1_000

/**
 * A renewal that has been waited for so long is sent again on another stream; then after twice the time, and so on,
 * in case the store is only slow, up to a share of the lease's life, in case it is not.
 */
const patienceMs = 1_000
const patienceShare = 1 / 5

/** How often in a row a new token may be refused before renewals fail. */
const streamRefusalLimit = 5

/** The one stream that renews every lease of the client. Renewals outlive it: they are sent again on the next one. */
export class KeepAliveStream {
  readonly #link: Link
  readonly #login: Login
  readonly #caller: Caller
  readonly #clock: Clock
  readonly #backoff = new Backoff({ initialMs: 50, maxMs: 1_000 })
  readonly #pending = new RenewalQueue()
  readonly #relogin: Relogin
  #stream: RpcStream<RenewalRequest> | undefined
  #connection: RpcConnection | undefined
  /** Ends the search for a connection when nothing is to be renewed any more; undefined when none runs. */
  #search: AbortController | undefined
  #openedAtMs = 0
  /** How often streams were given up since the last answer. */
  #givenUp = 0
  #generation = 0
  #notBeforeMs = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined
  #closed = false

  constructor(link: Link, login: Login, caller: Caller, clock: Clock) {
    this.#link = link
    this.#login = login
    this.#relogin = new Relogin(login)
    this.#caller = caller
    this.#clock = clock
    link.onLeave((connection) => {
      if (connection === this.#connection) this.#stream?.cancel()
    })
  }

  renew(renewal: Renewal): void {
    if (this.#closed) return
    this.#pending.add(renewal)
    if (this.#stream === undefined) this.#open()
    else this.#send(this.#stream, renewal)
  }

  /** Takes back a renewal that nobody wants any more. */
  abandon(renewal: Renewal): void {
    renewal.abandoned = true
    // One that was sent keeps its place, so that its answer is not taken for the next one's.
    if (renewal.sentAtMs === undefined) this.#pending.remove(renewal)
  }

  /**
   * A renewal is late: asks whether the peer is still there. It may be, and wait for a leader that is not: a member
   * handles the renewals of a stream one by one, so that all of them go to another stream.
   * @param ttlMs how long the lease lives
   */
  suspect(ttlMs: number): void {
    if (this.#connection === undefined) return
    this.#link.suspect(this.#connection)
    const sinceMs = this.#clock.monotonicMs() - this.#openedAtMs
    const longestMs = Math.max(patienceMs, ttlMs * patienceShare)
    if (sinceMs < Math.min(patienceMs * 2 ** this.#givenUp, longestMs)) return
    this.#givenUp += 1
    const stream = this.#stream
    this.#release()
    stream?.cancel()
    this.#open()
  }

  /** Why a renewal was not answered in time. */
  get lateError(): WaypostError {
    if (this.#link.current === undefined) return this.#link.unavailable()
    return new WaypostError('deadline-exceeded', 'The store did not answer the renewal of the lease in time.', {
      endpoint: this.#link.current.endpoint,
    })
  }

  /** Nothing has to be renewed: lets go of the stream until something has. */
  rest(): void {
    this.#pending.clear()
    this.#search?.abort()
    this.#timer?.cancel()
    this.#timer = undefined
    const stream = this.#stream
    this.#stream = undefined
    this.#connection = undefined
    stream?.cancel()
  }

  close(): void {
    this.#closed = true
    this.rest()
  }

  #send(stream: RpcStream<RenewalRequest>, renewal: Renewal): void {
    renewal.sentAtMs = this.#clock.monotonicMs()
    stream.send(renewal.request)
  }

  #open(): void {
    if (this.#search || this.#timer !== undefined || this.#closed || this.#pending.isEmpty) return
    const waitMs = this.#notBeforeMs - this.#clock.monotonicMs()
    if (waitMs > 0) {
      this.#timer = this.#clock.after(waitMs, () => {
        this.#timer = undefined
        this.#open()
      })
      return
    }
    const search = new AbortController()
    this.#search = search
    this.#connect(search.signal).then(
      () => {
        this.#search = undefined
        if (this.#stream === undefined) this.#open()
      },
      (error: unknown) => {
        this.#search = undefined
        if (search.signal.aborted) this.#open()
        else this.#onFailure(toWaypostError(error, { endpoint: undefined, effect: 'read' }))
      },
    )
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const connection = await this.#link.acquire(Number.POSITIVE_INFINITY, signal)
    await this.#login.ensure()
    if (this.#closed || this.#pending.isEmpty) return
    this.#generation = this.#login.generation
    this.#openedAtMs = this.#clock.monotonicMs()
    const stream: RpcStream<RenewalRequest> = connection.stream(
      renewals,
      {
        onMessage: (answer) => {
          if (this.#stream === stream) this.#onAnswer(answer)
        },
        onEnd: (error) => {
          if (this.#stream === stream) this.#onEnd(connection, error)
        },
      },
      { metadata: this.#caller.metadata(true) },
    )
    this.#stream = stream
    this.#connection = connection
    for (const renewal of this.#pending) this.#send(stream, renewal)
  }

  #onAnswer({ id, ttlSeconds }: RenewalAnswer): void {
    this.#givenUp = 0
    this.#relogin.accepted()
    const renewal = this.#pending.take(id)
    if (renewal?.sentAtMs !== undefined && !renewal.abandoned) renewal.onAnswer(ttlSeconds, renewal.sentAtMs)
  }

  /** Lets go of the stream; what waits for an answer on it waits for the next one. */
  #release(): void {
    this.#stream = undefined
    this.#connection = undefined
    for (const renewal of this.#pending.clear()) {
      renewal.sentAtMs = undefined
      if (!renewal.abandoned) this.#pending.add(renewal)
    }
  }

  #onEnd(connection: RpcConnection, error: RpcError | undefined): void {
    this.#release()
    if (this.#clock.monotonicMs() - this.#openedAtMs < shortLifeMs) this.#pause()
    else this.#backoff.reset()
    const verdict = error === undefined ? 'again' : judge(error, 'read')
    if (error !== undefined && verdict !== 'again') {
      const failure = toWaypostError(error, { endpoint: connection.endpoint, effect: 'read' })
      if (verdict === 'log-in') this.#onRefused(connection, failure)
      else this.#onFailure(failure)
      return
    }
    if (error !== undefined && isMemberUnfit(error)) this.#link.leave(connection, error)
    this.#open()
  }

  #onRefused(connection: RpcConnection, failure: WaypostError): void {
    this.#relogin.refused({ generation: this.#generation, connection, error: failure }, streamRefusalLimit).then(
      (isNew) => {
        if (isNew) this.#open()
        else this.#onFailure(failure)
      },
      (error: unknown) => this.#onFailure(toWaypostError(error, { endpoint: connection.endpoint, effect: 'read' })),
    )
  }

  /** What waiting may cure is waited for: a lease is lost by its time, not by an error. */
  #onFailure(error: WaypostError): void {
    if (this.#closed) return
    if (!error.retryable) {
      for (const renewal of this.#pending.clear()) if (!renewal.abandoned) renewal.onError(error)
    }
    this.#pause()
    this.#open()
  }

  #pause(): void {
    this.#notBeforeMs = this.#clock.monotonicMs() + this.#backoff.nextMs()
  }
}
