import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Downstream, DownstreamListener } from '../proxy/downstream.ts'
import type { ClientConnection } from './client-connection.ts'

/** The head of a request, as `node:http` has it. */
export interface UpgradeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
}

/** A request over HTTP/1.1 that asks for another protocol, such as a WebSocket. It has no body. */
export class UpgradeDownstream implements Downstream {
  readonly protocol = '1.1'
  readonly isUpgrade = true
  readonly isChecked = false
  readonly hasBody = false
  readonly connection: ClientConnection
  readonly #request: UpgradeRequest
  readonly #socket: Duplex
  readonly #first: Buffer
  #headSent = false
  #isEnded = false
  #isTunnel = false
  #bytesSent = 0

  /** @param first what the client sent already after the head */
  constructor(connection: ClientConnection, request: UpgradeRequest, socket: Duplex, first: Buffer) {
    this.connection = connection
    this.#request = request
    this.#socket = socket
    this.#first = first
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

  get headSent(): boolean {
    return this.#headSent
  }

  get bytesSent(): number {
    return this.#bytesSent
  }

  listen(listener: DownstreamListener): void {
    this.#socket.once('close', () => {
      if (this.#isEnded) listener.finished()
      else listener.clientGone()
    })
    this.#socket.on('drain', () => {
      if (!this.#isTunnel) listener.drained()
    })
    // A broken connection is told by `close`.
    this.#socket.on('error', () => {})
  }

  readBody(): void {}

  pauseBody(): void {}

  resumeBody(): void {}

  inform(): void {}

  /** The connection cannot be used for another request, unless it is switched over. */
  sendHead(status: number, headers: string[]): void {
    this.#headSent = true
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
    for (let index = 0; index < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`
    if (status !== 101) head += 'Connection: close\r\n'
    this.#socket.write(`${head}\r\n`, 'latin1')
  }

  write(chunk: Buffer): boolean {
    this.#bytesSent += chunk.length
    return this.#socket.write(Buffer.from(chunk))
  }

  end(chunk: Buffer | string | undefined): void {
    this.#isEnded = true
    if (chunk !== undefined) this.#bytesSent += chunk.length
    this.#socket.end(chunk instanceof Buffer ? Buffer.from(chunk) : chunk)
    this.#socket.resume()
  }

  abort(): void {
    this.#socket.destroy()
  }

  tunnel(): Duplex {
    this.#isTunnel = true
    this.#isEnded = true
    if (this.#first.length > 0) this.#socket.unshift(this.#first)
    return this.#socket
  }
}
