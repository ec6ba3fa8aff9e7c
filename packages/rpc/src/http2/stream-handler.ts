import type { HeaderList } from './header-list.ts'

/**
 * How a stream came to its end:
 * - `done`: both sides have ended, and nothing waits to be written;
 * - `peer`: the peer reset it; REFUSED_STREAM means that it has not looked at the request;
 * - `goaway`: the peer has said with GOAWAY that it will not look at it;
 * - `local`: this side reset it, be it because of what the peer sent;
 * - `connection`: it went with its connection.
 */
export type StreamEnd = 'done' | 'peer' | 'goaway' | 'local' | 'connection'

/** What a stream tells its owner. */
export interface Http2StreamHandler {
  /** A response, or trailers. A server's request comes with the stream itself. */
  headersArrived(headers: HeaderList, endStream: boolean): void
  /**
   * Content: the bytes of `chunk` from `start` to `end`, perhaps none when `endStream` is true. They stay as they
   * are, but whoever keeps few of them keeps all of `chunk` alive.
   */
  dataArrived(chunk: Buffer, start: number, end: number, endStream: boolean): void
  /** Less than half of the high-water mark waits, after `sendData` returned false. */
  streamDrained(): void
  /**
   * The last word, exactly once.
   * @param code the HTTP/2 error code
   */
  streamClosed(code: number, end: StreamEnd): void
}

/** Stands in until the owner is known, and when nobody wants to hear more. */
export const deafHandler: Http2StreamHandler = {
  headersArrived() {},
  dataArrived() {},
  streamDrained() {},
  streamClosed() {},
}
