import type { Metadata } from '../metadata.ts'
import type { RpcError } from '../rpc-error.ts'

export interface RpcCallOptions {
  /** Ends the call early: it fails with CANCELLED. */
  readonly signal?: AbortSignal | undefined
  /** The deadline in milliseconds from now, told to the server and kept here too. Default none. */
  readonly timeoutMs?: number | undefined
  readonly metadata?: Metadata | undefined
}

/** What a stream tells its owner. */
export interface RpcStreamHandlers<Res> {
  onMessage(message: Res): void
  /** Called exactly once, as the last thing; `undefined` means status OK. */
  onEnd(error: RpcError | undefined): void
  /** The server's headers, before the first message. */
  onHeaders?(metadata: Metadata): void
  /** The messages that made `send` return false have left. */
  onDrain?(): void
}

/** A running stream, seen by the client. */
export interface RpcStream<Req> {
  /** Sends a message. False: more waits than the high-water mark, so wait for `onDrain`. A no-op after the end. */
  send(message: Req): boolean
  /** Says that no more messages follow. */
  closeSend(): void
  /** Ends the call with CANCELLED. */
  cancel(): void
  /** Stops `onMessage` until `resume`; the server then feels back-pressure. */
  pause(): void
  resume(): void
  /** Bytes that wait to be written. */
  readonly bufferedBytes: number
}
