import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '@waypost/core'
import { answerHttp } from './answer-http.ts'
import type { ResolvedServerOptions } from './server-options.ts'

/**
 * A request may go on for as long as it likes: bodies can be streams. Its headers must come soon, which node would no
 * longer see to by itself. Handlers see to bodies that should be short.
 */
const timeouts = { requestTimeout: 0, headersTimeout: 60_000 }

/** Requests of one connection that may wait for their answers; a client may send them without waiting itself. */
const maxPipelined = 1_000

/** Node's own HTTP/1.1 on connections that are handed over. It is loaded with the first of them. */
export class Http1 {
  readonly #options: ResolvedServerOptions
  readonly #unanswered = new WeakMap<Socket, number>()
  readonly #sockets = new Set<Socket>()
  #isDraining = false
  #onEmpty: (() => void) | undefined
  #server: Server | undefined

  constructor(options: ResolvedServerOptions) {
    this.#options = options
  }

  /** @param socket paused */
  serve(socket: Socket, seen: Buffer): void {
    this.#server ??= this.#start()
    this.#sockets.add(socket)
    socket.once('close', () => this.#left(socket))
    socket.unshift(seen)
    this.#server.emit('connection', socket)
    socket.resume()
  }

  /**
   * Serves the connections that there are, and tells each with its next answer that it is the last one. A client that has
   * just sent a request on a connection without one would not know, if it were closed, what became of that request.
   * Resolves when none is left, and after `timeoutMs`.
   */
  drain(timeoutMs: number, clock: Clock): Promise<void> {
    this.#isDraining = true
    return new Promise((resolve) => {
      if (this.#sockets.size === 0) {
        resolve()
        return
      }
      const timer = clock.after(timeoutMs, resolve)
      this.#onEmpty = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  /** Idle connections are closed, the others with their last answer. */
  close(): void {
    this.#server?.close()
  }

  destroy(): void {
    this.#server?.closeAllConnections()
  }

  #left(socket: Socket): void {
    this.#sockets.delete(socket)
    if (this.#sockets.size === 0) this.#onEmpty?.()
  }

  /** Counts the request until it is answered. False: there are too many, and the connection is closed. */
  #take(socket: Socket, response: ServerResponse): boolean {
    const unanswered = this.#unanswered.get(socket) ?? 0
    if (unanswered >= maxPipelined) {
      socket.destroy()
      return false
    }
    this.#unanswered.set(socket, unanswered + 1)
    response.once('close', () => this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 1) - 1))
    return true
  }

  #refuse(code: string | undefined, socket: Socket, refusal: NonNullable<ResolvedServerOptions['http1Refusal']>): void {
    // What is being answered would be mixed up with this.
    if (!socket.writable || code === 'ECONNRESET' || (this.#unanswered.get(socket) ?? 0) > 0) {
      socket.destroy()
      return
    }
    const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
    const { contentType, body } = refusal(status)
    const { STATUS_CODES } = process.getBuiltinModule('node:http')
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: ${contentType}\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }

  #start(): Server {
    const { createServer } = process.getBuiltinModule('node:http')
    const { maxHeaderBytes, http1Refusal } = this.#options
    const server = createServer({ ...timeouts, maxHeaderSize: maxHeaderBytes }, (request, response) => {
      if (!this.#take(request.socket, response)) return
      if (this.#isDraining) response.shouldKeepAlive = false
      if (this.#options.http1) void answerHttp(request, response, this.#options)
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('This port serves gRPC.\n')
    })
    if (http1Refusal !== undefined) {
      server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
        this.#refuse(error.code, socket, http1Refusal)
      })
    }
    // Starts node's own watch over slow clients, which otherwise begins when a server listens.
    server.emit('listening')
    return server
  }
}
