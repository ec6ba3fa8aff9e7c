import type { Metadata } from '../metadata.ts'
import type { Method } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { ServerCall, ServerStream } from './call.ts'
import { decodeRequest } from './decode-request.ts'

/** Where the answers of a stream go that came another way than gRPC. */
export interface LocalStreamSink {
  /** What the handler is told of the call. */
  readonly call: ServerCall
  /** Bytes that wait to be written. */
  readonly writableBytes: number
  /** Takes one encoded message. False: more waits than should, so `drained` is to be called later. */
  message(bytes: Uint8Array): boolean
  /** Called once: undefined is status OK. */
  end(error: RpcError | undefined): void
  /** The handler reads again: call `push` on. */
  resume(): void
  /** The handler threw what it should not; `end` follows. */
  onInternalError(error: unknown): void
}

/** What feeds a stream that came another way than gRPC. */
export interface LocalStreamSource {
  /** Delivers one encoded message. False: the handler wants no more until the sink's `resume`. */
  push(bytes: Uint8Array): boolean
  /** The client sends no more. */
  halfClose(): void
  /** What waited has been written. */
  drained(): void
  /** The client is gone, or everything has been said. Idempotent. */
  close(): void
}

const frameHeaderBytes = 5

/** Runs the handler of a stream without HTTP/2 beneath it. */
export class LocalStream<Req, Res> implements ServerStream<Req, Res>, LocalStreamSource {
  readonly #method: Method<Req, Res>
  readonly #sink: LocalStreamSink
  readonly #halfCloseListeners: (() => void)[] = []
  readonly #drainListeners: (() => void)[] = []
  readonly #closeListeners: (() => void)[] = []
  readonly #held: Uint8Array[] = []
  #messageListener: ((message: Req) => void) | undefined
  #paused = false
  #halfClosed = false
  #halfCloseTold = false
  #ended = false
  #closed = false

  constructor(method: Method<Req, Res>, sink: LocalStreamSink) {
    this.#method = method
    this.#sink = sink
  }

  begin(handler: (stream: ServerStream<Req, Res>) => void): void {
    this.#guard(() => handler(this))
  }

  get path(): string {
    return this.#method.path
  }

  get metadata(): Metadata {
    return this.#sink.call.metadata
  }

  get peer(): string {
    return this.#sink.call.peer
  }

  get signal(): AbortSignal {
    return this.#sink.call.signal
  }

  get deadlineMs(): number | undefined {
    return this.#sink.call.deadlineMs
  }

  get tlsCommonName(): string | undefined {
    return this.#sink.call.tlsCommonName
  }

  get writableBytes(): number {
    return this.#sink.writableBytes
  }

  get connectionWritableBytes(): number {
    return this.#sink.writableBytes
  }

  get ended(): boolean {
    return this.#ended
  }

  onMessage(listener: (message: Req) => void): void {
    this.#messageListener = listener
  }

  onHalfClose(listener: () => void): void {
    this.#halfCloseListeners.push(listener)
  }

  onClose(listener: () => void): void {
    if (this.#closed) queueMicrotask(listener)
    else this.#closeListeners.push(listener)
  }

  onDrain(listener: () => void): void {
    this.#drainListeners.push(listener)
  }

  send(message: Res): boolean {
    return this.#ended || this.#sink.message(this.#method.response.encode(message))
  }

  sendEncoded(bytesWithoutFrame: Uint8Array): boolean {
    return this.#ended || this.#sink.message(bytesWithoutFrame)
  }

  sendFrames(frames: Uint8Array): boolean {
    const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength)
    let hasRoom = true
    for (let offset = 0; offset < frames.length && !this.#ended; ) {
      const start = offset + frameHeaderBytes
      offset = start + view.getUint32(offset + 1)
      hasRoom = this.#sink.message(frames.subarray(start, offset))
    }
    return hasRoom
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#deliver()
    if (!this.#paused && !this.#ended) this.#sink.resume()
  }

  end(error?: RpcError): void {
    if (this.#ended) return
    this.#ended = true
    this.#sink.end(error)
  }

  push(bytes: Uint8Array): boolean {
    this.#held.push(bytes)
    this.#deliver()
    return !this.#paused
  }

  halfClose(): void {
    this.#halfClosed = true
    this.#deliver()
  }

  drained(): void {
    if (this.#ended) return
    for (const listener of this.#drainListeners) this.#guard(listener)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#ended = true
    this.#held.length = 0
    for (const listener of this.#closeListeners) this.#guard(listener)
  }

  #deliver(): void {
    while (!this.#paused && !this.#ended) {
      const bytes = this.#held.shift()
      if (bytes === undefined) break
      this.#guard(() => this.#messageListener?.(decodeRequest(this.#method.request, bytes)))
    }
    if (!this.#halfClosed || this.#halfCloseTold || this.#paused || this.#ended) return
    this.#halfCloseTold = true
    for (const listener of this.#halfCloseListeners) this.#guard(listener)
  }

  #guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (RpcError.is(error)) {
        this.end(error)
        return
      }
      this.#sink.onInternalError(error)
      this.end(new RpcError(StatusCode.INTERNAL, 'internal error'))
    }
  }
}
