import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Clock } from '@waypost/core'
import { isKnownEncoding } from '../compression.ts'
import type { Deadlines } from '../deadlines.ts'
import { Keepalive } from '../keepalive.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { Exchange } from './exchange.ts'
import { answerPlainHttp, isGrpcRequest } from './not-grpc.ts'
import { RefusedCall } from './refused-call.ts'
import type { Routes } from './routes.ts'
import type { ResolvedServerOptions, UnaryInterceptor } from './server-options.ts'
import { UnaryCall, type UnaryHost } from './unary-call.ts'

/** Bytes of unary answers that may wait for one client to read them before its further calls wait too. */
const maxUnsentBytes = 32 * 1024 * 1024

/** What the server may receive before it is read: on one stream, and on all of a connection together. */
export const streamWindowBytes = 1024 * 1024
const connectionWindowBytes = 8 * 1024 * 1024

/** The calls of one HTTP/2 connection. */
export class Session implements UnaryHost {
  readonly maxReceiveBytes: number
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly unaryInterceptor: UnaryInterceptor | undefined
  readonly #session: ServerHttp2Session
  readonly #socket: Socket
  readonly #routes: Routes
  readonly #options: ResolvedServerOptions
  readonly #keepalive: Keepalive
  /** Calls that have not ended, and whose end a graceful close waits for. */
  readonly #exchanges = new Set<Exchange>()
  /** Unary calls that wait because the client does not read the answers of earlier ones. */
  readonly #held: UnaryCall[] = []
  #unsentBytes = 0
  #received = 0
  #peer: string | undefined

  constructor(
    session: ServerHttp2Session,
    socket: Socket,
    routes: Routes,
    options: ResolvedServerOptions,
    deadlines: Deadlines,
  ) {
    this.#session = session
    this.#socket = socket
    this.#routes = routes
    this.#options = options
    this.deadlines = deadlines
    this.clock = options.clock
    this.maxReceiveBytes = options.maxReceiveBytes
    this.unaryInterceptor = options.unaryInterceptor
    this.#keepalive = new Keepalive({
      clock: options.clock,
      intervalMs: options.pingIntervalMs,
      timeoutMs: options.pingTimeoutMs,
      received: () => this.#received,
      isNeeded: () => true,
      ping: () => this.#ping(),
      onSilence: () => this.destroy(),
    })
    session.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) =>
        this.#dispatch(stream, headers, rawHeaders),
    )
    // A client that breaks the protocol is its own affair: its session ends.
    session.on('error', () => this.destroy())
    session.on('close', () => this.#keepalive.stop())
    session.setLocalWindowSize(connectionWindowBytes)
  }

  get peer(): string {
    this.#peer ??= `${this.#socket.remoteAddress ?? ''}:${this.#socket.remotePort ?? ''}`
    return this.#peer
  }

  get tlsCommonName(): string | undefined {
    if (!(this.#socket instanceof TLSSocket) || !this.#socket.authorized) return undefined
    const name = this.#socket.getPeerCertificate().subject?.CN
    return typeof name === 'string' ? name : name?.[0]
  }

  sawTraffic(): void {
    this.#received += 1
  }

  onInternalError(error: unknown, path: string): void {
    this.#options.onInternalError(error, path)
  }

  exchangeClosed(exchange: Exchange): void {
    this.#exchanges.delete(exchange)
  }

  mustWait(call: UnaryCall): boolean {
    if (this.#unsentBytes < maxUnsentBytes) return false
    this.#held.push(call)
    return true
  }

  addUnsentBytes(bytes: number): void {
    this.#unsentBytes += bytes
    while (this.#held.length > 0 && this.#unsentBytes < maxUnsentBytes) this.#held.shift()?.begin()
  }

  /** Takes no new calls, ends streams, and lets unary calls finish. */
  close(): void {
    this.#session.close()
    for (const exchange of this.#exchanges) {
      if (!(exchange instanceof UnaryCall)) {
        exchange.fail(new RpcError(StatusCode.UNAVAILABLE, 'the server is shutting down'))
      }
    }
  }

  destroy(): void {
    this.#session.destroy()
    // Node waits for what is still to be written, for ever if the peer does not read.
    setImmediate(() => this.#socket.destroy())
  }

  #dispatch(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]): void {
    this.#received += 1
    if (stream.destroyed) return
    if (!isGrpcRequest(headers)) {
      answerPlainHttp(stream, headers, rawHeaders, this.#options)
      return
    }
    const path = headers[':path'] ?? ''
    const encoding = headers['grpc-encoding']
    if (typeof encoding === 'string' && !isKnownEncoding(encoding)) {
      this.#refuse(stream, headers, path, unknownEncoding(encoding))
      return
    }
    const route = this.#routes.find(path)
    if (route === undefined) {
      this.#refuse(stream, headers, path, this.#routes.missing(path))
      return
    }
    if (route.kind === 'stream') {
      const exchange = route.open(this, stream, headers)
      if (!stream.destroyed) this.#exchanges.add(exchange)
      return
    }
    const call = new UnaryCall(this, stream, headers, route)
    this.#exchanges.add(call)
    call.begin()
  }

  #refuse(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, path: string, error: RpcError): void {
    new RefusedCall(this, stream, headers, path).fail(error)
  }

  #ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#session.destroyed) reject(new Error('the session is gone'))
      else this.#session.ping((error) => (error ? reject(error) : resolve()))
    })
  }
}

function unknownEncoding(encoding: string): RpcError {
  return new RpcError(
    StatusCode.UNIMPLEMENTED,
    `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`,
  )
}
