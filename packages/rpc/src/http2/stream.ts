import { ErrorCode } from './error-code.ts'
import { writeAnswer, writeDataHeader, writeHeaders } from './frame-writer.ts'
import type { HeaderBlock } from './header-block.ts'
import type { Output } from './output.ts'
import { SendQueue } from './send-queue.ts'
import { deafHandler, type Http2StreamHandler, type StreamEnd } from './stream-handler.ts'

/** A frame of as many bytes gives the peer reason to open the windows again. */
const minCreditedBytes = 1024

/** What a stream needs of its session. */
export interface StreamHost {
  readonly output: Output
  readonly streamHighWaterBytes: number
  /** What may be sent on all streams together. */
  sendWindow: number
  /** Window updates that the peer has been given reason to send. */
  windowCredit: number
  /** Bytes that wait in the queues of all streams together. */
  queuedBytes: number
  /** What a new stream may send, as the peer has set it. */
  readonly peerInitialWindow: number
  readonly peerMaxFrameBytes: number
  /** The peer waits to hear of its header table, so that the next block must go through `prepareBlock`. */
  readonly mustPrepareBlock: boolean
  /** The block with what must be said before it. */
  prepareBlock(block: HeaderBlock): HeaderBlock
  /** Has what is queued sent as the windows and the socket allow. */
  schedule(stream: Http2Stream): void
  /** This side of the stream has ended. */
  localSideEnded(stream: Http2Stream): void
  resetStream(stream: Http2Stream, code: number): void
  readingResumed(stream: Http2Stream): void
}

/**
 * One stream of either role. What is sent leaves at once when nothing is in the way, or waits in the stream's queue.
 * All methods do nothing once they are too late.
 */
export class Http2Stream {
  handler: Http2StreamHandler = deafHandler
  /** 0 until a client's stream is opened, which may have to wait for the peer to allow one more. */
  id: number
  /** Nothing is sent or received any more. */
  isClosed = false
  /** The last frame of this side has been written. */
  localEnded = false
  /** The last frame of the peer has come. */
  remoteEnded = false
  /** The peer's first headers have come. */
  headersReceived = false
  /** What may be sent is the peer's initial window and this; it may be negative. */
  sendCredit = 0
  /** Bytes received and not given back to the peer's window. */
  unreturnedBytes = 0
  isPaused = false
  /** What the peer has declared to send and not sent yet, or -1. */
  expectedBytes = -1
  isScheduled = false
  nextScheduled: Http2Stream | undefined = undefined
  readonly #host: StreamHost
  #openingBlock: HeaderBlock | undefined
  #queue: SendQueue | undefined
  #endQueued = false
  #trailers: HeaderBlock | undefined
  #needsDrain = false

  constructor(host: StreamHost, id: number) {
    this.#host = host
    this.id = id
  }

  /** What may be sent before the peer allows more. */
  get sendWindow(): number {
    return this.#host.peerInitialWindow + this.sendCredit
  }

  /** Bytes that were given to `sendData` and wait. */
  get bufferedBytes(): number {
    return this.#queue === undefined ? 0 : this.#queue.bytes
  }

  /** Bytes that were given to `sendData` of any stream of the connection and wait. */
  get connectionBufferedBytes(): number {
    return this.#host.queuedBytes
  }

  get wantsToSend(): boolean {
    return this.#queue !== undefined && !this.isClosed
  }

  /** The first headers of this side; a client's are sent when its stream is opened. */
  sendHeaders(block: HeaderBlock, endStream: boolean): void {
    if (this.isClosed || this.#hasEnded) return
    if (this.id === 0) {
      this.#openingBlock = block
      if (endStream) this.#endQueued = true
      return
    }
    const host = this.#host
    writeHeaders(host.output, this.id, host.prepareBlock(block), endStream, host.peerMaxFrameBytes)
    if (endStream) this.#ended()
  }

  /**
   * The bytes must not change afterwards.
   * False: more waits than the high-water mark, so wait for `streamDrained`.
   */
  sendData(bytes: Uint8Array, endStream: boolean): boolean {
    if (this.isClosed || this.#hasEnded) return true
    if (this.#canSendAtOnce(bytes.length)) {
      this.#writeData(bytes, endStream)
      return true
    }
    this.#queue ??= new SendQueue()
    this.#queue.push(bytes)
    this.#host.queuedBytes += bytes.length
    if (endStream) this.#endQueued = true
    if (this.id !== 0) this.#host.schedule(this)
    if (this.bufferedBytes < this.#host.streamHighWaterBytes) return true
    this.#needsDrain = true
    return false
  }

  /** Ends this side with headers, after what is queued. */
  sendTrailers(block: HeaderBlock): void {
    if (this.isClosed || this.#hasEnded) return
    if (this.#queue === undefined) {
      this.sendHeaders(block, true)
    } else {
      this.#trailers = block
    }
  }

  /** A whole answer at once: headers, one message and trailers. */
  respond(headers: HeaderBlock, content: Uint8Array, trailers: HeaderBlock): void {
    const host = this.#host
    const fits =
      !this.isClosed &&
      !this.#hasEnded &&
      this.#canSendAtOnce(content.length) &&
      !host.mustPrepareBlock &&
      headers.length <= host.peerMaxFrameBytes &&
      trailers.length <= host.peerMaxFrameBytes
    if (!fits) {
      this.sendHeaders(headers, false)
      this.sendData(content, false)
      this.sendTrailers(trailers)
      return
    }
    writeAnswer(host.output, this.id, headers, content, trailers)
    host.sendWindow -= content.length
    host.windowCredit += 2
    this.sendCredit -= content.length
    this.#ended()
  }

  /** Cuts the stream off. The handler hears `streamClosed` with `local`. */
  reset(code: number = ErrorCode.cancel): void {
    if (!this.isClosed) this.#host.resetStream(this, code)
  }

  /** The peer may send what its window still allows, and no more until `resume`. */
  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    if (!this.isClosed) this.#host.readingResumed(this)
  }

  /** For the session: sends what has waited for the stream to get its id. */
  open(): void {
    const block = this.#openingBlock
    this.#openingBlock = undefined
    if (block === undefined) return
    const host = this.#host
    const isWhole = this.#endQueued && this.#queue === undefined
    writeHeaders(host.output, this.id, host.prepareBlock(block), isWhole, host.peerMaxFrameBytes)
    if (isWhole) this.#ended()
    else if (this.#queue !== undefined) host.schedule(this)
  }

  /** For the session: sends up to `limit` bytes of what is queued, in one frame. */
  sendQueued(limit: number): void {
    const queue = this.#queue
    const host = this.#host
    if (queue === undefined) return
    const count = Math.max(0, Math.min(limit, queue.bytes, this.sendWindow, host.sendWindow, host.peerMaxFrameBytes))
    const isLast = count === queue.bytes
    if (count > 0 || (isLast && this.#endQueued)) {
      const endStream = isLast && this.#endQueued
      writeDataHeader(host.output, this.id, count, endStream)
      queue.moveTo(host.output, count)
      host.queuedBytes -= count
      host.sendWindow -= count
      this.sendCredit -= count
      // A frame that is small because the window is does not count, or a peer could open it byte by byte for nothing.
      if (isLast || count >= minCreditedBytes) host.windowCredit += 2
    }
    if (isLast) {
      this.#queue = undefined
      const trailers = this.#trailers
      if (trailers !== undefined) this.#sendTrailersNow(trailers)
      else if (this.#endQueued) this.#ended()
    }
    if (this.#needsDrain && this.bufferedBytes <= host.streamHighWaterBytes / 2) {
      this.#needsDrain = false
      if (!this.isClosed) this.handler.streamDrained()
    }
  }

  /** For the session: the stream is over. */
  close(code: number, end: StreamEnd): void {
    this.isClosed = true
    this.#host.queuedBytes -= this.bufferedBytes
    this.#queue = undefined
    this.#openingBlock = undefined
    const { handler } = this
    this.handler = deafHandler
    handler.streamClosed(code, end)
  }

  get #hasEnded(): boolean {
    return this.localEnded || this.#endQueued || this.#trailers !== undefined
  }

  #canSendAtOnce(length: number): boolean {
    const host = this.#host
    return (
      this.#queue === undefined &&
      this.id !== 0 &&
      (length === 0 ||
        (length <= host.peerInitialWindow + this.sendCredit &&
          length <= host.sendWindow &&
          length <= host.peerMaxFrameBytes &&
          !host.output.isCongested))
    )
  }

  #writeData(bytes: Uint8Array, endStream: boolean): void {
    const host = this.#host
    writeDataHeader(host.output, this.id, bytes.length, endStream)
    if (bytes.length > 0) host.output.append(bytes)
    host.sendWindow -= bytes.length
    host.windowCredit += 2
    this.sendCredit -= bytes.length
    if (endStream) this.#ended()
  }

  #sendTrailersNow(trailers: HeaderBlock): void {
    const host = this.#host
    writeHeaders(host.output, this.id, host.prepareBlock(trailers), true, host.peerMaxFrameBytes)
    this.#ended()
  }

  #ended(): void {
    this.localEnded = true
    this.#host.localSideEnded(this)
  }
}
