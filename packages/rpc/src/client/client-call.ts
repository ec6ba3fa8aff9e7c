import { onAbort } from '@waypost/core'
import { decompress } from '../compression.ts'
import type { Expiring } from '../deadlines.ts'
import type { ClientSession } from '../http2/client-session.ts'
import { ErrorCode } from '../http2/error-code.ts'
import type { HeaderBlock } from '../http2/header-block.ts'
import type { HeaderList } from '../http2/header-list.ts'
import type { Http2Stream } from '../http2/stream.ts'
import type { Http2StreamHandler, StreamEnd } from '../http2/stream-handler.ts'
import { FrameReader, frameHeaderBytes, isOneMessage } from '../message-frame.ts'
import { brokenStreamError, resetError, statusError } from '../response-status.ts'
import { type Delivery, RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { RpcCallOptions } from './call.ts'
import { ResponseHead } from './response-head.ts'

/** What a call needs of its connection. */
export interface CallHost {
  readonly maxReceiveBytes: number
  /** The call is over, however it ended. */
  callEnded(call: ClientCall): void
  /** Why the connection was lost, or why the server did not take the call. */
  lossOf(delivery: Delivery): RpcError
}

/** What unary calls and streams share: from opening the HTTP/2 stream to the one end that the call has. */
export abstract class ClientCall implements Http2StreamHandler, Expiring {
  readonly expiresAtMs: number
  sooner: Expiring | undefined = undefined
  later: Expiring | undefined = undefined
  protected ended = false
  protected stream: Http2Stream | undefined
  readonly #host: CallHost
  #reader: FrameReader | undefined
  #releaseSignal: (() => void) | undefined
  #head: ResponseHead | undefined
  #paused = false
  #status: 'none' | 'waiting' = 'none'
  #finalError: RpcError | undefined

  constructor(host: CallHost, deadlineMs: number, options: RpcCallOptions | undefined) {
    this.#host = host
    this.expiresAtMs = deadlineMs
    const signal = options?.signal
    // One that has fired already is its connection's business.
    if (signal?.aborted === false) this.#releaseSignal = onAbort(signal, () => this.cancel(signal.reason))
  }

  protected abstract onMessageBytes(bytes: Uint8Array): void
  /** Called exactly once; undefined means status OK. */
  protected abstract onFinish(error: RpcError | undefined): void
  protected onInitialMetadata(_headers: HeaderList): void {}
  streamDrained(): void {}

  get hasEnded(): boolean {
    return this.ended
  }

  /** Opens the HTTP/2 stream, or has it wait for its turn. Undefined when the session takes no more calls. */
  start(session: ClientSession, block: HeaderBlock): Http2Stream | undefined {
    const stream = session.request(block, false, this)
    this.stream = stream
    return stream
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
    this.#finish(error)
    this.stream?.reset(ErrorCode.cancel)
  }

  #deliverySoFar(): Delivery {
    return this.stream === undefined || this.stream.id === 0 ? 'not-sent' : 'sent'
  }

  headersArrived(headers: HeaderList, endStream: boolean): void {
    if (this.ended) return
    if (this.#head !== undefined || (endStream && headers.fields['grpc-status'] !== undefined)) {
      this.#conclude(statusError(headers.fields))
      return
    }
    const head = ResponseHead.of(headers)
    this.#head = head
    if (!head.isReadable) this.fail(head.error())
    else if (endStream) this.fail(resetError(ErrorCode.noError))
    else this.onInitialMetadata(headers)
  }

  dataArrived(chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (this.ended) return
    if (this.#reader === undefined && !this.#paused && isOneMessage(chunk, start, end, this.#host.maxReceiveBytes)) {
      this.onMessageBytes(chunk.subarray(start + frameHeaderBytes, end))
    } else if (end > start) {
      this.#reader ??= new FrameReader(this.#host.maxReceiveBytes)
      this.#reader.push(chunk, start, end)
      this.#deliver(this.#reader)
    }
    // Data that ends a stream leaves no place for the status.
    if (endStream && !this.ended) this.#conclude(resetError(ErrorCode.noError))
  }

  streamClosed(code: number, end: StreamEnd): void {
    if (this.ended || this.#status === 'waiting') return
    if (end === 'connection') this.#finish(this.#host.lossOf(this.#deliverySoFar()))
    else if (end === 'goaway') this.#finish(this.#host.lossOf('not-sent'))
    else if (end === 'local') this.#finish(brokenStreamError(code))
    else this.#finish(resetError(code))
  }

  protected pauseReading(): void {
    if (this.#paused) return
    this.#paused = true
    this.stream?.pause()
  }

  protected resumeReading(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.#reader !== undefined) this.#deliver(this.#reader)
    if (this.#paused || this.ended) return
    if (this.#status === 'waiting') this.#conclude(this.#finalError)
    else this.stream?.resume()
  }

  #deliver(reader: FrameReader): void {
    while (!this.#paused && !this.ended) {
      let message: Uint8Array | undefined
      try {
        message = reader.next()
        if (message !== undefined && reader.compressed) {
          message = decompress(message, this.#head?.encoding, this.#host.maxReceiveBytes)
        }
      } catch (error) {
        this.fail(unreadable(error))
        return
      }
      if (message === undefined) break
      this.onMessageBytes(message)
    }
    if (!reader.truncated && this.#reader === reader) this.#reader = undefined
  }

  /** The server said how the call ended; messages that wait while paused come first. */
  #conclude(error: RpcError | undefined): void {
    if (this.#paused && this.#reader !== undefined && this.#reader.bufferedBytes > 0) {
      this.#status = 'waiting'
      this.#finalError = error
      return
    }
    if (error === undefined && this.#reader?.truncated === true) {
      this.#finish(
        new RpcError(StatusCode.INTERNAL, 'The server ended the call in the middle of a message.', {
          delivery: 'sent',
        }),
      )
    } else {
      this.#finish(error)
    }
    // The server needs no more of what this side still has to send.
    const { stream } = this
    if (stream !== undefined && !stream.localEnded) stream.reset(ErrorCode.cancel)
  }

  #finish(error: RpcError | undefined): void {
    this.ended = true
    this.#releaseSignal?.()
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
