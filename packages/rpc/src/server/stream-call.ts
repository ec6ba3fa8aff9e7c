import type { Http2Stream } from '../http2/stream.ts'
import type { StreamEnd } from '../http2/stream-handler.ts'
import { frameHeaderBytes, frameOf, sealFrame } from '../message-frame.ts'
import type { Method } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { okHeaders } from './answer-headers.ts'
import type { ServerStream } from './call.ts'
import { decodeRequest } from './decode-request.ts'
import { Exchange, type ExchangeHost } from './exchange.ts'
import type { RequestHead } from './request-head.ts'

/** A call of any streaming kind. */
export class StreamCall<Req, Res> extends Exchange implements ServerStream<Req, Res> {
  readonly #method: Method<Req, Res>
  readonly #halfCloseListeners: (() => void)[] = []
  readonly #drainListeners: (() => void)[] = []
  readonly #closeListeners: (() => void)[] = []
  #messageListener: ((message: Req) => void) | undefined
  #halfClosed = false
  #heard = false

  constructor(host: ExchangeHost, stream: Http2Stream, head: RequestHead, method: Method<Req, Res>) {
    super(host, stream, head)
    this.#method = method
    if (this.deadlineMs !== undefined) host.deadlines.add(this)
  }

  /** Runs the handler. Its listeners hear of what the client sent afterwards, however long it has been there. */
  begin(handler: (stream: ServerStream<Req, Res>) => void): void {
    if (this.#method.kind === 'server-stream') this.expectMessage()
    this.guard(() => handler(this))
    if (!this.answered && this.remoteEnded) this.onRemoteEnd()
  }

  get ended(): boolean {
    return this.answered
  }

  get writableBytes(): number {
    return this.stream.bufferedBytes
  }

  get connectionWritableBytes(): number {
    return this.stream.connectionBufferedBytes
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
    this.pauseReading()
  }

  resume(): void {
    this.resumeReading()
  }

  end(error?: RpcError): void {
    if (this.answered) return
    if (!this.headersSent && error === undefined) this.#respond()
    this.sendStatus(error)
  }

  override streamDrained(): void {
    if (this.answered) return
    for (const listener of this.#drainListeners) this.guard(listener)
  }

  override streamClosed(code: number, end: StreamEnd): void {
    super.streamClosed(code, end)
    for (const listener of this.#closeListeners) this.guard(listener)
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    // The request of such a method is its first message, whatever follows.
    if (this.#heard && this.#method.kind === 'server-stream') return
    this.#heard = true
    this.guard(() => this.#messageListener?.(decodeRequest(this.#method.request, bytes)))
  }

  protected override onRemoteEnd(): void {
    if (this.#halfClosed) return
    this.#halfClosed = true
    if (!this.#heard && this.#method.kind === 'server-stream') {
      this.end(new RpcError(StatusCode.INTERNAL, 'grpc: the request holds no message'))
      return
    }
    for (const listener of this.#halfCloseListeners) this.guard(listener)
  }

  #respond(): void {
    this.headersSent = true
    this.stream.sendHeaders(okHeaders, false)
  }

  #write(frames: Uint8Array): boolean {
    if (!this.headersSent) this.#respond()
    return this.stream.sendData(frames, false)
  }
}
