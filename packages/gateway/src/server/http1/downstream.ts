import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { fieldLines } from '../../http1/field-lines.ts'
import { joinedBytes, writePiece } from '../../http1/write-piece.ts'
import type { Downstream, DownstreamListener } from '../../proxy/downstream.ts'
import type { BodyListener } from '../../upstream/attempt.ts'
import type { ClientConnection } from '../client-connection.ts'
import { headersObject } from './headers-object.ts'
import type { RequestHead } from './request-head.ts'

/** What a request needs of its connection. */
export interface DownstreamOwner {
  readonly keepAliveLines: string
  readBody(listener: BodyListener): void
  pauseBody(): void
  resumeBody(): void
  answered(keepsAlive: boolean): void
}

/** A request over HTTP/1.0 or HTTP/1.1 on a connection of the gateway's own. */
export class Http1Downstream implements Downstream {
  readonly connection: ClientConnection
  readonly isUpgrade = false
  readonly isChecked = true
  readonly method: string
  readonly target: string
  readonly authority: string
  readonly protocol: '1.0' | '1.1'
  readonly rawHeaders: readonly string[]
  readonly hasBody: boolean
  readonly #owner: DownstreamOwner
  readonly #socket: Socket
  #listener: DownstreamListener | undefined
  #headers: IncomingHttpHeaders | undefined
  #keepsAlive: boolean
  #expectsContinue: boolean
  /** The whole request has been read. */
  #isRead: boolean
  #headSent = false
  /** What is written with the next piece, or soon. */
  #pending = ''
  #isChunked = false
  /** How long the answer's body is to be; -1 when nobody said. */
  #length = -1
  #isBodiless = false
  #bytesSent = 0
  #isLeaving = false
  #isOver = false

  constructor(owner: DownstreamOwner, connection: ClientConnection, socket: Socket, head: RequestHead) {
    this.#owner = owner
    this.connection = connection
    this.#socket = socket
    this.method = head.method
    this.target = head.target
    this.authority = head.host
    this.protocol = head.protocol
    this.rawHeaders = head.rawHeaders
    this.hasBody = head.length !== 0
    this.#isRead = head.length === 0
    this.#keepsAlive = head.keepsAlive
    this.#expectsContinue = head.expectsContinue
  }

  get headers(): IncomingHttpHeaders {
    this.#headers ??= headersObject(this.rawHeaders)
    return this.#headers
  }

  /** `''` before somebody listens. */
  get requestId(): string {
    return this.#listener?.requestId ?? ''
  }

  get headSent(): boolean {
    return this.#headSent
  }

  /** Whether the answer is whole, and waits for the client to take it. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  get bytesSent(): number {
    return this.#bytesSent
  }

  listen(listener: DownstreamListener): void {
    this.#listener = listener
  }

  readBody(listener: BodyListener): void {
    if (this.#expectsContinue && !this.#headSent) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
    this.#expectsContinue = false
    this.#owner.readBody(listener)
  }

  pauseBody(): void {
    if (!this.#isOver && !this.#isRead) this.#owner.pauseBody()
  }

  resumeBody(): void {
    if (!this.#isOver && !this.#isRead) this.#owner.resumeBody()
  }

  inform(status: number, headers: readonly string[]): void {
    if (status !== 103 || this.protocol === '1.0' || this.#headSent || this.#isOver) return
    let lines = ''
    for (let index = 0; index < headers.length; index += 2) {
      if (headers[index]?.toLowerCase() === 'link') lines += `link: ${headers[index + 1]}\r\n`
    }
    if (lines !== '') this.#socket.write(`HTTP/1.1 103 Early Hints\r\n${lines}\r\n`, 'latin1')
  }

  sendHead(status: number, headers: string[], endsConnection: boolean, isWhole: boolean): void {
    if (this.#headSent) return
    this.#headSent = true
    // What is left of a request that is answered early is dropped, and the connection with it. A client that was never
    // told to send its body may send it or not.
    if (endsConnection || !this.#isRead) this.#keepsAlive = false
    this.#isBodiless = this.method === 'HEAD' || status === 204 || status === 304
    let hasDate = false
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] ?? ''
      if (name.length === 14 && name.toLowerCase() === 'content-length') this.#length = Number(headers[index + 1])
      else if (name.length === 4 && name.toLowerCase() === 'date') hasDate = true
    }
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fieldLines(headers)}`
    if (!hasDate) head += dateLine()
    if (this.#length === -1 && !this.#isBodiless) {
      if (isWhole) head += 'content-length: 0\r\n'
      else if (this.protocol === '1.0') this.#keepsAlive = false
      else {
        this.#isChunked = true
        head += 'transfer-encoding: chunked\r\n'
      }
    }
    this.#pending = `${head}${this.#keepsAlive ? this.#owner.keepAliveLines : closeLines}`
    // The first piece of the body often comes at once, and shares its packet with the head.
    if (!isWhole) process.nextTick(flush, this)
  }

  write(chunk: Buffer): boolean {
    return this.#isOver || this.#isBodiless || chunk.length === 0 || this.#send(chunk, '')
  }

  end(chunk: Buffer | string | undefined, trailers: readonly string[]): void {
    if (this.#isOver) return
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    const last = this.#isChunked ? `0\r\n${fieldLines(trailers)}\r\n` : ''
    if (bytes !== undefined && bytes.length > 0 && !this.#isBodiless) this.#send(bytes, last)
    else this.#sendText(last)
    // The client would take its next answer for the rest of this one.
    if (this.#length > this.#bytesSent && !this.#isBodiless) this.abort()
    else if (this.#socket.writableLength === 0) this.#finish()
    else {
      this.#isLeaving = true
      // One that breaks meanwhile is told by `gone`.
      this.#socket.write('', (error) => {
        if (!error) this.#finish()
      })
    }
  }

  abort(): void {
    this.#socket.destroy()
  }

  tunnel(): undefined {
    return undefined
  }

  /** The last byte of the request has come. */
  bodyIsWhole(): void {
    this.#isRead = true
  }

  drained(): void {
    if (!this.#isOver) this.#listener?.drained()
  }

  /** The connection is over, or what comes on it cannot be read. */
  gone(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener?.clientGone()
  }

  flush(): void {
    if (!this.#isOver) this.#sendText('')
  }

  #sendText(text: string): void {
    const all = this.#pending + text
    this.#pending = ''
    if (all !== '') this.#socket.write(all, 'latin1')
  }

  #send(chunk: Buffer, last: string): boolean {
    this.#bytesSent += chunk.length
    if (this.#length !== -1 && this.#bytesSent > this.#length) {
      // The client would take what is too much for its next answer.
      this.abort()
      return false
    }
    const before = this.#isChunked ? `${this.#pending}${chunk.length.toString(16)}\r\n` : this.#pending
    const after = this.#isChunked ? `\r\n${last}` : ''
    this.#pending = ''
    // The bytes are lent for the time of the call.
    const piece = chunk.length <= joinedBytes ? chunk : Buffer.from(chunk)
    return writePiece(this.#socket, before, piece, after)
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener?.finished()
    this.#owner.answered(this.#keepsAlive)
  }
}

const closeLines = 'connection: close\r\n\r\n'

function flush(downstream: Http1Downstream): void {
  downstream.flush()
}

let dateAtMs = 0
let dateText = ''

/** Source: RFC 9110, section 6.6.1. The text is made once a second. */
function dateLine(): string {
  const nowMs = Date.now()
  if (nowMs - dateAtMs >= 1_000 || nowMs < dateAtMs) {
    dateAtMs = nowMs - (nowMs % 1_000)
    dateText = `date: ${new Date(nowMs).toUTCString()}\r\n`
  }
  return dateText
}
