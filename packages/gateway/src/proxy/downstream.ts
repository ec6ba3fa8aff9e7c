import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ClientConnection } from '../server/client-connection.ts'
import type { BodyListener } from '../upstream/attempt.ts'

/** Called with the client's side of an exchange. */
export interface DownstreamListener {
  readonly requestId: string
  /** The client takes more of the answer. */
  drained(): void
  /** The connection or stream is over before the answer was whole. */
  clientGone(): void
  /** The answer has left this process. */
  finished(): void
}

/** One request of a client, and the way to answer it. Header lists are flat: name, value, name, value. */
export interface Downstream {
  readonly protocol: '1.0' | '1.1' | '2'
  readonly connection: ClientConnection
  readonly method: string
  /** The request target as it was sent. */
  readonly target: string
  /** `Host` or `:authority`; `''` when there is none. */
  readonly authority: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly hasBody: boolean
  /** The client asks for an upgrade such as a WebSocket. */
  readonly isUpgrade: boolean
  /** Whether its framing and its `Host` have been found to be unambiguous. */
  readonly isChecked: boolean
  readonly headSent: boolean
  readonly bytesSent: number
  listen(listener: DownstreamListener): void
  /** Begins to read the body; a client that waits for 100 is told to go on. */
  readBody(listener: BodyListener): void
  pauseBody(): void
  resumeBody(): void
  inform(status: number, headers: readonly string[]): void
  /**
   * @param endsConnection whether this answer is the last one on the connection
   * @param isWhole whether nothing follows: `end` is called next, without a body and trailers
   */
  sendHead(status: number, headers: string[], endsConnection: boolean, isWhole: boolean): void
  /** The bytes may be written over after the call. False: no more until `drained`. */
  write(chunk: Buffer): boolean
  /** @param chunk as for `write` */
  end(chunk: Buffer | string | undefined, trailers: readonly string[]): void
  /** Ends the answer so that the client notices that it is not whole. */
  abort(): void
  /** Hands the connection over after a 101 has been sent. */
  tunnel(): Duplex | undefined
}
