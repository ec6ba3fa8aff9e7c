import type { Clock } from '@waypost/core'
import { decompress } from '../compression.ts'
import type { Deadlines, Expiring } from '../deadlines.ts'
import type { Http2Stream } from '../http2/stream.ts'
import type { Http2StreamHandler, StreamEnd } from '../http2/stream-handler.ts'
import { FrameReader } from '../message-frame.ts'
import type { Metadata } from '../metadata.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { errorTrailers, okTrailers, trailersOnly } from './answer-headers.ts'
import type { ServerCall } from './call.ts'
import type { RequestHead } from './request-head.ts'

/** What an exchange needs of its connection. */
export interface ExchangeHost {
  readonly peer: string
  readonly tlsCommonName: string | undefined
  readonly maxReceiveBytes: number
  readonly clock: Clock
  readonly deadlines: Deadlines
  exchangeClosed(exchange: Exchange): void
  /** How long a client may take to complete a message that it began, and for the only message of a call. */
  readonly requestTimeoutMs: number
  /** Counts bytes of memory that a client's calls take up: see `InputBudget`. False: too many. */
  addHeldBytes(bytes: number): boolean
  /** A handler threw what it should not. */
  onInternalError(error: unknown, path: string): void
}

/** One call on the server: from its headers to the end of its HTTP/2 stream. */
export abstract class Exchange implements ServerCall, Http2StreamHandler, Expiring {
  readonly path: string
  readonly deadlineMs: number | undefined
  sooner: Expiring | undefined = undefined
  later: Expiring | undefined = undefined
  protected readonly host: ExchangeHost
  protected readonly stream: Http2Stream
  /** The status is decided; nothing more is read or sent. */
  protected answered = false
  /** The client sends no more. */
  protected remoteEnded = false
  /** The HTTP/2 stream is gone. */
  protected gone = false
  protected paused = false
  protected headersSent = false
  /** Bytes of messages that have been delivered and wait to be handled. */
  protected keptBytes = 0
  readonly #head: RequestHead
  #controller: AbortController | undefined
  #reader: FrameReader | undefined
  #heldBytes = 0
  /** When the client must have completed the message that it began. */
  #messageExpiresAtMs = Number.POSITIVE_INFINITY
  #wasWatched = false
  #aborted: RpcError | undefined

  constructor(host: ExchangeHost, stream: Http2Stream, head: RequestHead) {
    this.host = host
    this.stream = stream
    this.path = head.path
    this.#head = head
    this.deadlineMs = head.timeoutMs === undefined ? undefined : host.clock.monotonicMs() + head.timeoutMs
    this.remoteEnded = stream.remoteEnded
    stream.handler = this
  }

  protected abstract onMessageBytes(bytes: Uint8Array): void
  /** The client ended its side, after all of its messages were delivered. */
  protected abstract onRemoteEnd(): void
  streamDrained(): void {}

  get expiresAtMs(): number {
    return Math.min(this.deadlineMs ?? Number.POSITIVE_INFINITY, this.#messageExpiresAtMs)
  }

  /** Gives the client a time in which the message must be complete that it began, or is going to send. */
  protected expectMessage(): void {
    if (this.#messageExpiresAtMs !== Number.POSITIVE_INFINITY || this.remoteEnded) return
    const { clock, deadlines, requestTimeoutMs } = this.host
    this.#wasWatched = this.later !== undefined
    if (this.#wasWatched) deadlines.delete(this)
    this.#messageExpiresAtMs = clock.monotonicMs() + requestTimeoutMs
    deadlines.add(this)
  }

  /** The message has come, or is not waited for any more. */
  protected messageArrived(): void {
    if (this.#messageExpiresAtMs === Number.POSITIVE_INFINITY) return
    this.host.deadlines.delete(this)
    this.#messageExpiresAtMs = Number.POSITIVE_INFINITY
    if (this.#wasWatched) this.host.deadlines.add(this)
  }

  /** Bytes of memory that the call takes up, its headers included. */
  get costBytes(): number {
    return this.#head.costBytes
  }

  get metadata(): Metadata {
    return this.#head.fields
  }

  get peer(): string {
    return this.host.peer
  }

  get tlsCommonName(): string | undefined {
    return this.host.tlsCommonName
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#aborted)
    }
    return this.#controller.signal
  }

  /** Whether part of a message may have come already. */
  protected get hasRead(): boolean {
    return this.#reader !== undefined
  }

  headersArrived(): void {
    // A client's trailers say nothing but that its side has ended.
    this.remoteSideEnded()
  }

  dataArrived(chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (!this.answered && end > start) {
      this.#reader ??= new FrameReader(this.host.maxReceiveBytes)
      this.#reader.push(chunk, start, end)
      this.#deliver()
    }
    if (endStream) this.remoteSideEnded()
  }

  streamClosed(_code: number, _end: StreamEnd): void {
    this.gone = true
    this.#dropReader()
    this.host.deadlines.delete(this)
    if (!this.answered) {
      this.answered = true
      this.abort(new RpcError(StatusCode.CANCELLED, 'The client cancelled the call, or its connection was lost.'))
    }
    this.host.exchangeClosed(this)
  }

  protected remoteSideEnded(): void {
    if (this.remoteEnded) return
    this.remoteEnded = true
    if (!this.paused) this.#endOfMessages()
  }

  protected pauseReading(): void {
    if (this.paused) return
    this.paused = true
    // Now it is not the client that has others wait.
    this.messageArrived()
    this.stream.pause()
  }

  protected resumeReading(): void {
    if (!this.paused) return
    this.paused = false
    this.#deliver()
    if (this.paused || this.answered) return
    if (this.remoteEnded) this.#endOfMessages()
    else this.stream.resume()
  }

  #deliver(): void {
    const reader = this.#reader
    while (reader && !this.paused && !this.answered) {
      let message: Uint8Array | undefined
      try {
        message = reader.next()
        if (message !== undefined && reader.compressed) {
          message = decompress(message, this.#head.encoding, this.host.maxReceiveBytes)
        }
      } catch (error) {
        this.fail(error)
        return
      }
      if (message === undefined) break
      this.messageArrived()
      this.onMessageBytes(message)
    }
    if (!reader || this.answered) return
    if (this.paused) reader.own()
    else if (reader.truncated) this.expectMessage()
    this.countHeld()
  }

  /** Tells the host how much of the request is kept; when it is too much for one client, the call fails. */
  protected countHeld(): void {
    const bytes = this.keptBytes + (this.#reader?.allocatedBytes ?? 0)
    if (bytes === this.#heldBytes) return
    const isTooMuch = !this.host.addHeldBytes(bytes - this.#heldBytes)
    this.#heldBytes = bytes
    if (!isTooMuch) return
    this.fail(new RpcError(StatusCode.RESOURCE_EXHAUSTED, 'grpc: too many requests wait to be received or read'))
  }

  /** Nothing more is read. */
  #dropReader(): void {
    if (this.#heldBytes > 0) this.host.addHeldBytes(-this.#heldBytes)
    this.#heldBytes = 0
    this.#reader = undefined
  }

  #endOfMessages(): void {
    if (this.answered) return
    if (this.#reader?.truncated) {
      this.fail(new RpcError(StatusCode.INTERNAL, 'grpc: the request ended in the middle of a message'))
    } else {
      this.onRemoteEnd()
    }
  }

  expire(): void {
    if (this.#messageExpiresAtMs < (this.deadlineMs ?? Number.POSITIVE_INFINITY)) {
      this.#messageExpiresAtMs = Number.POSITIVE_INFINITY
      const seconds = this.host.requestTimeoutMs / 1000
      this.fail(new RpcError(StatusCode.DEADLINE_EXCEEDED, `grpc: the request was not completed within ${seconds} s`))
      return
    }
    const error = new RpcError(StatusCode.DEADLINE_EXCEEDED, 'context deadline exceeded')
    this.abort(error)
    this.fail(error)
  }

  /** Answers with the status of whatever was thrown. */
  fail(error: unknown): void {
    if (this.answered) return
    if (RpcError.is(error)) {
      this.sendStatus(error)
      return
    }
    this.host.onInternalError(error, this.path)
    this.sendStatus(new RpcError(StatusCode.INTERNAL, 'internal error'))
  }

  protected abort(reason: RpcError): void {
    this.#aborted ??= reason
    this.#controller?.abort(reason)
  }

  /** Ends the call: with trailers after what was sent, or with trailers only. */
  protected sendStatus(error: RpcError | undefined): void {
    if (this.answered) return
    this.answered = true
    this.#dropReader()
    const trailers =
      error === undefined ? okTrailers : errorTrailers(error, (defect) => this.host.onInternalError(defect, this.path))
    if (this.headersSent) this.stream.sendTrailers(trailers)
    else this.stream.sendHeaders(trailersOnly(trailers), true)
  }

  /** Runs what belongs to a handler; what it throws becomes the call's status. */
  protected guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (this.answered && !RpcError.is(error)) this.host.onInternalError(error, this.path)
      this.fail(error)
    }
  }
}
