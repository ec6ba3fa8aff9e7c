import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '@waypost/core'
import { isKnownEncoding } from '../compression.ts'
import type { Deadlines } from '../deadlines.ts'
import { ErrorCode, type Http2Error } from '../http2/error-code.ts'
import type { Handover } from '../http2/first-bytes.ts'
import type { HeaderList } from '../http2/header-list.ts'
import { ServerSession, type ServerSessionHandler } from '../http2/server-session.ts'
import type { Http2Stream } from '../http2/stream.ts'
import { Keepalive } from '../keepalive.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { errorTrailers, notGrpcHeaders, trailersOnly } from './answer-headers.ts'
import type { Exchange } from './exchange.ts'
import type { InputAccount } from './input-budget.ts'
import { RequestHead } from './request-head.ts'
import type { Routes } from './routes.ts'
import type { ResolvedServerOptions, UnaryInterceptor } from './server-options.ts'
import { ServerUnaryCall, type UnaryHost } from './unary-call.ts'

/** Bytes of unary answers that may wait for one client to read them before its further calls wait too. */
const maxUnsentBytes = 32 * 1024 * 1024

/** What the server may receive before it is read: on one stream, and on all of a connection together. */
export const streamWindowBytes = 1024 * 1024
const connectionWindowBytes = 16 * 1024 * 1024

/** The largest frame that the server takes. */
export const maxFrameBytes = 256 * 1024

export interface SessionOwner {
  readonly routes: Routes
  readonly options: ResolvedServerOptions
  readonly deadlines: Deadlines
  sessionClosed(session: Session): void
  /** The connection's first request is not gRPC. */
  handOver(socket: Socket, handover: Handover): void
}

/** The calls of one HTTP/2 connection. */
export class Session implements UnaryHost, ServerSessionHandler {
  readonly maxReceiveBytes: number
  readonly requestTimeoutMs: number
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly unaryInterceptor: UnaryInterceptor | undefined
  readonly #owner: SessionOwner
  readonly #socket: Socket
  readonly #routes: Routes
  readonly #options: ResolvedServerOptions
  readonly #session: ServerSession
  readonly #keepalive: Keepalive
  /** Streaming calls that have not ended: they would not end by themselves when the server closes. */
  readonly #streaming = new Set<Exchange>()
  /** Unary calls that wait because the client does not read the answers of earlier ones. */
  readonly #waiting = new Set<ServerUnaryCall>()
  /** Unary calls of the input that is being handled: most are complete before it ends. */
  #fresh: ServerUnaryCall[] = []
  #unsentBytes = 0
  readonly #input: InputAccount
  #sawRequest = false
  #peer: string | undefined

  /** @param seen what was received already */
  constructor(socket: Socket, owner: SessionOwner, seen: Buffer) {
    const { options } = owner
    this.#owner = owner
    this.#socket = socket
    this.#routes = owner.routes
    this.#options = options
    this.deadlines = owner.deadlines
    this.clock = options.clock
    this.maxReceiveBytes = options.maxReceiveBytes
    this.requestTimeoutMs = options.requestTimeoutMs
    this.#input = options.inputBudget.open(() => this.#cutOff())
    this.unaryInterceptor = options.unaryInterceptor
    socket.setKeepAlive(true, 30_000)
    const session = new ServerSession(socket, this, {
      maxConcurrentStreams: options.maxConcurrentStreams,
      maxHeaderBytes: options.maxHeaderBytes,
      maxFrameBytes,
      streamWindowBytes,
      connectionWindowBytes,
      settingsTimeoutMs: options.prefaceTimeoutMs,
      frameTimeoutMs: options.requestTimeoutMs,
      clock: options.clock,
      keepFirstBytes: options.http1 !== undefined,
    })
    this.#session = session
    this.#keepalive = new Keepalive({
      clock: options.clock,
      intervalMs: options.pingIntervalMs,
      timeoutMs: options.pingTimeoutMs,
      received: () => session.receivedChunks,
      isNeeded: () => true,
      ping: () => new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve()))),
      onSilence: () => {
        options.onConnectionEnd({ kind: 'silent', peer: this.peer, reason: 'no answer to a ping' })
        this.destroy()
      },
    })
    session.receive(seen)
  }

  get isOpen(): boolean {
    return !this.#session.isOver
  }

  get peer(): string {
    this.#peer ??= `${this.#socket.remoteAddress ?? ''}:${this.#socket.remotePort ?? ''}`
    return this.#peer
  }

  get tlsCommonName(): string | undefined {
    if (!isTls(this.#socket) || !this.#socket.authorized) return undefined
    const name = this.#socket.getPeerCertificate().subject?.CN
    return typeof name === 'string' ? name : name?.[0]
  }

  onInternalError(error: unknown, path: string): void {
    this.#options.onInternalError(error, path)
  }

  exchangeClosed(exchange: Exchange): void {
    this.#input.add(-exchange.costBytes)
    if (!(exchange instanceof ServerUnaryCall)) this.#streaming.delete(exchange)
  }

  addHeldBytes(bytes: number): boolean {
    return this.#input.add(bytes)
  }

  mustWait(call: ServerUnaryCall): boolean {
    if (this.#unsentBytes < maxUnsentBytes) return false
    this.#waiting.add(call)
    return true
  }

  stopWaiting(call: ServerUnaryCall): void {
    this.#waiting.delete(call)
  }

  addUnsentBytes(bytes: number): void {
    this.#unsentBytes += bytes
    for (const call of this.#waiting) {
      if (this.#unsentBytes >= maxUnsentBytes) return
      this.#waiting.delete(call)
      call.begin()
    }
  }

  /** Takes no new calls, ends streams, and lets unary calls finish. */
  close(): void {
    this.#session.close()
    for (const exchange of [...this.#streaming]) {
      exchange.fail(new RpcError(StatusCode.UNAVAILABLE, 'the server is shutting down'))
    }
  }

  destroy(): void {
    this.#session.destroy()
  }

  onStream(stream: Http2Stream, headers: HeaderList): void {
    const head = RequestHead.of(headers)
    if (!head.isGrpc) {
      this.#takePlainRequest(stream)
      return
    }
    this.#sawRequest = true
    const { encoding, path } = head
    if (encoding !== undefined && !isKnownEncoding(encoding)) {
      this.#refuse(stream, path, unknownEncoding(encoding))
      return
    }
    const route = this.#routes.find(path)
    if (route === undefined) {
      this.#refuse(stream, path, this.#routes.missing(path))
    } else if (!this.#input.add(head.costBytes)) {
      this.#input.add(-head.costBytes)
      this.#refuse(stream, path, new RpcError(StatusCode.RESOURCE_EXHAUSTED, 'grpc: too many calls are open'))
    } else if (route.kind === 'unary') {
      const call = new ServerUnaryCall(this, stream, head, route)
      if (stream.remoteEnded) call.endWithoutMessage()
      else this.#fresh.push(call)
    } else {
      const exchange = route.open(this, stream, head)
      if (!stream.isClosed) this.#streaming.add(exchange)
    }
  }

  onInputHandled(): void {
    if (this.#fresh.length === 0) return
    const calls = this.#fresh
    this.#fresh = []
    for (const call of calls) call.awaitMessage()
  }

  onClose(reason: Http2Error | undefined): void {
    this.#keepalive.stop()
    this.#input.close()
    if (reason !== undefined && isPeersFault(reason))
      this.#options.onConnectionEnd({ kind: 'protocol-error', peer: this.peer, reason: reason.message })
    if (reason?.code === ErrorCode.internalError && reason.cause !== undefined) this.onInternalError(reason.cause, '')
    this.#owner.sessionClosed(this)
  }

  #takePlainRequest(stream: Http2Stream): void {
    if (this.#sawRequest || this.#options.http1 === undefined) {
      this.#sawRequest = true
      stream.sendHeaders(notGrpcHeaders, true)
      return
    }
    this.#keepalive.stop()
    this.#input.close()
    const handover = this.#session.detach()
    this.#owner.sessionClosed(this)
    this.#owner.handOver(this.#socket, handover)
  }

  /** The client holds the most while all clients together hold too much. */
  #cutOff(): void {
    this.#options.onConnectionEnd({ kind: 'too-much', peer: this.peer, reason: 'too much is not complete' })
    this.#session.destroy(ErrorCode.enhanceYourCalm, 'too much of what was sent is not complete')
  }

  #refuse(stream: Http2Stream, path: string, error: RpcError): void {
    stream.sendHeaders(trailersOnly(errorTrailers(error, (defect) => this.onInternalError(defect, path))), true)
  }
}

/** Whether the connection was ended because of what the client sent, and not because it ended, or by the server. */
function isPeersFault({ code, byPeer }: Http2Error): boolean {
  return !byPeer && code !== ErrorCode.noError && code !== ErrorCode.connectError && code !== ErrorCode.internalError
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket
}

function unknownEncoding(encoding: string): RpcError {
  return new RpcError(
    StatusCode.UNIMPLEMENTED,
    `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`,
  )
}
