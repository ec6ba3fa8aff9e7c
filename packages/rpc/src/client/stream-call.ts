import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import { frameHeaderBytes, sealFrame } from '../message-frame.ts'
import type { Method } from '../method.ts'
import { responseMetadata } from '../response-status.ts'
import type { RpcError } from '../rpc-error.ts'
import type { RpcCallOptions, RpcStream, RpcStreamHandlers } from './call.ts'
import { type CallHost, ClientCall, unreadable } from './client-call.ts'

/** A call of any streaming kind. */
export class StreamCall<Req, Res> extends ClientCall implements RpcStream<Req> {
  readonly #method: Method<Req, Res>
  readonly #handlers: RpcStreamHandlers<Res>
  /** What was sent before the HTTP/2 stream could be opened. */
  #early: Uint8Array[] = []
  #earlyBytes = 0
  #sendClosed = false

  constructor(
    host: CallHost,
    headers: OutgoingHttpHeaders,
    deadlineMs: number,
    options: RpcCallOptions | undefined,
    method: Method<Req, Res>,
    handlers: RpcStreamHandlers<Res>,
  ) {
    super(host, headers, deadlineMs, options)
    this.#method = method
    this.#handlers = handlers
  }

  get bufferedBytes(): number {
    return this.stream?.writableLength ?? this.#earlyBytes
  }

  send(message: Req): boolean {
    if (this.ended || this.#sendClosed) return true
    const frame = sealFrame(this.#method.request.encode(message, frameHeaderBytes))
    if (this.stream) return this.stream.writable ? this.stream.write(frame) : true
    this.#early.push(frame)
    this.#earlyBytes += frame.length
    return this.#earlyBytes < earlyHighWaterBytes
  }

  closeSend(): void {
    if (this.#sendClosed) return
    this.#sendClosed = true
    this.stream?.end()
  }

  pause(): void {
    this.pauseReading()
  }

  resume(): void {
    this.resumeReading()
  }

  override streamDrained(): void {
    if (!this.ended) this.#handlers.onDrain?.()
  }

  protected override onOpen(stream: ClientHttp2Stream): void {
    const early = this.#early
    const wasFull = this.#earlyBytes >= earlyHighWaterBytes
    this.#early = []
    this.#earlyBytes = 0
    let roomLeft = true
    for (const frame of early) roomLeft = stream.write(frame)
    if (this.#sendClosed) stream.end()
    // If there is no room, the stream's own drain event comes later.
    else if (wasFull && roomLeft) this.streamDrained()
  }

  protected override onInitialMetadata(headers: IncomingHttpHeaders): void {
    this.#handlers.onHeaders?.(responseMetadata(headers))
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    let message: Res
    try {
      message = this.#method.response.decode(bytes)
    } catch (error) {
      this.fail(unreadable(error))
      return
    }
    this.#handlers.onMessage(message)
  }

  protected override onFinish(error: RpcError | undefined): void {
    this.#early = []
    this.#earlyBytes = 0
    this.#handlers.onEnd(error)
  }
}

const earlyHighWaterBytes = 16 * 1024
