import type { Http2Stream } from '../http2/stream.ts'
import type { StreamEnd } from '../http2/stream-handler.ts'
import { frameHeaderBytes, isOneMessage, sealFrame } from '../message-frame.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { okHeaders, okTrailers } from './answer-headers.ts'
import { Exchange, type ExchangeHost } from './exchange.ts'
import type { UnaryAnswer, UnaryRoute } from './handler.ts'
import { LongAnswer } from './long-answer.ts'
import type { RequestHead } from './request-head.ts'
import type { UnaryInterceptor } from './server-options.ts'

export interface UnaryHost extends ExchangeHost {
  readonly unaryInterceptor: UnaryInterceptor | undefined
  /** Whether the client must first read earlier answers. If so, the host calls `begin` when it has. */
  mustWait(call: ServerUnaryCall): boolean
  /** The call waits no longer. */
  stopWaiting(call: ServerUnaryCall): void
  /** Counts the bytes of answers that wait for the client to read; negative when they have left. */
  addUnsentBytes(bytes: number): void
}

/** Source: grpc-go, which etcd sets to this. */
const maxAnswerBytes = 2 ** 31 - 1
/** What a long answer has in memory at a time, about. */
const longAnswerBytes = 256 * 1024
/** A client that reads nothing of a long answer for this long is taken for lost. */
const stalledAfterMs = 60_000

/** One request, one answer. */
export class ServerUnaryCall extends Exchange {
  readonly #host: UnaryHost
  readonly #route: UnaryRoute
  #invoked = false
  /** The request, while the call waits for its client to read earlier answers. */
  #held: Uint8Array | undefined
  #unsentBytes = 0
  /** Wakes who waits to send more of a long answer. */
  #onRoom: () => void = () => {}

  constructor(host: UnaryHost, stream: Http2Stream, head: RequestHead, route: UnaryRoute) {
    super(host, stream, head)
    this.#host = host
    this.#route = route
  }

  /** The request ended with its headers. */
  endWithoutMessage(): void {
    this.onRemoteEnd()
  }

  /** From now on the client has a limited time for the rest of its request, unless that has come. */
  awaitMessage(): void {
    if (!this.#invoked && !this.answered) this.expectMessage()
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
      this.messageArrived()
      this.onMessageBytes(chunk.subarray(start + frameHeaderBytes, end))
      if (endStream) this.remoteEnded = true
    }
  }

  override streamClosed(code: number, end: StreamEnd): void {
    super.streamClosed(code, end)
    if (this.#held !== undefined) this.#host.stopWaiting(this)
    this.#held = undefined
    this.#countUnsent(0)
    this.#onRoom()
  }

  override streamDrained(): void {
    this.#onRoom()
  }

  override fail(error: unknown): void {
    super.fail(error)
    this.#onRoom()
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    if (this.#invoked) return
    this.#invoked = true
    if (this.#host.mustWait(this)) {
      // A copy: the chunk that the message lies in may be much larger.
      this.#held = Uint8Array.prototype.slice.call(bytes)
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

  #await(answer: Promise<UnaryAnswer>): void {
    if (this.deadlineMs !== undefined) this.#host.deadlines.add(this)
    answer.then(
      (result) => (result instanceof LongAnswer ? this.#answerInPieces(result) : this.#answer(result)),
      (error: unknown) => this.fail(error),
    )
  }

  #answer(frame: Uint8Array): void {
    if (this.answered) return
    this.answered = true
    this.stream.respond(okHeaders, sealFrame(frame), okTrailers)
    if (this.stream.bufferedBytes > 0) this.#countUnsent(frame.length)
  }

  async #answerInPieces(answer: LongAnswer): Promise<void> {
    try {
      if (answer.bytes > maxAnswerBytes) throw answerTooLarge(answer.bytes)
      if (this.answered) return
      this.#countUnsent(Math.min(answer.bytes, longAnswerBytes))
      this.headersSent = true
      this.stream.sendHeaders(okHeaders, false)
      this.stream.sendData(sealFrame(Buffer.allocUnsafe(frameHeaderBytes), answer.bytes), false)
      for await (const piece of answer.pieces) {
        if (this.answered) return
        if (piece.length > 0 && !this.stream.sendData(piece, false)) await this.#room()
      }
      this.sendStatus(undefined)
    } catch (error) {
      this.fail(error)
    } finally {
      answer.release()
    }
  }

  /** Resolves when the client has read what was sent, or the call is over. */
  async #room(): Promise<void> {
    if (this.answered) return
    const stalled = this.#host.clock.after(
      stalledAfterMs,
      () => this.fail(new RpcError(StatusCode.RESOURCE_EXHAUSTED, 'grpc: the client does not read the answer')),
      { ref: false },
    )
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve
    })
    stalled.cancel()
  }

  #countUnsent(bytes: number): void {
    const change = bytes - this.#unsentBytes
    this.#unsentBytes = bytes
    if (change !== 0) this.#host.addUnsentBytes(change)
  }
}

/** The words are those of grpc-go. */
function answerTooLarge(bytes: number): RpcError {
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `grpc: trying to send message larger than max (${bytes} vs. ${maxAnswerBytes})`,
  )
}
