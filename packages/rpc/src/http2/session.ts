import type { Socket } from 'node:net'
import { Http2Connection } from './connection.ts'
import { ErrorCode, Http2Error } from './error-code.ts'
import { maxUint31 } from './frame.ts'
import { type FrameEvents, FrameReceiver } from './frame-receiver.ts'
import { writeReset, writeSettingsAck, writeWindowUpdate } from './frame-writer.ts'
import { emptyTableBlock, type HeaderBlock, joinBlocks } from './header-block.ts'
import type { HeaderList } from './header-list.ts'
import { headerTableBytes } from './hpack-decoder.ts'
import type { Http2Options } from './limits.ts'
import { RecentResets } from './recent-resets.ts'
import { SendScheduler } from './send-scheduler.ts'
import { defaultFrameBytes, defaultWindowBytes, type SettingsChange } from './settings.ts'
import type { Http2Stream, StreamHost } from './stream.ts'
import type { StreamEnd } from './stream-handler.ts'
import { StreamTable } from './stream-table.ts'

/** A change of the initial window is applied stream by stream: for this many it costs what another frame does. */
const streamsPerIdleFrame = 16

/** Window updates that a peer may owe for what it was sent. */
const maxWindowCredit = 100_000

/** The streams of one connection and their windows: RFC 9113 without push and priorities. What both roles share. */
export abstract class Http2Session extends Http2Connection implements FrameEvents, StreamHost {
  readonly streamHighWaterBytes: number
  sendWindow: number = defaultWindowBytes
  windowCredit = 0
  queuedBytes = 0
  peerInitialWindow: number = defaultWindowBytes
  peerMaxFrameBytes: number = defaultFrameBytes
  mustPrepareBlock = false
  protected readonly streams = new StreamTable()
  readonly #receiver: FrameReceiver
  readonly #scheduler: SendScheduler
  readonly #resets = new RecentResets()
  /** The stream that the peer spoke of last, and nearly always goes on with. */
  #lastStream: Http2Stream | undefined
  /** Bytes received on all streams and not given back to the peer. */
  #unreturnedBytes = 0
  /** The most that any stream was allowed beyond the initial window. */
  #mostSendCredit = 0
  #peerTableBytes: number = headerTableBytes

  protected constructor(socket: Socket, options: Http2Options, isServer: boolean) {
    super(socket, options, isServer)
    this.streamHighWaterBytes = this.options.streamHighWaterBytes
    this.#receiver = new FrameReceiver(this, this.options, isServer)
    this.#scheduler = new SendScheduler(this)
  }

  abstract headersReceived(streamId: number, headers: HeaderList, endStream: boolean): void
  abstract goawayReceived(lastStreamId: number, code: number, message: string): void
  abstract localSideEnded(stream: Http2Stream): void
  /** The peer's settings have come, for the first time or again. */
  protected abstract onSettings(change: SettingsChange, isFirst: boolean): void
  /** Called before a stream that the peer has reset is closed. */
  protected abstract onPeerReset(stream: Http2Stream): void
  /** Called before a stream is reset because of what the peer sent. */
  protected abstract onStreamError(stream: Http2Stream): void
  protected abstract onStreamClosed(): void
  /** Whether nobody has opened the stream yet. */
  protected abstract isIdle(streamId: number): boolean

  /** Streams that are open. */
  get openStreams(): number {
    return this.streams.size
  }

  dataReceived(
    streamId: number,
    flowBytes: number,
    chunk: Buffer,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    if (flowBytes > 0) this.#takeFromWindow(flowBytes)
    const stream = this.streamOf(streamId)
    if (stream === undefined) {
      this.#strayData(streamId, flowBytes)
      return
    }
    stream.unreturnedBytes += flowBytes
    if (stream.remoteEnded) this.failStream(stream, ErrorCode.streamClosed)
    else if (!stream.headersReceived) this.failStream(stream, ErrorCode.protocolError)
    else if (stream.unreturnedBytes > this.options.streamWindowBytes) {
      this.failStream(stream, ErrorCode.flowControlError)
    } else this.#deliver(stream, chunk, start, end, endStream)
  }

  resetReceived(streamId: number, code: number): void {
    const stream = this.streamOf(streamId)
    if (stream === undefined) {
      this.#checkNotIdle(streamId)
      this.idleFrameReceived(1)
      return
    }
    this.onPeerReset(stream)
    this.closeStream(stream, code, 'peer')
  }

  settingsReceived(change: SettingsChange): void {
    writeSettingsAck(this.output)
    const isFirst = this.noteSettings()
    if (change.maxFrameSize !== undefined) this.peerMaxFrameBytes = change.maxFrameSize
    if (change.leastHeaderTableSize !== undefined && change.leastHeaderTableSize < this.#peerTableBytes) {
      // From now on the table is empty, whatever the peer will allow.
      this.#peerTableBytes = 0
      this.mustPrepareBlock = true
    }
    if (change.initialWindowSize !== undefined) this.#setInitialWindow(change.initialWindowSize)
    this.onSettings(change, isFirst)
  }

  windowOpened(streamId: number, increment: number): void {
    if (this.windowCredit > 0) this.windowCredit = Math.min(this.windowCredit, maxWindowCredit) - 1
    else this.idleFrameReceived(1)
    if (streamId === 0) {
      if (increment === 0) throw new Http2Error(ErrorCode.protocolError, 'WINDOW_UPDATE opens nothing')
      this.sendWindow += increment
      if (this.sendWindow > maxUint31) throw new Http2Error(ErrorCode.flowControlError, 'the window is too large')
      return
    }
    const stream = this.streams.get(streamId)
    if (stream === undefined) {
      this.#checkNotIdle(streamId)
      this.idleFrameReceived(1)
      return
    }
    stream.sendCredit += increment
    if (increment === 0) this.failStream(stream, ErrorCode.protocolError)
    else if (stream.sendWindow > maxUint31) this.failStream(stream, ErrorCode.flowControlError)
    else {
      if (stream.sendCredit > this.#mostSendCredit) this.#mostSendCredit = stream.sendCredit
      this.#scheduler.add(stream)
    }
  }

  prepareBlock(block: HeaderBlock): HeaderBlock {
    if (!this.mustPrepareBlock) return block
    this.mustPrepareBlock = false
    return joinBlocks(emptyTableBlock, block)
  }

  schedule(stream: Http2Stream): void {
    this.#scheduler.add(stream)
    this.#scheduler.run()
  }

  resetStream(stream: Http2Stream, code: number): void {
    if (stream.id !== 0) {
      writeReset(this.output, stream.id, code)
      this.#resets.add(stream.id)
    }
    this.closeStream(stream, code, stream.localEnded && code === ErrorCode.noError ? 'done' : 'local')
  }

  readingResumed(stream: Http2Stream): void {
    if (stream.id !== 0 && !stream.remoteEnded) this.#returnWindow(stream)
  }

  protected override handleInput(chunk: Buffer, start: number): number {
    return this.#receiver.push(chunk, start)
  }

  protected override get isMidFrame(): boolean {
    return this.#receiver.isMidFrame
  }

  protected override get completedFrames(): number {
    return this.#receiver.completed
  }

  protected override settle(): void {
    this.#scheduler.run()
  }

  protected override get hasStreams(): boolean {
    return this.streams.size > 0
  }

  protected override endStreams(code: number): void {
    this.#scheduler.clear()
    for (const stream of this.streams.all()) this.closeStream(stream, code, 'connection')
  }

  protected streamOf(streamId: number): Http2Stream | undefined {
    const last = this.#lastStream
    if (last !== undefined && last.id === streamId) return last
    const stream = this.streams.get(streamId)
    if (stream !== undefined) this.#lastStream = stream
    return stream
  }

  protected addStream(stream: Http2Stream): void {
    this.streams.add(stream)
    this.#lastStream = stream
  }

  protected closeStream(stream: Http2Stream, code: number, end: StreamEnd): void {
    if (stream.isClosed) return
    if (this.#lastStream === stream) this.#lastStream = undefined
    this.streams.delete(stream)
    this.#scheduler.remove(stream)
    stream.close(code, end)
    this.onStreamClosed()
    this.endIfDone()
  }

  /** Resets a stream because of what the peer sent. */
  protected failStream(stream: Http2Stream, code: number): void {
    this.onStreamError(stream)
    this.resetStream(stream, code)
  }

  /** Answers for a stream that is not taken, and ignores what may still come for it. */
  protected refuseStream(streamId: number, code: number | undefined): void {
    if (code !== undefined) writeReset(this.output, streamId, code)
    this.#resets.add(streamId)
  }

  /** Headers for a stream that is not open. */
  protected strayHeaders(streamId: number): void {
    this.#checkNotIdle(streamId)
    if (!this.#resets.has(streamId)) throw streamClosedError(streamId)
    this.idleFrameReceived(1)
  }

  /** Raises the connection's window from where every connection begins. */
  protected openWindow(): void {
    const increment = this.options.connectionWindowBytes - defaultWindowBytes
    if (increment > 0) writeWindowUpdate(this.output, 0, increment)
  }

  #deliver(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (end > start) this.usefulFrameReceived()
    else if (!endStream) this.idleFrameReceived(1)
    if (stream.expectedBytes >= 0) {
      stream.expectedBytes -= end - start
      if (stream.expectedBytes < 0 || (endStream && stream.expectedBytes > 0)) {
        this.failStream(stream, ErrorCode.protocolError)
        return
      }
    }
    if (endStream) stream.remoteEnded = true
    else if (!stream.isPaused) this.#returnWindow(stream)
    stream.handler.dataArrived(chunk, start, end, endStream)
    if (endStream && stream.localEnded) this.closeStream(stream, ErrorCode.noError, 'done')
  }

  #returnWindow(stream: Http2Stream): void {
    const bytes = stream.unreturnedBytes
    if (bytes < this.options.streamWindowBytes / 2) return
    stream.unreturnedBytes = 0
    writeWindowUpdate(this.output, stream.id, bytes)
  }

  #takeFromWindow(bytes: number): void {
    const { connectionWindowBytes } = this.options
    this.#unreturnedBytes += bytes
    if (this.#unreturnedBytes > connectionWindowBytes) {
      throw new Http2Error(ErrorCode.flowControlError, 'more data than the window allows')
    }
    if (this.#unreturnedBytes < connectionWindowBytes / 2) return
    writeWindowUpdate(this.output, 0, this.#unreturnedBytes)
    this.#unreturnedBytes = 0
  }

  #strayData(streamId: number, flowBytes: number): void {
    this.#checkNotIdle(streamId)
    if (flowBytes > 0 && !this.#resets.has(streamId)) throw streamClosedError(streamId)
    this.idleFrameReceived(1)
  }

  #checkNotIdle(streamId: number): void {
    if (this.isIdle(streamId)) {
      throw new Http2Error(ErrorCode.protocolError, `stream ${streamId} has not been opened`)
    }
  }

  #setInitialWindow(bytes: number): void {
    if (bytes + this.#mostSendCredit > maxUint31) {
      this.idleFrameReceived(this.streams.size / streamsPerIdleFrame)
      for (const stream of this.streams.all()) {
        if (bytes + stream.sendCredit > maxUint31) {
          throw new Http2Error(ErrorCode.flowControlError, 'the window is too large')
        }
      }
    }
    const isMore = bytes > this.peerInitialWindow
    this.peerInitialWindow = bytes
    if (!isMore) return
    this.idleFrameReceived(this.#scheduler.shutCount / streamsPerIdleFrame)
    this.#scheduler.addShut()
  }
}

function streamClosedError(streamId: number): Http2Error {
  return new Http2Error(ErrorCode.streamClosed, `stream ${streamId} is closed`)
}
