import type { Socket } from 'node:net'
import type { Timer } from '@waypost/core'
import { Budget } from './budget.ts'
import { ErrorCode, Http2Error } from './error-code.ts'
import { maxUint31 } from './frame.ts'
import { type FrameEvents, FrameReceiver } from './frame-receiver.ts'
import { writeGoaway, writePing, writeReset, writeSettingsAck, writeWindowUpdate } from './frame-writer.ts'
import { emptyTableBlock, type HeaderBlock, joinBlocks } from './header-block.ts'
import type { HeaderList } from './header-list.ts'
import { headerTableBytes } from './hpack-decoder.ts'
import { type Http2Options, idleFrameBudget, type ResolvedHttp2Options, resolveHttp2Options } from './limits.ts'
import { Output } from './output.ts'
import { PingBook, type PingCallback } from './ping-book.ts'
import { RecentResets } from './recent-resets.ts'
import { SendScheduler } from './send-scheduler.ts'
import { defaultFrameBytes, defaultWindowBytes, type SettingsChange } from './settings.ts'
import type { Http2Stream, StreamHost } from './stream.ts'
import type { StreamEnd } from './stream-handler.ts'
import { StreamTable } from './stream-table.ts'

/** One HTTP/2 connection over a connected socket: RFC 9113 without push and priorities. What both roles share. */
export abstract class Http2Session implements FrameEvents, StreamHost {
  readonly output: Output
  readonly streamHighWaterBytes: number
  sendWindow: number = defaultWindowBytes
  peerInitialWindow: number = defaultWindowBytes
  peerMaxFrameBytes: number = defaultFrameBytes
  mustPrepareBlock = false
  /** Pieces of input so far: while it grows, the peer is alive. */
  receivedChunks = 0
  protected readonly options: ResolvedHttp2Options
  protected readonly streams = new StreamTable()
  /** The last stream of the peer that was taken, as a GOAWAY of this side says. */
  protected lastPeerStreamId = 0
  /** `draining`: the session ends with its last stream; `closed`: the owner has been told. */
  protected state: 'open' | 'draining' | 'closed' = 'open'
  readonly #isServer: boolean
  readonly #socket: Socket
  readonly #receiver: FrameReceiver
  readonly #scheduler: SendScheduler
  readonly #idleFrames: Budget
  readonly #resets = new RecentResets()
  readonly #pings = new PingBook()
  readonly #settingsTimer: Timer
  #lingerTimer: Timer | undefined
  /** The stream that the peer spoke of last, and nearly always goes on with. */
  #lastStream: Http2Stream | undefined
  /** Bytes received on all streams and not given back to the peer. */
  #unreturnedBytes = 0
  /** The most that any stream was allowed beyond the initial window. */
  #mostSendCredit = 0
  #peerTableBytes: number = headerTableBytes
  #sawSettings = false
  #settingsAcknowledged = false
  #isReceiving = false
  #isReadingStopped = false
  #saidGoaway = false
  #reason: Http2Error | undefined

  protected constructor(socket: Socket, options: Http2Options, isServer: boolean) {
    const resolved = resolveHttp2Options(options)
    this.options = resolved
    this.streamHighWaterBytes = resolved.streamHighWaterBytes
    this.#isServer = isServer
    this.#socket = socket
    this.output = new Output(socket, resolved.socketHighWaterBytes, () => this.settle())
    this.#receiver = new FrameReceiver(this, resolved, isServer)
    this.#scheduler = new SendScheduler(this)
    this.#idleFrames = new Budget(resolved.clock, idleFrameBudget)
    this.#settingsTimer = resolved.clock.after(resolved.settingsTimeoutMs, this.#onSettingsMissing, { ref: false })
    socket.on('data', this.#onData)
    socket.on('drain', this.#onDrain)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onClose)
    socket.on('error', this.#onError)
  }

  abstract headersReceived(streamId: number, headers: HeaderList, endStream: boolean): void
  abstract goawayReceived(lastStreamId: number, code: number, message: string): void
  abstract localSideEnded(stream: Http2Stream): void
  /** The peer's settings have come, for the first time or anew. */
  protected abstract onSettings(change: SettingsChange, isFirst: boolean): void
  /** Called before a stream that the peer has reset is closed. */
  protected abstract onPeerReset(stream: Http2Stream): void
  /** Called before a stream is reset because of what the peer sent. */
  protected abstract onStreamError(stream: Http2Stream): void
  protected abstract onStreamClosed(): void
  /** Called once, before the streams are told; undefined when this side ended the session. */
  protected abstract onClosed(reason: Http2Error | undefined): void
  /** Streams that have not been opened yet. */
  protected abstract readonly hasWaiting: boolean
  protected abstract closeWaiting(code: number): void
  /** Whether nobody has opened the stream yet. */
  protected abstract isIdle(streamId: number): boolean

  get isOver(): boolean {
    return this.state === 'closed'
  }

  /** Streams that are open. */
  get openStreams(): number {
    return this.streams.size
  }

  /** Asks whether the peer is there. The callback is called in any case, with an error when the session ends first. */
  ping(callback: PingCallback): void {
    if (this.isOver) process.nextTick(callback, this.#reason ?? closedError())
    else writePing(this.output, false, this.#pings.add(callback))
  }

  /** Opens and takes no more streams, and ends when the last one does. Idempotent. */
  close(): void {
    if (this.isOver || this.#saidGoaway) return
    this.state = 'draining'
    this.#sayGoaway(ErrorCode.noError, '')
    this.endIfDone()
  }

  /** Ends session and socket at once. Streams that are open end with `connection`. Idempotent. */
  destroy(code: number = ErrorCode.noError, message = ''): void {
    this.#finish(code === ErrorCode.noError ? this.#reason : new Http2Error(code, message), code, message)
    this.#socket.destroy()
  }

  /** Takes what the socket has received. */
  receive(chunk: Buffer): void {
    if (this.isOver) return
    this.receivedChunks += 1
    this.output.hold()
    this.#isReceiving = true
    try {
      this.#receiver.push(chunk)
      this.settle()
    } catch (error) {
      this.#fail(error)
    }
    this.#isReceiving = false
    this.output.flush()
    this.endIfDone()
    if (this.#isServer && !this.isOver) this.#stopReadingIfFull()
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
    const isFirst = !this.#sawSettings
    this.#sawSettings = true
    if (this.#settingsAcknowledged) this.#settingsTimer.cancel()
    if (change.maxFrameSize !== undefined) this.peerMaxFrameBytes = change.maxFrameSize
    if (change.leastHeaderTableSize !== undefined && change.leastHeaderTableSize < this.#peerTableBytes) {
      // From now on the table is empty, whatever the peer will allow.
      this.#peerTableBytes = 0
      this.mustPrepareBlock = true
    }
    if (change.initialWindowSize !== undefined) this.#setInitialWindow(change.initialWindowSize)
    this.onSettings(change, isFirst)
  }

  settingsAcknowledged(): void {
    if (this.#settingsAcknowledged) this.idleFrameReceived(1)
    this.#settingsAcknowledged = true
    if (this.#sawSettings) this.#settingsTimer.cancel()
  }

  pingReceived(opaque: Buffer): void {
    this.idleFrameReceived(1)
    writePing(this.output, true, opaque)
  }

  pingAcknowledged(opaque: Buffer): void {
    if (!this.#pings.settle(opaque)) this.idleFrameReceived(1)
  }

  windowOpened(streamId: number, increment: number): void {
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

  idleFrameReceived(cost: number): void {
    if (!this.#idleFrames.take(cost)) throw calmError('too many frames that say nothing')
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

  /** The reason why the session ended; undefined while it lives and when this side ended it. */
  get reason(): Http2Error | undefined {
    return this.#reason
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

  protected usefulFrameReceived(): void {
    this.#idleFrames.give(1)
  }

  /** Raises the connection's window from where every connection begins. */
  protected openWindow(): void {
    const increment = this.options.connectionWindowBytes - defaultWindowBytes
    if (increment > 0) writeWindowUpdate(this.output, 0, increment)
  }

  /** Called at the end of every input and before every flush. */
  protected settle(): void {
    this.#scheduler.run()
  }

  protected endIfDone(): void {
    if (this.state !== 'draining' || this.#isReceiving || this.streams.size > 0 || this.hasWaiting) return
    this.#finish(this.#reason, ErrorCode.noError, '')
    this.#linger()
  }

  /** The peer takes no more streams. */
  protected drainForPeer(reason: Http2Error | undefined): void {
    if (this.isOver) return
    // When this side closes, that is why the session ends.
    if (!this.#saidGoaway) this.#reason ??= reason
    this.state = 'draining'
  }

  /** Lets go of the socket, for another to take over: nobody is told, and what was not flushed is dropped. */
  protected release(): void {
    this.state = 'closed'
    this.output.close()
    this.#stopTimers()
    this.#socket.off('data', this.#onData)
    this.#socket.off('drain', this.#onDrain)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#onClose)
    this.#socket.off('error', this.#onError)
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
      for (const stream of this.streams.all()) {
        if (bytes + stream.sendCredit > maxUint31) {
          throw new Http2Error(ErrorCode.flowControlError, 'the window is too large')
        }
      }
    }
    const isMore = bytes > this.peerInitialWindow
    this.peerInitialWindow = bytes
    if (!isMore) return
    for (const stream of this.streams.all()) this.#scheduler.add(stream)
  }

  /** A client that does not read its answers is not listened to either, until it does. */
  #stopReadingIfFull(): void {
    if (this.#isReadingStopped || this.output.waitingBytes < this.options.socketHighWaterBytes * 4) return
    this.#isReadingStopped = true
    this.#socket.pause()
  }

  /** Ends the connection because of what the peer did, or of a defect on this side. */
  #fail(error: unknown): void {
    const known = error instanceof Http2Error
    const reason = known ? error : new Http2Error(ErrorCode.internalError, 'internal error', { cause: error })
    this.#finish(reason, reason.code, reason.message)
    this.#linger()
  }

  #finish(reason: Http2Error | undefined, code: number, message: string): void {
    if (this.isOver) return
    if (!this.#saidGoaway || code !== ErrorCode.noError) this.#sayGoaway(code, message)
    this.output.flush()
    this.output.close()
    this.state = 'closed'
    this.#reason = reason
    this.#stopTimers()
    this.#scheduler.clear()
    this.onClosed(reason)
    const streams = this.streams.all()
    const streamCode = reason === undefined ? code : reason.code
    for (const stream of streams) this.closeStream(stream, streamCode, 'connection')
    this.closeWaiting(streamCode)
    this.#pings.failAll(reason ?? closedError())
  }

  #sayGoaway(code: number, message: string): void {
    this.#saidGoaway = true
    writeGoaway(this.output, this.lastPeerStreamId, code, message)
  }

  /** Closes this side of the socket, and all of it when the peer has had time to read the rest. */
  #linger(): void {
    if (this.#socket.destroyed) return
    this.#socket.end()
    if (this.#isReadingStopped) this.#socket.resume()
    const { clock, lingerMs } = this.options
    this.#lingerTimer ??= clock.after(lingerMs, () => this.#socket.destroy(), { ref: false })
  }

  #stopTimers(): void {
    this.#settingsTimer.cancel()
  }

  readonly #onData = (chunk: Buffer): void => this.receive(chunk)

  readonly #onDrain = (): void => {
    if (this.isOver) return
    if (this.#isReadingStopped) {
      this.#isReadingStopped = false
      this.#socket.resume()
    }
    this.output.hold()
    this.settle()
    this.output.flush()
  }

  readonly #onError = (cause: Error): void => {
    this.#reason ??= new Http2Error(ErrorCode.connectError, cause.message, { cause })
  }

  readonly #onEnd = (): void => this.#lose()

  readonly #onClose = (): void => {
    this.#lingerTimer?.cancel()
    this.#lose()
  }

  #lose(): void {
    if (this.isOver) return
    const isOwnEnd = this.#saidGoaway && this.streams.size === 0
    this.#reason ??= isOwnEnd ? undefined : new Http2Error(ErrorCode.connectError, 'the connection was closed')
    this.output.close()
    this.#finish(this.#reason, ErrorCode.noError, '')
    if (!this.#socket.destroyed) this.#linger()
  }

  readonly #onSettingsMissing = (): void => {
    const [code, message] = this.#sawSettings
      ? [ErrorCode.settingsTimeout, 'the settings were not acknowledged in time']
      : [ErrorCode.protocolError, 'no settings came in time']
    this.#fail(new Http2Error(code, message))
  }
}

function closedError(): Http2Error {
  return new Http2Error(ErrorCode.noError, 'the connection is closed')
}

function calmError(message: string): Http2Error {
  return new Http2Error(ErrorCode.enhanceYourCalm, message)
}

function streamClosedError(streamId: number): Http2Error {
  return new Http2Error(ErrorCode.streamClosed, `stream ${streamId} is closed`)
}
