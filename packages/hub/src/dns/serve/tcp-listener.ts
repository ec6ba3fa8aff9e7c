import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock, Timer } from '@waypost/core'
import type { Answers, Bound } from './answers.ts'
import { TcpConnection } from './tcp-connection.ts'

const maxConnections = 1_024
/** RFC 7766 6.2.3: in the order of seconds. */
const defaultIdleMs = 10_000

export interface TcpListenerParts {
  readonly answers: Answers
  readonly clock: Clock
  readonly idleMs?: number | undefined
}

/** Questions over TCP (RFC 7766). */
export class TcpListener {
  readonly #parts: TcpListenerParts
  readonly #idleMs: number
  readonly #server: Server
  /** The one that has been idle for longest comes first. */
  readonly #connections = new Map<Socket, TcpConnection>()
  #sweep: Timer | undefined

  constructor(parts: TcpListenerParts) {
    this.#parts = parts
    this.#idleMs = parts.idleMs ?? defaultIdleMs
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
  }

  get connections(): number {
    return this.#connections.size
  }

  /** Fails as the system refuses. Returns the port. */
  async listen({ host, port }: Bound): Promise<number> {
    this.#server.listen(port, host)
    await once(this.#server, 'listening')
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  async close(): Promise<void> {
    this.#sweep?.cancel()
    this.#sweep = undefined
    for (const connection of this.#connections.values()) connection.destroy()
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= maxConnections) {
      const [longestIdle] = this.#connections.values()
      longestIdle?.destroy()
    }
    const { answers, clock } = this.#parts
    const connection = new TcpConnection(socket, answers, {
      onActive: () => {
        connection.activeMs = clock.monotonicMs()
        this.#connections.delete(socket)
        this.#connections.set(socket, connection)
      },
      onClosed: () => this.#connections.delete(socket),
    })
    connection.activeMs = clock.monotonicMs()
    this.#connections.set(socket, connection)
    if (this.#sweep === undefined) this.#sweepLater()
  }

  #sweepLater(): void {
    this.#sweep = this.#parts.clock.after(
      this.#idleMs / 4,
      () => {
        this.#sweep = undefined
        const limitMs = this.#parts.clock.monotonicMs() - this.#idleMs
        for (const connection of this.#connections.values()) {
          if (connection.activeMs > limitMs) break
          connection.destroy()
        }
        if (this.#connections.size > 0) this.#sweepLater()
      },
      { ref: false },
    )
  }
}
