import type { Socket } from 'node:net'
import type { Clock, Timer } from '@waypost/core'
import type { ClosedConnection } from '../../proxy/gateway-core.ts'
import type { ClientConnection } from '../client-connection.ts'
import { type ConnectionOwner, type ConnectionSettings, Http1Connection } from './connection.ts'
import type { Http1Downstream } from './downstream.ts'
import type { RequestHead } from './request-head.ts'

/** Who takes what comes on the connections. */
export interface RequestTaker {
  request(downstream: Http1Downstream): void
  upgrade(connection: ClientConnection, head: RequestHead, socket: Socket, first: Buffer): void
  /** A request that cannot be read is being refused. Returns its id. */
  refused(connection: ClientConnection, status: number, durationMs: number): string
  /** A connection is being closed without an answer. */
  unread(reason: ClosedConnection): void
}

/** HTTP/1.1 and HTTP/1.0 on connections that were accepted elsewhere. */
export class Http1Server implements ConnectionOwner {
  readonly settings: ConnectionSettings
  readonly keepAliveLines: string
  readonly #taker: RequestTaker
  readonly #clock: Clock
  readonly #connections = new Set<Http1Connection>()
  readonly #checkMs: number
  #timer: Timer | undefined

  constructor(settings: ConnectionSettings, taker: RequestTaker, clock: Clock) {
    this.settings = settings
    const seconds = Math.floor(settings.keepAliveMs / 1_000)
    this.keepAliveLines = `connection: keep-alive\r\nkeep-alive: timeout=${seconds}\r\n\r\n`
    this.#taker = taker
    this.#clock = clock
    this.#checkMs = Math.min(1_000, Math.max(50, settings.headersTimeoutMs / 4))
  }

  accept(client: ClientConnection, socket: Socket): void {
    const connection = new Http1Connection(this, client, socket)
    this.#connections.add(connection)
    if (this.#timer === undefined) this.#arm()
    connection.start()
  }

  /** Closes connections without a request. */
  closeIdle(): void {
    for (const connection of this.#connections) if (connection.isIdle) connection.destroy()
  }

  /** Ends all connections at once. */
  destroy(): void {
    this.#timer?.cancel()
    for (const connection of this.#connections) connection.destroy()
  }

  now(): number {
    return this.#clock.monotonicMs()
  }

  begin(downstream: Http1Downstream): void {
    this.#taker.request(downstream)
  }

  upgrade(connection: ClientConnection, head: RequestHead, socket: Socket, first: Buffer): void {
    this.#taker.upgrade(connection, head, socket, first)
  }

  refused(connection: ClientConnection, status: number, durationMs: number): string {
    return this.#taker.refused(connection, status, durationMs)
  }

  unread(reason: ClosedConnection): void {
    this.#taker.unread(reason)
  }

  closed(connection: Http1Connection): void {
    this.#connections.delete(connection)
  }

  #arm(): void {
    this.#timer = this.#clock.after(this.#checkMs, () => this.#check(), { ref: false })
  }

  /** One timer for all connections: one for each would cost every request. */
  #check(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const connection of this.#connections) connection.check(nowMs)
    if (this.#connections.size > 0) this.#arm()
    else this.#timer = undefined
  }
}
