import type { Metadata } from '../metadata.ts'
import type { RpcError } from '../rpc-error.ts'

/** What a handler knows about the call that it answers. */
export interface ServerCall {
  /** `/package.Service/Method`. */
  readonly path: string
  /** Every header of the request, `:authority` included. */
  readonly metadata: Metadata
  /** `address:port` of the client. */
  readonly peer: string
  /** Fires when the client cancels, the deadline passes or the connection dies. Made when first asked for. */
  readonly signal: AbortSignal
  /** The client's deadline on the server's monotonic clock, in milliseconds. */
  readonly deadlineMs: number | undefined
  /** The common name in the certificate that the client showed, once verified. */
  readonly tlsCommonName?: string | undefined
}

/** A running stream, seen by the server. */
export interface ServerStream<Req, Res> extends ServerCall {
  onMessage(listener: (message: Req) => void): void
  /** The client sends no more. This does not end the stream: the handler does, with `end`. */
  onHalfClose(listener: () => void): void
  /** Called once, however the stream ends. */
  onClose(listener: () => void): void
  /** Sends a message. False: more waits than the high-water mark, so wait for `onDrain`. A no-op after the end. */
  send(message: Res): boolean
  /** Sends a message that is encoded already; the bytes carry no frame header. */
  sendEncoded(bytesWithoutFrame: Uint8Array): boolean
  /** Sends messages that are encoded and framed already, as many as there are, in one write. */
  sendFrames(frames: Uint8Array): boolean
  /** Bytes that wait to be written. */
  readonly writableBytes: number
  /** The same of all calls of the client's connection. No `onDrain` tells when it falls. */
  readonly connectionWritableBytes: number
  onDrain(listener: () => void): void
  pause(): void
  resume(): void
  /** Ends the call, with status OK or with that of the error, after what was sent. Idempotent. */
  end(error?: RpcError): void
  readonly ended: boolean
}
