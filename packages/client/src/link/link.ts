import { Backoff, type Clock, Listeners, type Timer, WaypostError } from '@waypost/core'
import { RpcConnection, type RpcError } from '@waypost/rpc/client'
import type { EtcdLogger } from '../telemetry/logger.ts'
import type { EtcdMetrics } from '../telemetry/metrics.ts'
import { isRefused } from './connect-failure.ts'
import { type Dialling, dial } from './dial.ts'
import { parseEndpoints } from './endpoints.ts'
import { toWaypostError } from './errors.ts'
import type { Outage } from './outage.ts'
import type { LinkStatus } from './status.ts'
import { StatusBoard } from './status-board.ts'
import { harmlessPingMs, Suspicion } from './suspicion.ts'
import type { TlsSource } from './tls-material.ts'
import { Waiters } from './waiters.ts'

export interface LinkOptions {
  readonly endpoints: readonly string[]
  readonly tls: TlsSource | undefined
  readonly connectTimeoutMs: number
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  readonly clock: Clock
  readonly logger: EtcdLogger | undefined
  readonly metrics?: EtcdMetrics | undefined
  /** Called when the store is lost and when it is back. */
  readonly outage?: Outage | undefined
}

/** A connection that is lost sooner than this after it was made counts as a failed attempt. */
const shortLifeMs = 1_000

/**
 * The client's one connection in use: made when somebody asks for it, and again, at this or another endpoint,
 * when it is lost. Nothing reconnects while nobody asks.
 */
export class Link {
  readonly #options: LinkOptions
  readonly #backoff = new Backoff({ initialMs: 100, maxMs: 1_000 })
  readonly #waiters: Waiters
  readonly #board: StatusBoard
  /** Every connection that is not closed yet: the one in use, and those that drain. */
  readonly #open = new Set<RpcConnection>()
  readonly #readyListeners = new Listeners()
  readonly #leaveListeners = new Listeners<[connection: RpcConnection]>()
  readonly #suspicion: Suspicion<RpcConnection>
  #endpoints: readonly string[]
  /** Tried when none of `#endpoints` can be reached. */
  #lastResort: readonly string[] = []
  #current: RpcConnection | undefined
  /** Where the next round of attempts begins in the list of endpoints. */
  #first: number
  #dialling: Dialling | undefined
  #retryTimer: Timer | undefined
  /** After a failure: when the next round of attempts may begin. */
  #notBeforeMs = Number.NEGATIVE_INFINITY
  #wasReady = false
  #closed = false

  constructor(options: LinkOptions) {
    this.#options = options
    this.#endpoints = options.endpoints
    this.#waiters = new Waiters(options.clock, () => this.#rest())
    this.#board = new StatusBoard(options.clock)
    const { clock, pingIntervalMs, pingTimeoutMs } = options
    this.#suspicion = new Suspicion({
      clock,
      intervalMs: pingIntervalMs,
      timeoutMs: pingTimeoutMs,
      onSilent: (connection, error) => this.leave(connection, error),
    })
    // So that many clients do not all choose the same member.
    this.#first = Math.floor(Math.random() * options.endpoints.length)
  }

  /** The connection in use, if it takes calls at this moment. */
  get current(): RpcConnection | undefined {
    const current = this.#current
    return current !== undefined && current.state === 'ready' ? current : undefined
  }

  get endpoints(): readonly string[] {
    return this.#endpoints
  }

  /**
   * Replaces the endpoints. When the one in use is no longer among them, its connection ends once it has answered
   * what it was asked, and everything else moves at once.
   */
  setEndpoints(endpoints: readonly string[], lastResort: readonly string[] = []): void {
    const wasConnecting = this.#dialling !== undefined || this.#retryTimer !== undefined
    this.#endpoints = endpoints
    this.#lastResort = lastResort.filter((endpoint) => !endpoints.includes(endpoint))
    const current = this.#current
    const position = current === undefined ? -1 : endpoints.indexOf(current.endpoint)
    this.#first = position >= 0 ? position : Math.floor(Math.random() * endpoints.length)
    this.#notBeforeMs = Number.NEGATIVE_INFINITY
    if (current !== undefined && position < 0) {
      this.#options.logger?.debug(`leaving ${current.endpoint}: it is no longer one of the endpoints`)
      this.#part(current, undefined)
    } else if (wasConnecting) {
      // Those that were tried may be wrong.
      this.#stopDialling()
      this.#dial()
    }
  }

  /** Calls `listener` when a connection that still works is left for another: streams on it should move. */
  onLeave(listener: (connection: RpcConnection) => void): void {
    this.#leaveListeners.add(listener)
  }

  /** Calls `listener` whenever there is a new connection. */
  onReady(listener: () => void): void {
    this.#readyListeners.add(listener)
  }

  get status(): LinkStatus {
    return this.#board.current
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * The connection in use, as soon as there is one.
   * Fails with `unavailable` at the deadline, with `aborted`, or with `closed`.
   * @param deadlineMs on the clock's monotonic scale; Infinity waits forever
   */
  acquire(deadlineMs: number, signal?: AbortSignal): Promise<RpcConnection> {
    const current = this.current
    if (current) return Promise.resolve(current)
    if (this.#closed) return Promise.reject(closedError())
    const connection = this.#waiters.wait(deadlineMs, signal, () => this.unavailable())
    this.#dial()
    return connection
  }

  /** A member answered that it cannot serve: the next call goes to another one, if there is one. */
  leave(connection: RpcConnection, why: RpcError): void {
    if (this.#current !== connection || this.#endpoints.length < 2) return
    this.#options.logger?.debug(`leaving ${connection.endpoint}: ${why.message}`)
    this.#part(connection, toWaypostError(why, { endpoint: connection.endpoint, effect: 'read' }))
  }

  /**
   * Somebody waits too long for an answer: asks the peer whether it is there. If it does not say so soon, the link
   * moves to another endpoint, if there is one; if it does not say so at all, the connection ends.
   */
  suspect(connection: RpcConnection): void {
    this.#suspicion.suspect(connection)
  }

  /** A connection to one endpoint, for a question that only that member can answer. The caller closes it. */
  openTo(endpoint: string): RpcConnection {
    return this.#make(endpoint, this.#options.pingIntervalMs === 0 ? 0 : harmlessPingMs)
  }

  #make(endpoint: string, pingIntervalMs: number): RpcConnection {
    const { tls, connectTimeoutMs, pingTimeoutMs, clock } = this.#options
    const connection = new RpcConnection(endpoint, { tls, connectTimeoutMs, pingIntervalMs, pingTimeoutMs, clock })
    this.#open.add(connection)
    connection.closed.then(() => this.#open.delete(connection))
    return connection
  }

  /** An endpoint as this client would write it. */
  parse(endpoint: string): string {
    const [parsed] = parseEndpoints(endpoint, this.#options.tls !== undefined)
    return parsed ?? endpoint
  }

  /** The status now and whenever it changes; who is slow gets the newest. */
  statuses(): AsyncIterableIterator<LinkStatus> {
    return this.#board.follow()
  }

  /** Ends every connection: gently, so that running calls get their answers, then within `graceMs` at once. */
  async close(graceMs: number): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      this.#options.outage?.close()
      this.#board.set('closed', this.status.endpoint, undefined)
      this.#board.end()
      this.#waiters.refuse(closedError)
      this.#rest()
    }
    const open = [...this.#open]
    const timer = this.#options.clock.after(graceMs, () => {
      for (const connection of open) connection.destroy()
    })
    await Promise.all(open.map((connection) => connection.close()))
    timer.cancel()
  }

  #part(connection: RpcConnection, why: WaypostError | undefined): void {
    this.#drop(connection, why)
    connection.close().catch(() => {})
    this.#leaveListeners.tell(connection)
  }

  #dial(): void {
    if (this.#dialling || this.#retryTimer || this.#closed || this.#waiters.isEmpty) return
    const { clock } = this.#options
    const endpoints = this.#endpoints
    const waitMs = this.#notBeforeMs - clock.monotonicMs()
    if (waitMs > 0) {
      this.#retryTimer = clock.after(waitMs, () => {
        this.#retryTimer = undefined
        this.#dial()
      })
      return
    }
    if (this.status.state !== 'connecting') this.#board.set('connecting', this.status.endpoint, this.status.error)
    const order = [...endpoints.slice(this.#first), ...endpoints.slice(0, this.#first), ...this.#lastResort]
    // Whether the one in use is still there is asked by `Suspicion`, and by nobody besides.
    const dialling = dial(order, (endpoint) => this.#make(endpoint, 0), clock)
    this.#dialling = dialling
    dialling.connection.then(
      (connection) => {
        if (this.#dialling !== dialling) return
        this.#dialling = undefined
        this.#adopt(connection)
      },
      (error: unknown) => {
        if (this.#dialling !== dialling) return
        this.#dialling = undefined
        this.#notBeforeMs = clock.monotonicMs() + this.#backoff.nextMs()
        const failure = toWaypostError(error, { endpoint: undefined, effect: 'read' })
        this.#board.set('connecting', this.status.endpoint, failure)
        this.#options.logger?.debug(`no endpoint could be reached: ${failure.message}`)
        this.#options.outage?.failed(failure)
        this.#dial()
      },
    )
  }

  /** Nobody asks any more. */
  #rest(): void {
    this.#stopDialling()
    this.#options.outage?.rest()
    if (this.status.state === 'connecting') this.#board.set('idle', this.status.endpoint, this.status.error)
  }

  #stopDialling(): void {
    this.#retryTimer?.cancel()
    this.#retryTimer = undefined
    const dialling = this.#dialling
    this.#dialling = undefined
    dialling?.cancel()
  }

  #adopt(connection: RpcConnection): void {
    const { clock, logger } = this.#options
    const readyAtMs = clock.monotonicMs()
    this.#current = connection
    this.#suspicion.guard(connection)
    this.#first = Math.max(0, this.#endpoints.indexOf(connection.endpoint))
    this.#board.set('ready', connection.endpoint, undefined)
    this.#wasReady = true
    this.#options.outage?.connected(connection.endpoint)
    logger?.debug(`connected to ${connection.endpoint}`)
    this.#options.metrics?.connected?.()
    connection.closed.then((error) => {
      const nowMs = clock.monotonicMs()
      if (nowMs - readyAtMs < shortLifeMs) this.#notBeforeMs = nowMs + this.#backoff.nextMs()
      else this.#backoff.reset()
      this.#drop(connection, error && toWaypostError(error, { endpoint: connection.endpoint, effect: 'read' }))
    })
    this.#waiters.serve(connection)
    this.#readyListeners.tell()
  }

  #drop(connection: RpcConnection, error: WaypostError | undefined): void {
    if (this.#current !== connection) return
    this.#current = undefined
    this.#suspicion.rest()
    if (this.#closed) return
    const { logger } = this.#options
    if (this.#endpoints[this.#first] === connection.endpoint) this.#first = (this.#first + 1) % this.#endpoints.length
    if (error) {
      logger?.debug(error.message)
      this.#options.outage?.lost()
      this.#options.metrics?.disconnected?.()
    }
    this.#board.set('idle', connection.endpoint, error)
    if (!this.#waiters.isEmpty) this.#dial()
  }

  /** What to say when no store can be reached. */
  unavailable(): WaypostError {
    const endpoints = this.#endpoints
    const [first = ''] = endpoints
    const { error } = this.status
    let reason = error?.message ?? 'no answer within the deadline'
    if (endpoints.length === 1) reason = reason.replace(`cannot connect to ${first}: `, '')
    const isAbsent = !this.#wasReady && isRefused(error) && endpoints.every(isLoopback)
    const hint = isAbsent ? ' `waypost serve` starts one.' : ''
    const stop = hint !== '' && !/[.?]$/.test(reason) ? '.' : ''
    return new WaypostError(
      'unavailable',
      `No store could be reached at ${endpoints.join(', ')}: ${reason}${stop}${hint}`,
      { cause: error?.cause, endpoint: endpoints.length === 1 ? first : undefined },
    )
  }
}

function isLoopback(endpoint: string): boolean {
  return /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\]):/.test(endpoint)
}

export function closedError(message = 'The client is closed.'): WaypostError {
  return new WaypostError('closed', message)
}
