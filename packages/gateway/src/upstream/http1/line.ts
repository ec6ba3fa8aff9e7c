import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Clock, Timer } from '@waypost/core'
import type { Instance } from '@waypost/registry'
import { BodyReader, type BodyReceiver } from '../../http1/body-reader.ts'
import { HeadReader } from '../../http1/head-reader.ts'
import type { Failure } from '../failure.ts'
import type { UpstreamTls } from '../upstream-tls.ts'
import type { AttemptLine, Http1Attempt } from './attempt.ts'
import { keepAliveSeconds, type ResponseHead, readResponseHead } from './response-head.ts'

export interface LineSettings {
  readonly connectTimeoutMs: number
  readonly keepAliveMs: number
  readonly tls: UpstreamTls
}

/** What a connection tells its pool. */
export interface LineOwner {
  /** It is free for another request. */
  freed(line: Line): void
  closed(line: Line): void
}

/** All headers of an answer together. */
const maxHeadBytes = 65_536

/** Every connection reads into it: what is to be kept is copied before the next turn. */
const readBuffer = Buffer.allocUnsafeSlow(65_536)

/** One connection to an instance over HTTP/1.1, for one request at a time. */
export class Line implements AttemptLine, BodyReceiver {
  readonly #settings: LineSettings
  readonly #clock: Clock
  readonly #owner: LineOwner
  readonly #socket: Socket
  readonly #head = new HeadReader(maxHeadBytes)
  readonly #body = new BodyReader()
  #attempt: Http1Attempt | undefined
  #isConnected = false
  #isClosed = false
  #connectTimer: Timer | undefined
  #response: ResponseHead | undefined
  /** Why the connection broke. */
  #error: Error | undefined
  #isPaused = false
  /** Of the answer that has just become whole. */
  #trailers: readonly string[] | undefined
  /** Until when a free connection may be used. */
  freeUntilMs = 0

  /** Connects, and sends the attempt's request as soon as the connection stands. */
  constructor(instance: Instance, settings: LineSettings, clock: Clock, owner: LineOwner, attempt: Http1Attempt) {
    this.#settings = settings
    this.#clock = clock
    this.#owner = owner
    this.#attempt = attempt
    this.#socket = instance.scheme === 'https' ? this.#connectTls(instance) : this.#connectTcp(instance)
    this.#listen(Math.min(attempt.connectMs, settings.connectTimeoutMs))
  }

  /** Sends a request on a connection that is free. */
  use(attempt: Http1Attempt): void {
    this.#attempt = attempt
    attempt.send(this.#socket)
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return
    this.#isPaused = false
    this.#socket.resume()
  }

  release(attempt: Http1Attempt): void {
    if (this.#attempt !== attempt) return
    this.#attempt = undefined
    this.destroy()
  }

  /** Ends the connection at once. Idempotent. */
  destroy(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#connectTimer?.cancel()
    this.#socket.destroy()
    this.#owner.closed(this)
  }

  /** The gateway no longer wants the connection, whatever is under way. */
  end(): void {
    const kind = this.#isConnected ? 'reset' : 'unsent'
    this.#fail({ kind, error: new Error('The gateway has closed the connection.') })
  }

  bodyData(chunk: Buffer): void {
    if (this.#attempt?.data(chunk) === false) this.#isPaused = true
  }

  bodyEnded(trailers: readonly string[]): void {
    this.#trailers = trailers
  }

  #connectTcp({ host, port }: Instance): Socket {
    return connectTcp({
      host: bare(host),
      port,
      noDelay: true,
      keepAlive: true,
      onread: { buffer: readBuffer, callback: (length) => this.#read(readBuffer.subarray(0, length)) },
    })
  }

  #connectTls({ host, port }: Instance): TLSSocket {
    const { tls } = this.#settings
    const name = bare(host)
    const socket = connectTls({
      ...(isIP(name) === 0 && { servername: name }),
      ...tls,
      host: name,
      port,
      ALPNProtocols: ['http/1.1'],
    })
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => {
      if (!this.#read(bytes)) socket.pause()
    })
    return socket
  }

  #listen(connectMs: number): void {
    const socket = this.#socket
    this.#connectTimer = this.#clock.after(connectMs, () => {
      this.#fail({ kind: 'connect-timeout', error: new Error('No connection was made in time.') })
    })
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      this.#connectTimer?.cancel()
      this.#isConnected = true
      this.#attempt?.send(socket)
    })
    socket.on('drain', () => this.#attempt?.drained())
    socket.on('error', (error) => {
      this.#error = error
      this.#lost()
    })
    socket.once('end', () => {
      if (this.#response !== undefined && this.#body.close()) this.#complete(false)
      else this.#lost()
    })
    socket.once('close', () => this.#lost())
  }

  /** False: the connection is to read no more for now. */
  #read(bytes: Buffer): boolean {
    let at = 0
    while (at < bytes.length && !this.#isClosed) {
      // Nobody asked.
      if (this.#attempt === undefined) {
        this.destroy()
        break
      }
      at = this.#response === undefined ? this.#readHead(bytes, at, this.#attempt) : this.#body.read(bytes, at)
      if (at === -1) {
        this.#fail({ kind: 'bad-answer', error: new Error('The instance sent an invalid answer.') })
        break
      }
      // More bytes than the answer has belong to nothing: the connection is not used again.
      if (this.#trailers !== undefined) {
        this.#complete(at === bytes.length)
        break
      }
    }
    return !this.#isPaused
  }

  #readHead(bytes: Buffer, at: number, attempt: Http1Attempt): number {
    const text = this.#head.read(bytes, at)
    if (this.#head.isTooLarge(text)) return -1
    if (text === undefined) return bytes.length
    const head = readResponseHead(text, attempt.method)
    const { next } = this.#head
    if (head === undefined || head.status === 101) return -1
    if (head.status < 200) {
      attempt.informed(head.status, head.headers)
      return next
    }
    this.#response = head
    const { length } = head
    attempt.head(head.status, head.headers, length === 0)
    if (this.#attempt !== attempt) return bytes.length
    if (length > 0 && next + length === bytes.length) {
      attempt.data(bytes.subarray(next))
      this.#trailers = []
      return bytes.length
    }
    this.#body.start(length, this)
    return next
  }

  /** @param isInStep whether nothing follows the answer */
  #complete(isInStep: boolean): void {
    const attempt = this.#attempt
    const response = this.#response
    const trailers = this.#trailers
    this.#trailers = undefined
    this.#response = undefined
    this.#attempt = undefined
    this.#isPaused = false
    if (attempt === undefined || response === undefined) return
    if (isInStep && response.keepsAlive && attempt.isSent && !this.#isClosed) this.#free(response)
    else this.destroy()
    attempt.ended(trailers ?? [])
  }

  /** Closed by the gateway before the instance does it, so that no request meets a connection that is being closed. */
  #free({ headers }: ResponseHead): void {
    const seconds = keepAliveSeconds(headers)
    const { keepAliveMs } = this.#settings
    const hintMs = seconds === undefined ? keepAliveMs : seconds > 1 ? (seconds - 1) * 1_000 : seconds * 500
    this.freeUntilMs = this.#clock.monotonicMs() + Math.min(keepAliveMs, hintMs)
    this.#owner.freed(this)
  }

  /** The other end has closed the connection, or it broke. */
  #lost(): void {
    const error = this.#error ?? new Error('The instance closed the connection.')
    this.#fail({ kind: this.#isConnected ? 'reset' : 'unreachable', error })
  }

  #fail(failure: Failure): void {
    const attempt = this.#attempt
    this.#attempt = undefined
    this.destroy()
    attempt?.failed(failure)
  }
}

/** IPv6 without brackets. */
function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
