import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Downstream, DownstreamListener } from '../proxy/downstream.ts'
import type { BodyListener } from '../upstream/attempt.ts'
import { http2Headers } from '../upstream/header-pairs.ts'
import type { ClientConnection } from './client-connection.ts'

/** A request over HTTP/2: one stream. */
export class Http2Downstream implements Downstream {
  readonly protocol = '2'
  readonly isUpgrade = false
  readonly isChecked = true
  readonly connection: ClientConnection
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly #stream: ServerHttp2Stream
  readonly #endsWithHead: boolean
  #trailers: readonly string[] = []
  #requestTrailers: readonly string[] = []
  #isEnded = false
  #isOver = false
  #bytesSent = 0

  constructor(
    connection: ClientConnection,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: readonly string[],
    endsWithHead: boolean,
  ) {
    this.connection = connection
    this.headers = headers
    this.rawHeaders = rawHeaders
    this.#stream = stream
    this.#endsWithHead = endsWithHead
  }

  get method(): string {
    return this.headers[':method'] ?? ''
  }

  get target(): string {
    return this.headers[':path'] ?? ''
  }

  get authority(): string {
    return this.headers[':authority'] ?? this.headers.host ?? ''
  }

  get hasBody(): boolean {
    return !this.#endsWithHead
  }

  get headSent(): boolean {
    return this.#stream.headersSent
  }

  get bytesSent(): number {
    return this.#bytesSent
  }

  listen(listener: DownstreamListener): void {
    const stream = this.#stream
    stream.once('close', () => {
      if (this.#isOver) return
      this.#isOver = true
      if (this.#isEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR) listener.finished()
      else listener.clientGone()
    })
    stream.on('drain', () => listener.drained())
    stream.on('trailers', (_headers: IncomingHttpHeaders, _flags: number, raw: readonly string[] = []) => {
      this.#requestTrailers = raw
    })
    // A broken stream is told by `close`.
    stream.on('error', () => {})
  }

  readBody(listener: BodyListener): void {
    const stream = this.#stream
    stream.on('data', (chunk: Buffer) => {
      if (!listener.bodyData(chunk)) stream.pause()
    })
    // An empty body can end before anybody reads it.
    if (stream.readableEnded) queueMicrotask(() => listener.bodyEnded(this.#requestTrailers))
    else stream.once('end', () => listener.bodyEnded(this.#requestTrailers))
  }

  pauseBody(): void {
    if (!this.#stream.destroyed) this.#stream.pause()
  }

  resumeBody(): void {
    this.#stream.resume()
  }

  inform(status: number, headers: readonly string[]): void {
    if (status !== 103 || this.headSent || this.#stream.destroyed) return
    this.#stream.additionalHeaders({ ':status': status, ...http2Headers(headers) })
  }

  sendHead(status: number, headers: string[], _endsConnection: boolean, isWhole: boolean): void {
    if (this.#stream.destroyed || this.#stream.headersSent) return
    const endStream = isWhole || this.method === 'HEAD' || status === 204 || status === 304
    this.#stream.respond({ ':status': status, ...http2Headers(headers) }, { endStream, waitForTrailers: !endStream })
    if (!endStream) {
      this.#stream.once('wantTrailers', () => {
        // Without any, Node ends the stream with an empty frame.
        this.#stream.sendTrailers(http2Headers(this.#trailers))
      })
    }
  }

  write(chunk: Buffer): boolean {
    if (!this.#stream.writable) return true
    this.#bytesSent += chunk.length
    return this.#stream.write(Buffer.from(chunk))
  }

  end(chunk: Buffer | string | undefined, trailers: readonly string[]): void {
    this.#isEnded = true
    this.#trailers = trailers
    if (chunk !== undefined) this.#bytesSent += chunk.length
    if (this.#stream.writable) this.#stream.end(chunk instanceof Buffer ? Buffer.from(chunk) : chunk)
    // The answer is whole, and nobody will read the rest of the request.
    if (!this.#stream.readableEnded) this.#stream.resume()
  }

  abort(): void {
    if (!this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  tunnel(): Duplex | undefined {
    return undefined
  }
}
