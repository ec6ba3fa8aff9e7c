import type { Socket } from 'node:net'
import type { Timer } from '@waypost/core'
import { Budget } from './budget.ts'
import { ErrorCode, Http2Error } from './error-code.ts'
import { writeGoaway, writePing } from './frame-writer.ts'
import { InputSlice } from './input-slice.ts'
import { type Http2Options, idleFrameBudget, type ResolvedHttp2Options, resolveHttp2Options } from './limits.ts'
import { Output } from './output.ts'
import { PingBook, type PingCallback } from './ping-book.ts'

/** The life of a connection over a connected socket, from its settings to its end; knows nothing of streams. */
export abstract class Http2Connection {
  readonly output: Output
  /** Pieces of input so far: while it grows, the peer is alive. */
  receivedChunks = 0
  protected readonly options: ResolvedHttp2Options
  /** `draining`: the connection ends with its last stream; `closed`: the owner has been told. */
  protected state: 'open' | 'draining' | 'closed' = 'open'
  /** The last stream of the peer that was taken, as a GOAWAY of this side says. */
  protected lastPeerStreamId = 0
  readonly #isServer: boolean
  readonly #socket: Socket
  readonly #idleFrames: Budget
  readonly #pings = new PingBook()
  readonly #settingsTimer: Timer
  #lingerTimer: Timer | undefined
  #sawSettings = false
  #settingsAcknowledged = false
  #isReceiving = false
  #isReadingStopped = false
  readonly #slice: InputSlice
  /** What was received and waits for this connection's next turn. */
  #backlog: Buffer[] = []
  /** Since when a frame has been under way, and how many had been completed then. */
  #midFrameSinceMs = 0
  #midFrameAfter = -1
  #frameTimer: Timer | undefined
  #saidGoaway = false
  #reason: Http2Error | undefined

  protected constructor(socket: Socket, options: Http2Options, isServer: boolean) {
    const resolved = resolveHttp2Options(options)
    this.options = resolved
    this.#isServer = isServer
    this.#socket = socket
    this.output = new Output(socket, resolved.socketHighWaterBytes, () => this.settle())
    this.#slice = new InputSlice(resolved.inputSliceMs)
    this.#idleFrames = new Budget(resolved.clock, idleFrameBudget)
    this.#settingsTimer = resolved.clock.after(resolved.settingsTimeoutMs, this.#onSettingsMissing, { ref: false })
    socket.on('data', this.#onData)
    socket.on('drain', this.#onDrain)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onClose)
    socket.on('error', this.#onError)
  }

  /** Looks at what has come, from `start` on. Returns how far it came. Throws what is to end the connection. */
  protected abstract handleInput(chunk: Buffer, start: number): number
  /** Whether a frame or a header block has begun that is not complete. */
  protected abstract readonly isMidFrame: boolean
  /** Frames that were received completely. */
  protected abstract readonly completedFrames: number
  /** Called at the end of every input and before every flush. */
  protected abstract settle(): void
  /** Whether there is a stream, open or waiting to be. */
  protected abstract readonly hasStreams: boolean
  /** Called once, before the streams are told; undefined when this side ended the connection. */
  protected abstract onClosed(reason: Http2Error | undefined): void
  protected abstract endStreams(code: number): void

  get isOver(): boolean {
    return this.state === 'closed'
  }

  /** Why the connection ended, or is about to; undefined while it is well and when this side ended it. */
  get reason(): Http2Error | undefined {
    return this.#reason
  }

  /** Asks whether the peer is there. The callback is called in any case, with an error when the connection ends first. */
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

  /** Ends connection and socket at once. Streams that are open end with `connection`. Idempotent. */
  destroy(code: number = ErrorCode.noError, message = ''): void {
    this.#finish(code === ErrorCode.noError ? this.#reason : new Http2Error(code, message), code, message)
    this.#socket.destroy()
  }

  /** Takes what the socket has received. */
  receive(chunk: Buffer): void {
    if (this.isOver) return
    this.receivedChunks += 1
    if (this.#backlog.length > 0) {
      this.#backlog.push(chunk)
      this.#socket.pause()
      return
    }
    this.#handle(chunk)
  }

  /** Whether the rest of the input should wait: others have not had their turn for a while. */
  get mustYield(): boolean {
    return this.#isServer && this.#slice.isOver
  }

  #handle(chunk: Buffer): void {
    this.output.hold()
    this.#isReceiving = true
    let handled = chunk.length
    if (this.#isServer) this.#slice.begin()
    try {
      handled = this.handleInput(chunk, 0)
      this.settle()
    } catch (error) {
      this.#fail(error)
    }
    this.#isReceiving = false
    this.output.flush()
    this.endIfDone()
    if (!this.#isServer || this.isOver) return
    if (handled < chunk.length) this.#postpone(chunk.subarray(handled))
    this.#watchFrame()
    this.#stopReadingIfFull()
  }

  #postpone(rest: Buffer): void {
    this.#backlog.unshift(rest)
    this.#slice.isWaiting = true
    this.#socket.pause()
    setImmediate(this.#onTurn)
  }

  readonly #onTurn = (): void => {
    this.#slice.isWaiting = false
    if (this.isOver) return
    const chunk = this.#backlog.shift()
    if (chunk !== undefined) this.#handle(chunk)
    if (this.isOver || this.#slice.isWaiting) return
    if (this.#backlog.length > 0) {
      this.#slice.isWaiting = true
      setImmediate(this.#onTurn)
    } else if (!this.#isReadingStopped) {
      this.#socket.resume()
    }
  }

  /** Sees to it that a frame that began ends. */
  #watchFrame(): void {
    if (!this.isMidFrame) {
      this.#midFrameAfter = -1
      return
    }
    const { clock, frameTimeoutMs } = this.options
    if (this.#midFrameAfter !== this.completedFrames) {
      this.#midFrameAfter = this.completedFrames
      this.#midFrameSinceMs = clock.monotonicMs()
    }
    this.#frameTimer ??= clock.after(frameTimeoutMs, this.#onFrameTimer, { ref: false })
  }

  readonly #onFrameTimer = (): void => {
    this.#frameTimer = undefined
    if (this.isOver || this.#midFrameAfter < 0) return
    const { clock, frameTimeoutMs } = this.options
    const leftMs = this.#midFrameSinceMs + frameTimeoutMs - clock.monotonicMs()
    if (leftMs > 0) this.#frameTimer = clock.after(leftMs, this.#onFrameTimer, { ref: false })
    else this.#fail(new Http2Error(ErrorCode.enhanceYourCalm, 'a frame was not completed in time'))
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

  idleFrameReceived(cost: number): void {
    if (!this.#idleFrames.take(cost)) {
      throw new Http2Error(ErrorCode.enhanceYourCalm, 'too many frames that say nothing')
    }
  }

  protected usefulFrameReceived(): void {
    this.#idleFrames.give(1)
  }

  /** Returns whether the peer's settings are its first. */
  protected noteSettings(): boolean {
    const isFirst = !this.#sawSettings
    this.#sawSettings = true
    if (this.#settingsAcknowledged) this.#settingsTimer.cancel()
    return isFirst
  }

  protected endIfDone(): void {
    if (this.state !== 'draining' || this.#isReceiving || this.hasStreams) return
    this.#finish(this.#reason, ErrorCode.noError, '')
    this.#linger()
  }

  /** The peer takes no more streams. */
  protected drainForPeer(reason: Http2Error | undefined): void {
    if (this.isOver) return
    // When this side closes, that is why the connection ends.
    if (!this.#saidGoaway) this.#reason ??= reason
    this.state = 'draining'
  }

  /** Lets go of the socket, for another to take over: nobody is told, and what was not flushed is dropped. */
  protected release(): void {
    this.state = 'closed'
    this.output.close()
    this.#settingsTimer.cancel()
    this.#frameTimer?.cancel()
    this.#socket.off('data', this.#onData)
    this.#socket.off('drain', this.#onDrain)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#onClose)
    this.#socket.off('error', this.#onError)
  }

  /** A client that does not read its answers is not listened to either, until it does. */
  #stopReadingIfFull(): void {
    if (this.#isReadingStopped || this.output.waitingBytes < this.options.socketHighWaterBytes * 4) return
    this.#isReadingStopped = true
    this.#socket.pause()
  }

  /** Ends the connection because of what the peer did, or of a defect on this side. */
  #fail(error: unknown): void {
    const reason =
      error instanceof Http2Error ? error : new Http2Error(ErrorCode.internalError, 'internal error', { cause: error })
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
    this.#settingsTimer.cancel()
    this.#frameTimer?.cancel()
    this.#backlog = []
    this.onClosed(reason)
    this.endStreams(reason === undefined ? code : reason.code)
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

  /** The socket has ended, by the peer's doing or by an error. */
  #lose(): void {
    if (this.isOver) return
    const isOwnEnd = this.#saidGoaway && !this.hasStreams
    if (!isOwnEnd) this.#reason ??= new Http2Error(ErrorCode.connectError, 'the connection was closed')
    this.output.close()
    this.#finish(this.#reason, ErrorCode.noError, '')
    this.#linger()
  }

  readonly #onData = (chunk: Buffer): void => this.receive(chunk)

  readonly #onDrain = (): void => {
    if (this.isOver) return
    if (this.#isReadingStopped) {
      this.#isReadingStopped = false
      if (this.#backlog.length === 0) this.#socket.resume()
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
    this.#lose()
    this.#lingerTimer?.cancel()
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
