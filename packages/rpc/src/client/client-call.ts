import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import { constants } from 'node:http2'
import { decompress, isKnownEncoding } from '../compression.ts'
import type { Expiring } from '../deadlines.ts'
import { FrameReader } from '../message-frame.ts'
import { httpError, resetError, statusError } from '../response-status.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { resumeReading, type StreamSink, startReading, tapStream } from '../stream-tap.ts'
import type { RpcCallOptions } from './call.ts'

/** What a call needs of its connection. */
export interface CallHost {
  readonly maxReceiveBytes: number
  /** The call is over, however it ended. */
  callEnded(call: ClientCall): void
  /** Bytes came: the peer is alive. */
  sawTraffic(): void
  /** Why a stream closed without a word of the server; undefined when the connection is still there. */
  lossOf(streamId: number | undefined, cause: unknown): RpcError | undefined
}

const requestOptions = Object.freeze({ endStream: false })
const endStreamFlag = constants.NGHTTP2_FLAG_END_STREAM

/** What unary calls and streams share: from opening the HTTP/2 stream to the one end that the call has. */
export abstract class ClientCall implements StreamSink, Expiring {
  readonly expiresAtMs: number
  /** The HTTP/2 stream; there is none while the call waits for its turn. */
  protected stream: ClientHttp2Stream | undefined
  protected ended = false
  readonly #host: CallHost
  readonly #headers: OutgoingHttpHeaders
  readonly #reader: FrameReader
  #signal: AbortSignal | undefined
  #onAbort: (() => void) | undefined
  #encoding: string | undefined
  #paused = false
  #status: 'none' | 'waiting' = 'none'
  #finalError: RpcError | undefined
  #streamError: unknown

  constructor(host: CallHost, headers: OutgoingHttpHeaders, deadlineMs: number, options: RpcCallOptions | undefined) {
    this.#host = host
    this.#headers = headers
    this.expiresAtMs = deadlineMs
    this.#reader = new FrameReader(host.maxReceiveBytes)
    const signal = options?.signal
    if (signal) {
      this.#signal = signal
      this.#onAbort = () => this.cancel(signal.reason)
      signal.addEventListener('abort', this.#onAbort, { once: true })
    }
  }

  /** Called when the HTTP/2 stream is open: sends what there is to send. */
  protected abstract onOpen(stream: ClientHttp2Stream): void
  protected abstract onMessageBytes(bytes: Uint8Array): void
  /** Called exactly once; undefined means status OK. */
  protected abstract onFinish(error: RpcError | undefined): void
  protected onInitialMetadata(_headers: IncomingHttpHeaders): void {}
  streamDrained(): void {}

  get hasEnded(): boolean {
    return this.ended
  }

  /** Opens the HTTP/2 stream and returns its id. */
  start(session: ClientHttp2Session): number | undefined {
    const stream = session.request(this.#headers, requestOptions)
    this.stream = stream
    tapStream(stream, this)
    startReading(stream, this)
    this.onOpen(stream)
    return stream.id
  }

  cancel(reason?: unknown): void {
    if (this.ended) return
    this.fail(
      new RpcError(StatusCode.CANCELLED, 'The call was cancelled by its caller.', {
        delivery: this.#deliverySoFar(),
        cause: reason,
      }),
    )
  }

  expire(): void {
    this.fail(
      new RpcError(StatusCode.DEADLINE_EXCEEDED, 'The deadline passed before the server answered.', {
        delivery: this.#deliverySoFar(),
      }),
    )
  }

  /** Ends the call on this side. */
  fail(error: RpcError): void {
    if (this.ended) return
    const stream = this.stream
    this.#finish(error)
    if (stream && !stream.closed) stream.close(constants.NGHTTP2_CANCEL)
  }

  /** Ends the call because its connection is gone. */
  failLost({ code, message, cause }: RpcError): void {
    this.fail(new RpcError(code, message, { delivery: this.#deliverySoFar(), cause }))
  }

  #deliverySoFar(): 'not-sent' | 'sent' {
    return this.stream === undefined ? 'not-sent' : 'sent'
  }

  responseArrived(headers: IncomingHttpHeaders, flags: number): void {
    if (this.ended) return
    this.#host.sawTraffic()
    if ((flags & endStreamFlag) !== 0 && headers['grpc-status'] !== undefined) {
      this.#conclude(statusError(headers))
      return
    }
    const error = httpError(headers)
    if (error) {
      this.fail(error)
      return
    }
    const encoding = headers['grpc-encoding']
    if (typeof encoding === 'string') {
      if (!isKnownEncoding(encoding)) {
        this.fail(
          new RpcError(StatusCode.INTERNAL, `The server compresses with ${encoding}, which was not offered.`, {
            delivery: 'sent',
          }),
        )
        return
      }
      this.#encoding = encoding
    }
    this.onInitialMetadata(headers)
  }

  chunkArrived(chunk: Uint8Array): boolean {
    if (this.ended) return true
    this.#host.sawTraffic()
    this.#reader.push(chunk)
    this.#deliver()
    return !this.#paused
  }

  trailersArrived(headers: IncomingHttpHeaders): void {
    if (this.ended) return
    this.#host.sawTraffic()
    this.#conclude(statusError(headers))
  }

  dataEnded(): void {
    // For a call whose own side is still open nothing else would tell that the server ended without trailers.
    const stream = this.stream
    if (this.ended || !stream || stream.writableEnded || this.#status === 'waiting') return
    setImmediate(() => {
      if (!this.ended && this.#status === 'none' && !this.#paused) this.fail(resetError(constants.NGHTTP2_NO_ERROR))
    })
  }

  trailersWanted(): void {}

  streamFailed(error: unknown): void {
    this.#streamError = error
  }

  streamClosed(): void {
    const stream = this.stream
    if (this.ended || this.#status === 'waiting') return
    this.#finish(
      this.#host.lossOf(stream?.id, this.#streamError) ?? resetError(stream?.rstCode ?? constants.NGHTTP2_NO_ERROR),
    )
  }

  protected pauseReading(): void {
    this.#paused = true
  }

  protected resumeReading(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#deliver()
    if (this.#paused || this.ended) return
    if (this.#status === 'waiting') this.#conclude(this.#finalError)
    else if (this.stream && !this.stream.destroyed) resumeReading(this.stream)
  }

  #deliver(): void {
    while (!this.#paused && !this.ended) {
      let message: Uint8Array | undefined
      try {
        message = this.#reader.next()
        if (message !== undefined && this.#reader.compressed) {
          message = decompress(message, this.#encoding, this.#host.maxReceiveBytes)
        }
      } catch (error) {
        this.fail(unreadable(error))
        return
      }
      if (message === undefined) return
      this.onMessageBytes(message)
    }
  }

  /** The server said how the call ended; messages that wait while paused come first. */
  #conclude(error: RpcError | undefined): void {
    if (this.#paused && this.#reader.bufferedBytes > 0) {
      this.#status = 'waiting'
      this.#finalError = error
      return
    }
    const stream = this.stream
    if (error === undefined && this.#reader.truncated) {
      this.#finish(
        new RpcError(StatusCode.INTERNAL, 'The server ended the call in the middle of a message.', {
          delivery: 'sent',
        }),
      )
    } else {
      this.#finish(error)
    }
    // The server needs no more of what this side still has to send.
    if (stream && !stream.closed && !stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL)
  }

  #finish(error: RpcError | undefined): void {
    this.ended = true
    if (this.#onAbort) this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#host.callEnded(this)
    this.onFinish(error)
  }
}

/** The server did answer, but not in a way that can be read: the caller cannot know what it did. */
export function unreadable(error: unknown): RpcError {
  if (RpcError.is(error)) {
    return new RpcError(error.code, error.message, { delivery: 'sent', cause: error.cause })
  }
  return new RpcError(StatusCode.INTERNAL, "The server's message could not be decoded.", {
    delivery: 'sent',
    cause: error,
  })
}
