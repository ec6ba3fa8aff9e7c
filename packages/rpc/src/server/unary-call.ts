import type { Http2Stream } from '../http2/stream.ts'
import type { StreamEnd } from '../http2/stream-handler.ts'
import { frameHeaderBytes, isOneMessage, sealFrame } from '../message-frame.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { okHeaders, okTrailers } from './answer-headers.ts'
import { Exchange, type ExchangeHost } from './exchange.ts'
import type { UnaryRoute } from './handler.ts'
import type { RequestHead } from './request-head.ts'
import type { UnaryInterceptor } from './server-options.ts'

export interface UnaryHost extends ExchangeHost {
  readonly unaryInterceptor: UnaryInterceptor | undefined
  /** Whether the client must first read earlier answers. If so, the host calls `begin` when it has. */
  mustWait(call: UnaryCall): boolean
  /** The call waits no longer. */
  stopWaiting(call: UnaryCall): void
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

  constructor(host: UnaryHost, stream: Http2Stream, head: RequestHead, route: UnaryRoute) {
    super(host, stream, head)
    this.#host = host
    this.#route = route
  }

  /** For a request that is complete with its headers. */
  start(): void {
    if (this.remoteEnded) this.onRemoteEnd()
  }

  /** Handles a request that had to wait. */
  begin(): void {
    const held = this.#held
    if (held === undefined || this.gone || this.#host.mustWait(this)) return
    this.#held = undefined
    this.keptBytes = 0
    this.countHeld()
    this.#invoke(held)
  }

  override dataArrived(chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (this.#invoked) {
      // What follows the one message of a unary call is of no interest.
      if (endStream) this.remoteEnded = true
    } else if (this.hasRead || !isOneMessage(chunk, start, end, this.#host.maxReceiveBytes)) {
      super.dataArrived(chunk, start, end, endStream)
    } else {
      this.onMessageBytes(chunk.subarray(start + frameHeaderBytes, end))
      if (endStream) this.remoteEnded = true
    }
  }

  override streamClosed(code: number, end: StreamEnd): void {
    super.streamClosed(code, end)
    if (this.#held !== undefined) this.#host.stopWaiting(this)
    this.#held = undefined
    if (this.#unsentBytes > 0) this.#host.addUnsentBytes(-this.#unsentBytes)
    this.#unsentBytes = 0
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    if (this.#invoked) return
    this.#invoked = true
    if (this.#host.mustWait(this)) {
      this.#held = bytes
      this.keptBytes = bytes.length
      this.countHeld()
    } else {
      this.#invoke(bytes)
    }
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
    if (this.answered) return
    this.answered = true
    this.stream.respond(okHeaders, sealFrame(frame), okTrailers)
    if (this.stream.bufferedBytes === 0) return
    this.#unsentBytes = frame.length
    this.#host.addUnsentBytes(frame.length)
  }
}
