import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { frameHeaderBytes, frameOf, sealFrame } from '../message-frame.ts'
import type { Method } from '../method.ts'
import type { RpcError } from '../rpc-error.ts'
import type { ServerStream } from './call.ts'
import { decodeRequest } from './decode-request.ts'
import { Exchange, type ExchangeHost, okHeaders, withTrailers } from './exchange.ts'

/** A call of any streaming kind. */
export class StreamCall<Req, Res> extends Exchange implements ServerStream<Req, Res> {
  readonly #method: Method<Req, Res>
  readonly #halfCloseListeners: (() => void)[] = []
  readonly #drainListeners: (() => void)[] = []
  readonly #closeListeners: (() => void)[] = []
  #messageListener: ((message: Req) => void) | undefined
  #halfClosed = false

  constructor(host: ExchangeHost, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, method: Method<Req, Res>) {
    super(host, stream, headers, method.path)
    this.#method = method
    if (this.deadlineMs !== undefined) host.deadlines.add(this)
  }

  /** Runs the handler. Its listeners hear of what the client sent afterwards, however long it has been there. */
  begin(handler: (stream: ServerStream<Req, Res>) => void): void {
    this.guard(() => handler(this))
    if (!this.answered) this.startReading()
  }

  get ended(): boolean {
    return this.answered
  }

  get writableBytes(): number {
    return this.stream.writableLength
  }

  onMessage(listener: (message: Req) => void): void {
    this.#messageListener = listener
  }

  onHalfClose(listener: () => void): void {
    this.#halfCloseListeners.push(listener)
  }

  onDrain(listener: () => void): void {
    this.#drainListeners.push(listener)
  }

  onClose(listener: () => void): void {
    if (this.gone) queueMicrotask(listener)
    else this.#closeListeners.push(listener)
  }

  send(message: Res): boolean {
    if (this.answered) return true
    return this.#write(sealFrame(this.#method.response.encode(message, frameHeaderBytes)))
  }

  sendEncoded(bytesWithoutFrame: Uint8Array): boolean {
    if (this.answered) return true
    return this.#write(frameOf(bytesWithoutFrame))
  }

  sendFrames(frames: Uint8Array): boolean {
    return this.answered || frames.length === 0 ? true : this.#write(frames)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.resumeReading()
  }

  end(error?: RpcError): void {
    if (this.answered) return
    if (!this.stream.headersSent && error === undefined) this.#respond()
    this.sendStatus(error)
  }

  override streamDrained(): void {
    if (this.answered) return
    for (const listener of this.#drainListeners) this.guard(listener)
  }

  override streamClosed(): void {
    if (this.gone) return
    super.streamClosed()
    for (const listener of this.#closeListeners) this.guard(listener)
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    this.guard(() => this.#messageListener?.(decodeRequest(this.#method.request, bytes)))
  }

  protected override onRemoteEnd(): void {
    if (this.#halfClosed) return
    this.#halfClosed = true
    for (const listener of this.#halfCloseListeners) this.guard(listener)
  }

  #respond(): void {
    if (!this.stream.destroyed && !this.stream.closed) this.stream.respond(okHeaders, withTrailers)
  }

  #write(frame: Uint8Array): boolean {
    const { stream } = this
    if (stream.destroyed || stream.closed) return true
    if (!stream.headersSent) stream.respond(okHeaders, withTrailers)
    return stream.write(frame)
  }
}
