import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Downstream, DownstreamListener } from '../proxy/downstream.ts'
import type { BodyListener } from '../upstream/attempt.ts'
import type { ClientConnection } from './client-connection.ts'

/** For so long, and so much, what a client still sends is dropped after its answer. */
const maxLingerMs = 1_000
const maxLingerBytes = 4 * 1024 * 1024

/** Node sends a small body that is text in one piece with its head, and a buffer in two. Latin-1 keeps every byte. */
const joinedBytes = 16 * 1024

/** A request of somebody else's `node:http` server. */
export class NodeDownstream implements Downstream {
  readonly protocol: '1.0' | '1.1'
  readonly connection: ClientConnection
  readonly isUpgrade = false
  readonly isChecked = false
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  /** The client waits for 100 before it sends the body. */
  #expectsContinue: boolean
  #isEnded = false
  #isOver = false
  #bytesSent = 0

  constructor(
    connection: ClientConnection,
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ) {
    this.connection = connection
    this.protocol = request.httpVersionMinor === 0 ? '1.0' : '1.1'
    this.#request = request
    this.#response = response
    this.#expectsContinue = expectsContinue
  }

  get method(): string {
    return this.#request.method ?? ''
  }

  get target(): string {
    return this.#request.url ?? ''
  }

  get authority(): string {
    return this.#request.headers.host ?? ''
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers
  }

  get rawHeaders(): readonly string[] {
    return this.#request.rawHeaders
  }

  get hasBody(): boolean {
    const { headers } = this.#request
    if (headers['transfer-encoding'] !== undefined) return true
    const length = headers['content-length']
    return length !== undefined && length !== '0'
  }

  get headSent(): boolean {
    return this.#response.headersSent
  }

  get bytesSent(): number {
    return this.#bytesSent
  }

  listen(listener: DownstreamListener): void {
    this.#response.once('close', () => {
      if (this.#isOver) return
      this.#isOver = true
      if (this.#isEnded && this.#response.writableFinished) listener.finished()
      else listener.clientGone()
    })
    this.#response.once('finish', () => {
      if (this.#isOver) return
      this.#isOver = true
      listener.finished()
    })
    this.#response.on('drain', () => listener.drained())
    // A broken connection is told by `close`.
    this.#response.on('error', () => {})
    this.#request.on('error', () => {})
  }

  readBody(listener: BodyListener): void {
    const request = this.#request
    if (this.#expectsContinue) this.#response.writeContinue()
    this.#expectsContinue = false
    request.on('data', (chunk: Buffer) => {
      if (!listener.bodyData(chunk)) request.pause()
    })
    request.once('end', () => listener.bodyEnded(request.rawTrailers))
  }

  pauseBody(): void {
    if (!this.#request.destroyed) this.#request.pause()
  }

  resumeBody(): void {
    this.#request.resume()
  }

  inform(status: number, headers: readonly string[]): void {
    if (status !== 103 || this.protocol === '1.0' || this.headSent) return
    const links: string[] = []
    for (let index = 0; index < headers.length; index += 2) {
      if (headers[index]?.toLowerCase() === 'link') links.push(headers[index + 1] ?? '')
    }
    if (links.length > 0) this.#response.writeEarlyHints({ link: links })
  }

  sendHead(status: number, headers: string[], endsConnection: boolean): void {
    // What is left of a request that is answered early is dropped, and the connection with it: see `#linger`. A client
    // that was never told to send its body may send it or not.
    const isEarly = this.#expectsContinue || (this.hasBody && !this.#request.complete)
    if (endsConnection || isEarly) this.#response.shouldKeepAlive = false
    this.#response.writeHead(status, headers)
    // The first piece of the body often comes at once, and shares its packet with the head.
    process.nextTick(() => {
      if (!this.#isEnded && this.#bytesSent === 0) this.#response.flushHeaders()
    })
  }

  write(chunk: Buffer): boolean {
    this.#bytesSent += chunk.length
    return this.#response.write(Buffer.from(chunk))
  }

  end(chunk: Buffer | string | undefined, trailers: readonly string[]): void {
    this.#isEnded = true
    if (chunk !== undefined) this.#bytesSent += chunk.length
    if (trailers.length > 0) this.#response.addTrailers(pairsOf(trailers))
    if (!this.#request.complete && this.hasBody) this.#linger(chunk)
    else if (chunk instanceof Buffer && chunk.length <= joinedBytes)
      this.#response.end(chunk.toString('latin1'), 'latin1')
    else this.#response.end(chunk instanceof Buffer ? Buffer.from(chunk) : chunk)
  }

  /**
   * The answer is whole before the request is. A connection that were closed now would take the answer with it, since
   * the client still sends: what it sends is dropped for a while.
   */
  #linger(chunk: Buffer | string | undefined): void {
    const request = this.#request
    const response = this.#response
    response.shouldKeepAlive = false
    let left = maxLingerBytes
    const timer = setTimeout(() => finish(), maxLingerMs)
    const finish = (): void => {
      clearTimeout(timer)
      if (!response.writableEnded) response.end()
    }
    if (chunk !== undefined) response.write(Buffer.from(chunk))
    else response.flushHeaders()
    request.removeAllListeners('data')
    request.on('data', (dropped: Buffer) => {
      left -= dropped.length
      if (left < 0) finish()
    })
    request.once('end', finish)
    response.once('close', finish)
    request.resume()
  }

  abort(): void {
    this.#response.destroy()
  }

  tunnel(): Duplex | undefined {
    return undefined
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index] ?? '', flat[index + 1] ?? ''])
  return pairs
}
