import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { frameHeaderBytes, sealFrame } from '../message-frame.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { Exchange, type ExchangeHost, okHeaders, withTrailers } from './exchange.ts'
import type { UnaryRoute } from './handler.ts'
import type { UnaryInterceptor } from './server-options.ts'

export interface UnaryHost extends ExchangeHost {
  readonly unaryInterceptor: UnaryInterceptor | undefined
  /** Whether the client must first read earlier answers. If so, the host calls `begin` when it has. */
  mustWait(call: UnaryCall): boolean
  /** Counts the bytes of answers that wait for the client to read; negative when they have left. */
  addUnsentBytes(bytes: number): void
}

/** One request, one answer. */
export class UnaryCall extends Exchange {
  readonly #host: UnaryHost
  readonly #route: UnaryRoute
  #invoked = false
  /** The request, while the call waits for its client to read earlier answers. */
  #held: Uint8Array | undefined
  #unsentBytes = 0

  constructor(host: UnaryHost, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, route: UnaryRoute) {
    super(host, stream, headers, route.path)
    this.#host = host
    this.#route = route
  }

  begin(): void {
    if (this.gone || this.#host.mustWait(this)) return
    if (this.#held === undefined) this.startReading()
    else this.#invoke(this.#held)
  }

  override chunkArrived(chunk: Uint8Array): boolean {
    if (!this.#invoked && !this.hasRead && isOneMessage(chunk, this.#host.maxReceiveBytes)) {
      this.#host.sawTraffic()
      this.onMessageBytes(chunk.subarray(frameHeaderBytes))
      return true
    }
    return super.chunkArrived(chunk)
  }

  override streamClosed(): void {
    super.streamClosed()
    if (this.#unsentBytes > 0) this.#host.addUnsentBytes(-this.#unsentBytes)
    this.#unsentBytes = 0
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    // What follows the one message of a unary call is of no interest.
    if (this.#invoked) return
    this.#invoked = true
    if (this.#host.mustWait(this)) this.#held = bytes
    else this.#invoke(bytes)
  }

  #invoke(bytes: Uint8Array): void {
    if (this.answered) return
    try {
      const { unaryInterceptor } = this.#host
      const answer =
        unaryInterceptor === undefined
          ? this.#route.invoke(bytes, this)
          : unaryInterceptor(this, () => this.#route.invoke(bytes, this))
      if (answer instanceof Promise) this.#await(answer)
      else this.#answer(answer)
    } catch (error) {
      this.fail(error)
    }
  }

  protected override onRemoteEnd(): void {
    if (!this.#invoked) this.fail(new RpcError(StatusCode.INTERNAL, 'grpc: the request holds no message'))
  }

  #await(answer: Promise<Uint8Array>): void {
    if (this.deadlineMs !== undefined) this.#host.deadlines.add(this)
    answer.then(
      (frame) => this.#answer(frame),
      (error: unknown) => this.fail(error),
    )
  }

  #answer(frame: Uint8Array): void {
    const { stream } = this
    if (this.answered || stream.destroyed || stream.closed) return
    this.answered = true
    this.#unsentBytes = frame.length
    this.#host.addUnsentBytes(frame.length)
    stream.respond(okHeaders, withTrailers)
    stream.end(sealFrame(frame))
  }
}

/** Whether the chunk, at the beginning of a message, is exactly one uncompressed message, as nearly always. */
function isOneMessage(chunk: Uint8Array, maxBytes: number): boolean {
  const length = chunk.length - frameHeaderBytes
  return (
    length >= 0 &&
    length <= maxBytes &&
    chunk[0] === 0 &&
    chunk[1] === length >>> 24 &&
    chunk[2] === ((length >>> 16) & 0xff) &&
    chunk[3] === ((length >>> 8) & 0xff) &&
    chunk[4] === (length & 0xff)
  )
}
