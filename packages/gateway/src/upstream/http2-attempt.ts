import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import type { Attempt, AttemptListener, BodySource, UpstreamRequest } from './attempt.ts'
import { type Failure, failureOf } from './failure.ts'
import { http2Headers, withoutPseudoHeaders } from './header-pairs.ts'

type RawListener = (headers: IncomingHttpHeaders, flags: number, raw?: readonly string[]) => void

/** One request to an instance over HTTP/2: a stream of the session. */
export class Http2Attempt implements Attempt {
  readonly #listener: AttemptListener
  readonly #stream: ClientHttp2Stream
  #trailers: readonly string[] = []
  #isOver = false

  constructor(session: ClientHttp2Session, request: UpstreamRequest, listener: AttemptListener, release: () => void) {
    const { method, path, host, headers, body, instance } = request
    this.#listener = listener
    const head = {
      ':method': method,
      ':path': path,
      ':authority': host,
      ':scheme': instance.scheme === 'https' ? 'https' : 'http',
      ...http2Headers(headers),
    }
    this.#stream = session.request(head, { endStream: body === undefined, waitForTrailers: body !== undefined })
    this.#stream.once('close', release)
    if (body) send(body, this.#stream)
    this.#listen()
  }

  resume(): void {
    this.#stream.resume()
  }

  abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stream.close(constants.NGHTTP2_CANCEL)
  }

  #listen(): void {
    const stream = this.#stream
    const listener = this.#listener
    const onHeaders: RawListener = (headers, _flags, raw = []) => {
      if (!this.#isOver) listener.informed(Number(headers[':status']), withoutPseudoHeaders(raw))
    }
    const onResponse: RawListener = (headers, flags, raw = []) => {
      const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      if (!this.#isOver) listener.head(Number(headers[':status']), withoutPseudoHeaders(raw), isWhole)
    }
    const onTrailers: RawListener = (_headers, _flags, raw = []) => {
      this.#trailers = withoutPseudoHeaders(raw)
    }
    stream.on('headers', onHeaders)
    stream.on('response', onResponse)
    stream.on('trailers', onTrailers)
    stream.on('data', (chunk: Buffer) => {
      if (!this.#isOver && !listener.data(chunk)) stream.pause()
    })
    stream.once('end', () => {
      if (this.#isOver || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return
      this.#isOver = true
      listener.ended(this.#trailers)
      // An answer that came before the request was read to its end.
      if (!stream.writableEnded) stream.close(constants.NGHTTP2_CANCEL)
    })
    stream.once('error', (error) => this.#fail(error))
    stream.once('close', () => this.#fail(new Error(`The instance ended the stream with code ${stream.rstCode}.`)))
  }

  #fail(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.failed(this.#failure(error))
  }

  #failure(error: Error): Failure {
    if (this.#stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) return { kind: 'unsent', error }
    const wasSent = this.#stream.id !== undefined && !this.#stream.pending
    const failure = failureOf(error, wasSent)
    return failure.kind === 'aborted' ? { kind: 'reset', error } : failure
  }
}

function send(body: BodySource, stream: ClientHttp2Stream): void {
  let trailers: readonly string[] = []
  stream.on('drain', () => body.resume())
  stream.once('wantTrailers', () => stream.sendTrailers(http2Headers(trailers)))
  stream.once('close', () => body.cancel())
  body.start({
    bodyData: (chunk) => stream.destroyed || stream.write(chunk),
    bodyEnded: (last) => {
      trailers = last
      stream.end()
    },
  })
}
