import type { Socket } from 'node:net'
import { fieldLines } from '../../http1/field-lines.ts'
import { writePiece } from '../../http1/write-piece.ts'
import type { Attempt, AttemptListener, BodyListener, UpstreamRequest } from '../attempt.ts'
import type { Failure } from '../failure.ts'

/** Methods for which a request without a body says so. */
const withBody = new Set(['POST', 'PUT', 'PATCH'])

/** The connection of a request. */
export interface AttemptLine {
  /** More is taken of the answer. */
  resume(): void
  /** The request is given up: its answer would come between those of others. */
  release(attempt: Http1Attempt): void
}

/** One request to an instance over HTTP/1.1. */
export class Http1Attempt implements Attempt, BodyListener {
  readonly #request: UpstreamRequest
  readonly #listener: AttemptListener
  #line: AttemptLine | undefined
  #socket: Socket | undefined
  /** The head, until a piece of the body comes or is known to come later. */
  #pending: string | undefined
  #isChunked = false
  /** How many bytes of the body are still to come, when the sender said so. */
  #left = 0
  #isSent = false
  #isOver = false

  constructor(request: UpstreamRequest, listener: AttemptListener) {
    this.#request = request
    this.#listener = listener
  }

  get method(): string {
    return this.#request.method
  }

  /** How long a connection that is made for it may take. */
  get connectMs(): number {
    return this.#request.connectMs ?? Number.POSITIVE_INFINITY
  }

  /** Whether the whole request has been written. */
  get isSent(): boolean {
    return this.#isSent
  }

  /** @param line on which it is sent, now or when it stands */
  on(line: AttemptLine): void {
    this.#line = line
  }

  resume(): void {
    if (!this.#isOver) this.#line?.resume()
  }

  abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#request.body?.cancel()
    this.#line?.release(this)
  }

  /** The connection stands and is this request's alone. */
  send(socket: Socket): void {
    const { method, path, host, headers, body } = this.#request
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${fieldLines(headers)}`
    if (body === undefined) {
      this.#isSent = true
      const needsLength = withBody.has(method) && lengthOf(headers) === undefined
      socket.write(needsLength ? `${head}content-length: 0\r\n\r\n` : `${head}\r\n`, 'latin1')
      return
    }
    this.#socket = socket
    const length = lengthOf(headers)
    this.#isChunked = length === undefined
    this.#left = length ?? 0
    this.#pending = this.#isChunked ? `${head}transfer-encoding: chunked\r\n\r\n` : `${head}\r\n`
    body.start(this)
    // The first piece of the body is often there, or turns out to be broken, before the next turn of the event loop.
    if (this.#pending !== undefined) process.nextTick(() => this.#flush())
  }

  bodyData(chunk: Buffer): boolean {
    const socket = this.#socket
    if (socket === undefined || this.#isOver || chunk.length === 0) return true
    if (!this.#isChunked) {
      this.#left -= chunk.length
      if (this.#left < 0) {
        this.#mismatch()
        return false
      }
    }
    const before = this.#isChunked ? `${chunk.length.toString(16)}\r\n` : ''
    const after = this.#isChunked ? '\r\n' : ''
    const pending = this.#pending ?? ''
    this.#pending = undefined
    return writePiece(socket, pending + before, chunk, after)
  }

  bodyEnded(trailers: readonly string[]): void {
    const socket = this.#socket
    if (socket === undefined || this.#isOver) return
    if (this.#left > 0) {
      this.#mismatch()
      return
    }
    this.#isSent = true
    if (this.#isChunked) this.#pending = `${this.#pending ?? ''}0\r\n${fieldLines(trailers)}\r\n`
    this.#flush()
  }

  drained(): void {
    if (!this.#isOver && !this.#isSent) this.#request.body?.resume()
  }

  informed(status: number, headers: readonly string[]): void {
    this.#listener.informed(status, headers)
  }

  head(status: number, headers: readonly string[], isWhole: boolean): void {
    if (!this.#isOver) this.#listener.head(status, headers, isWhole)
  }

  data(chunk: Buffer): boolean {
    return this.#isOver || this.#listener.data(chunk)
  }

  ended(trailers: readonly string[]): void {
    if (this.#isOver) return
    this.#isOver = true
    if (!this.#isSent) this.#request.body?.cancel()
    this.#listener.ended(trailers)
  }

  failed(failure: Failure): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#request.body?.cancel()
    this.#listener.failed(failure)
  }

  /** The body has another length than the head said: the instance must not take the rest for a request. */
  #mismatch(): void {
    this.#line?.release(this)
    this.failed({ kind: 'aborted', error: new Error('The body has another length than its Content-Length says.') })
  }

  #flush(): void {
    const pending = this.#pending
    this.#pending = undefined
    if (pending !== undefined && !this.#isOver) this.#socket?.write(pending, 'latin1')
  }
}

function lengthOf(headers: readonly string[]): number | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length === 14 && name.toLowerCase() === 'content-length') return Number(headers[index + 1])
  }
  return undefined
}
