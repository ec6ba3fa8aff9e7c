import type { Socket } from 'node:net'
import { ErrorCode, errorCodeName, Http2Error } from './error-code.ts'
import { clientPreface, maxUint31 } from './frame.ts'
import { writeSettings } from './frame-writer.ts'
import type { HeaderBlock } from './header-block.ts'
import type { HeaderList } from './header-list.ts'
import type { Http2Options } from './limits.ts'
import { Http2Session } from './session.ts'
import { SettingId, type SettingsChange } from './settings.ts'
import { Http2Stream } from './stream.ts'
import type { Http2StreamHandler, StreamEnd } from './stream-handler.ts'

export interface ClientSessionHandler {
  /** The server's settings have come: streams can be opened. */
  onReady(): void
  /** The server takes no more streams; those above `lastStreamId` have been closed with `goaway`. */
  onGoaway(lastStreamId: number, code: number, message: string): void
  /** The session is over; undefined when this side ended it. Streams are told afterwards. */
  onClose(reason: Http2Error | undefined): void
}

/** The client's side of an HTTP/2 connection. */
export class ClientSession extends Http2Session {
  readonly #handler: ClientSessionHandler
  /** Streams that wait for the server's settings, or for it to allow one more. */
  readonly #waiting = new Set<Http2Stream>()
  #nextId = 1
  #maxStreams = 0

  constructor(socket: Socket, handler: ClientSessionHandler, options: Http2Options = {}) {
    super(socket, options, false)
    this.#handler = handler
    this.output.append(clientPreface)
    writeSettings(this.output, [
      [SettingId.enablePush, 0],
      [SettingId.initialWindowSize, this.options.streamWindowBytes],
      [SettingId.maxFrameSize, this.options.maxFrameBytes],
      [SettingId.maxHeaderListSize, this.options.maxHeaderBytes],
    ])
    this.openWindow()
  }

  /** Whether `request` can make streams. */
  get isAvailable(): boolean {
    return this.state === 'open' && this.#nextId <= maxUint31
  }

  /** Streams that have not been opened. */
  get waitingStreams(): number {
    return this.#waiting.size
  }

  /**
   * Makes a stream, which is opened at once or when the server allows one more; until then its id is 0 and nothing of
   * it has been sent. Undefined when the session takes no more streams.
   */
  request(block: HeaderBlock, endStream: boolean, handler: Http2StreamHandler): Http2Stream | undefined {
    if (!this.isAvailable) return undefined
    const stream = new Http2Stream(this, 0)
    stream.handler = handler
    if (this.#waiting.size === 0 && this.streams.size < this.#maxStreams) {
      this.#assign(stream)
      stream.sendHeaders(block, endStream)
    } else {
      stream.sendHeaders(block, endStream)
      this.#waiting.add(stream)
    }
    return stream
  }

  headersReceived(streamId: number, headers: HeaderList, endStream: boolean): void {
    this.usefulFrameReceived()
    const stream = this.streamOf(streamId)
    if (stream === undefined) {
      this.strayHeaders(streamId)
      return
    }
    if (stream.remoteEnded) {
      this.failStream(stream, ErrorCode.streamClosed)
      return
    }
    if (headers.tooLarge) {
      this.failStream(stream, ErrorCode.enhanceYourCalm)
      return
    }
    if (stream.headersReceived) {
      if (!endStream || headers.kind !== 'trailers' || stream.expectedBytes > 0) {
        this.failStream(stream, ErrorCode.protocolError)
        return
      }
    } else {
      if (headers.kind !== 'response' || (endStream && isInterim(headers))) {
        this.failStream(stream, ErrorCode.protocolError)
        return
      }
      if (isInterim(headers)) {
        this.idleFrameReceived(1)
        return
      }
      stream.headersReceived = true
      stream.expectedBytes = headers.contentLength
    }
    if (endStream) stream.remoteEnded = true
    stream.handler.headersArrived(headers, endStream)
    if (endStream && stream.localEnded) this.closeStream(stream, ErrorCode.noError, 'done')
  }

  goawayReceived(lastStreamId: number, code: number, message: string): void {
    const words = message === '' ? '' : `: ${message}`
    this.drainForPeer(
      new Http2Error(code, `the server sent GOAWAY with HTTP/2 error ${errorCodeName(code)}${words}`, { byPeer: true }),
    )
    this.#maxStreams = 0
    for (const stream of this.streams.all()) {
      if (stream.id > lastStreamId) this.closeStream(stream, ErrorCode.refusedStream, 'goaway')
    }
    this.#closeWaiting(ErrorCode.refusedStream, 'goaway')
    this.#handler.onGoaway(lastStreamId, code, message)
  }

  localSideEnded(stream: Http2Stream): void {
    if (stream.remoteEnded) this.closeStream(stream, ErrorCode.noError, 'done')
  }

  protected override isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId >= this.#nextId
  }

  protected override onSettings(change: SettingsChange, isFirst: boolean): void {
    if (change.enablePush === 1) {
      throw new Http2Error(ErrorCode.protocolError, 'a server must not enable push')
    }
    if (change.maxConcurrentStreams !== undefined) this.#maxStreams = change.maxConcurrentStreams
    else if (isFirst) this.#maxStreams = Number.POSITIVE_INFINITY
    if (isFirst) this.#handler.onReady()
    this.#openWaiting()
  }

  protected override onPeerReset(_stream: Http2Stream): void {}

  protected override onStreamError(_stream: Http2Stream): void {}

  protected override onStreamClosed(): void {
    if (this.#waiting.size > 0) this.#openWaiting()
  }

  protected override onClosed(reason: Http2Error | undefined): void {
    this.#handler.onClose(reason)
  }

  protected override get hasStreams(): boolean {
    return this.#waiting.size > 0 || super.hasStreams
  }

  protected override endStreams(code: number): void {
    super.endStreams(code)
    this.#closeWaiting(code, 'connection')
  }

  protected override closeStream(stream: Http2Stream, code: number, end: StreamEnd): void {
    if (stream.id === 0) this.#waiting.delete(stream)
    super.closeStream(stream, code, end)
  }

  #closeWaiting(code: number, end: StreamEnd): void {
    for (const stream of [...this.#waiting]) this.closeStream(stream, code, end)
  }

  #openWaiting(): void {
    for (const stream of this.#waiting) {
      if (this.isOver || this.streams.size >= this.#maxStreams || this.#nextId > maxUint31) return
      this.#waiting.delete(stream)
      this.#assign(stream)
      stream.open()
    }
  }

  #assign(stream: Http2Stream): void {
    stream.id = this.#nextId
    this.#nextId += 2
    this.addStream(stream)
  }
}

function isInterim(headers: HeaderList): boolean {
  return headers.fields[':status']?.startsWith('1') === true
}
