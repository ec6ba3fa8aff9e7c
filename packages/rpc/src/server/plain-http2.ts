import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Handover } from '../http2/first-bytes.ts'
import { answerHttp } from './answer-http.ts'
import { HandedOverSocket } from './handed-over-socket.ts'
import { isGrpcRequest } from './request-head.ts'
import type { ResolvedServerOptions } from './server-options.ts'
import { maxFrameBytes, streamWindowBytes } from './session.ts'

/**
 * An HTTP/2 connection whose first request is not gRPC: `curl --http2-prior-knowledge`, or a browser through TLS.
 * Node serves it, through its face of HTTP/1, and is asked for that when the first one comes.
 */
export class PlainHttp2 {
  readonly #socket: Socket
  readonly #session: ServerHttp2Session
  readonly #options: ResolvedServerOptions

  constructor(socket: Socket, handover: Handover, options: ResolvedServerOptions, onClosed: (it: PlainHttp2) => void) {
    this.#socket = socket
    this.#options = options
    socket.pause()
    const { performServerHandshake } = process.getBuiltinModule('node:http2')
    if (!handover.settingsSent) socket.unshift(handover.unanswered)
    this.#session = performServerHandshake(handover.settingsSent ? new HandedOverSocket(socket, handover) : socket, {
      // Those that may have been sent already.
      settings: {
        initialWindowSize: streamWindowBytes,
        maxConcurrentStreams: options.maxConcurrentStreams,
        maxHeaderListSize: options.maxHeaderBytes,
        maxFrameSize: maxFrameBytes,
      },
    })
    this.#session.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) =>
        this.#answer(stream, headers, rawHeaders),
    )
    // A client that breaks the protocol is its own affair: its session ends.
    this.#session.on('error', () => this.destroy())
    this.#session.on('close', () => onClosed(this))
  }

  /** Takes no new requests, and ends with the last one. */
  close(): void {
    this.#session.close()
  }

  destroy(): void {
    this.#session.destroy()
    // Node waits for what is still to be written, forever if the peer does not read.
    setImmediate(() => this.#socket.destroy())
  }

  #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: string[]): void {
    if (!isGrpcRequest(headers[':method'], headers['content-type'])) {
      const { Http2ServerRequest, Http2ServerResponse } = process.getBuiltinModule('node:http2')
      void answerHttp(
        new Http2ServerRequest(stream, headers, {}, rawHeaders),
        new Http2ServerResponse(stream),
        this.#options,
      )
      return
    }
    // 14 is UNAVAILABLE: the client's next connection will do.
    stream.on('error', () => {})
    // Node tells of a request a moment after it came: it may have been reset, or its connection been cut, since.
    if (stream.destroyed) return
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '14',
        'grpc-message': 'this connection has begun as plain HTTP/2',
      },
      { endStream: true },
    )
    stream.resume()
    this.close()
  }
}
