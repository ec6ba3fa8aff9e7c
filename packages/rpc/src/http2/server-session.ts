import type { Socket } from 'node:net'
import { Budget } from './budget.ts'
import { ErrorCode, Http2Error } from './error-code.ts'
import { FirstBytes, type Handover, maxFirstBytes } from './first-bytes.ts'
import { maxUint31 } from './frame.ts'
import { writeSettings } from './frame-writer.ts'
import type { HeaderList } from './header-list.ts'
import { type Http2Options, resetBudget } from './limits.ts'
import { Http2Session } from './session.ts'
import { SettingId, type SettingsChange } from './settings.ts'
import { Http2Stream } from './stream.ts'

export interface ServerSessionHandler {
  /** A request. The receiver sets `stream.handler`, which is told the content and the end of the stream. */
  onStream(stream: Http2Stream, headers: HeaderList, endStream: boolean): void
  /** All that was received has been looked at. */
  onInputHandled?(): void
  /** The session is over; undefined when this side ended it. */
  onClose(reason: Http2Error | undefined): void
}

/** A header list over the limit takes as long to look at as many requests. */
const tooLargeCost = 100

/** The server's side of an HTTP/2 connection. */
export class ServerSession extends Http2Session {
  readonly #handler: ServerSessionHandler
  readonly #resetBudget: Budget
  /** The highest stream that the client has used. */
  #highestStreamId = 0
  /** Streams that have been answered before the client ended its side. */
  #answered: Http2Stream[] = []
  /** What was received before the first request, if it is wanted. */
  #firstBytes: FirstBytes | undefined
  #isWindowOpen = false

  /** @param options.keepFirstBytes lets `detach` hand over the connection at its first request */
  constructor(
    socket: Socket,
    handler: ServerSessionHandler,
    options: Http2Options & { readonly keepFirstBytes?: boolean | undefined } = {},
  ) {
    super(socket, options, true)
    this.#handler = handler
    this.#resetBudget = new Budget(this.options.clock, resetBudget)
    if (options.keepFirstBytes === true) this.#firstBytes = new FirstBytes()
    writeSettings(this.output, [
      [SettingId.maxConcurrentStreams, this.options.maxConcurrentStreams],
      [SettingId.initialWindowSize, this.options.streamWindowBytes],
      [SettingId.maxFrameSize, this.options.maxFrameBytes],
      [SettingId.maxHeaderListSize, this.options.maxHeaderBytes],
    ])
  }

  /** Not before the first request: until then another may have to take over all that came. */
  override get mustYield(): boolean {
    return this.#firstBytes === undefined && super.mustYield
  }

  override receive(chunk: Buffer): void {
    this.#firstBytes?.add(chunk, this.output.hasFlushed)
    if (this.#firstBytes !== undefined && this.#firstBytes.length > maxFirstBytes) {
      this.destroy(ErrorCode.enhanceYourCalm, 'too much came before the first request')
    }
    super.receive(chunk)
  }

  /** Within the first `onStream`: gives up the connection, for another to begin again with what was received on it. */
  detach(): Handover {
    const firstBytes = this.#firstBytes ?? new FirstBytes()
    this.#firstBytes = undefined
    const handover = firstBytes.handOver(this.output.hasFlushed)
    this.release()
    return handover
  }

  headersReceived(streamId: number, headers: HeaderList, endStream: boolean): void {
    this.usefulFrameReceived()
    if ((streamId & 1) === 0) throw new Http2Error(ErrorCode.protocolError, 'a client opened an even stream')
    if (streamId > this.#highestStreamId) {
      this.#highestStreamId = streamId
      this.#open(streamId, headers, endStream)
      return
    }
    const stream = this.streamOf(streamId)
    if (stream === undefined) {
      this.strayHeaders(streamId)
      return
    }
    if (stream.remoteEnded) {
      this.failStream(stream, ErrorCode.streamClosed)
      return
    }
    if (!endStream || headers.kind !== 'trailers' || stream.expectedBytes > 0) {
      this.failStream(stream, ErrorCode.protocolError)
      return
    }
    stream.remoteEnded = true
    stream.handler.headersArrived(headers, true)
    if (stream.localEnded) this.closeStream(stream, ErrorCode.noError, 'done')
  }

  goawayReceived(): void {
    // The client is leaving; what it has asked for is answered.
    this.drainForPeer(undefined)
    this.lastPeerStreamId = maxUint31
  }

  localSideEnded(stream: Http2Stream): void {
    if (stream.remoteEnded) this.closeStream(stream, ErrorCode.noError, 'done')
    else this.#answered.push(stream)
  }

  protected override settle(): void {
    super.settle()
    this.#handler.onInputHandled?.()
    if (this.#answered.length === 0) return
    const answered = this.#answered
    this.#answered = []
    // The client need send no more of a request that has been answered: RFC 9113, section 8.1.
    for (const stream of answered) stream.reset(ErrorCode.noError)
  }

  protected override isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.#highestStreamId
  }

  protected override onSettings(_change: SettingsChange): void {}

  protected override onPeerReset(stream: Http2Stream): void {
    if (!stream.localEnded) this.#countReset()
  }

  protected override onStreamError(): void {
    this.#countReset()
  }

  protected override onStreamClosed(): void {}

  protected override onClosed(reason: Http2Error | undefined): void {
    this.#firstBytes = undefined
    this.#handler.onClose(reason)
  }

  #open(streamId: number, headers: HeaderList, endStream: boolean): void {
    if (this.state === 'draining') {
      // The GOAWAY says that it has not been looked at.
      this.refuseStream(streamId, undefined)
      return
    }
    this.lastPeerStreamId = streamId
    if (this.streams.size >= this.options.maxConcurrentStreams) {
      this.idleFrameReceived(1)
      this.refuseStream(streamId, ErrorCode.refusedStream)
      return
    }
    if (headers.kind !== 'request' || headers.tooLarge || (endStream && headers.contentLength > 0)) {
      this.#countReset(headers.tooLarge ? tooLargeCost : 1)
      this.refuseStream(streamId, headers.tooLarge ? ErrorCode.enhanceYourCalm : ErrorCode.protocolError)
      return
    }
    const stream = new Http2Stream(this, streamId)
    stream.headersReceived = true
    stream.remoteEnded = endStream
    stream.expectedBytes = headers.contentLength
    this.addStream(stream)
    this.#handler.onStream(stream, headers, endStream)
    this.#firstBytes = undefined
    if (this.#isWindowOpen || this.isOver) return
    // Not before it is clear that the connection is not given up.
    this.#isWindowOpen = true
    this.openWindow()
  }

  #countReset(cost = 1): void {
    if (!this.#resetBudget.take(cost)) throw new Http2Error(ErrorCode.enhanceYourCalm, 'too many streams were reset')
  }
}
