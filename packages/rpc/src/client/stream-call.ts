import type { HeaderList } from '../http2/header-list.ts'
import { frameHeaderBytes, sealFrame } from '../message-frame.ts'
import type { ClientMethod } from '../method.ts'
import { responseMetadata } from '../response-status.ts'
import type { RpcError } from '../rpc-error.ts'
import type { RpcCallOptions, RpcStream, RpcStreamHandlers } from './call.ts'
import { type CallHost, ClientCall, unreadable } from './client-call.ts'

const nothing = new Uint8Array(0)

/** A call of any streaming kind. */
export class StreamCall<Req, Res> extends ClientCall implements RpcStream<Req> {
  readonly #method: ClientMethod<Req, Res>
  readonly #handlers: RpcStreamHandlers<Res>

  constructor(
    host: CallHost,
    deadlineMs: number,
    options: RpcCallOptions | undefined,
    method: ClientMethod<Req, Res>,
    handlers: RpcStreamHandlers<Res>,
  ) {
    super(host, deadlineMs, options)
    this.#method = method
    this.#handlers = handlers
  }

  get bufferedBytes(): number {
    return this.stream?.bufferedBytes ?? 0
  }

  send(message: Req): boolean {
    if (this.ended || this.stream === undefined) return true
    return this.stream.sendData(sealFrame(this.#method.request.encode(message, frameHeaderBytes)), false)
  }

  closeSend(): void {
    this.stream?.sendData(nothing, true)
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

  protected override onInitialMetadata(headers: HeaderList): void {
    this.#handlers.onHeaders?.(responseMetadata(headers.fields))
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
    this.#handlers.onEnd(error)
  }
}
