import type { Socket } from 'node:net'
import { BodyReader, type BodyReceiver } from '../../http1/body-reader.ts'
import { HeadReader } from '../../http1/head-reader.ts'
import type { ClosedConnection } from '../../proxy/gateway-core.ts'
import type { BodyListener } from '../../upstream/attempt.ts'
import type { ClientConnection } from '../client-connection.ts'
import { DirectSocket } from '../direct-socket.ts'
import { type DownstreamOwner, Http1Downstream } from './downstream.ts'
import { refusalText } from './refusal.ts'
import { type RequestHead, readRequestHead } from './request-head.ts'

export interface ConnectionSettings {
  readonly maxHeaderBytes: number
  readonly headersTimeoutMs: number
  readonly keepAliveMs: number
}

/** What a connection needs of its server. */
export interface ConnectionOwner {
  readonly settings: ConnectionSettings
  /** The last lines of a head whose connection stays open. */
  readonly keepAliveLines: string
  now(): number
  /** A request has come. */
  begin(downstream: Http1Downstream): void
  /** The connection is to be switched to another protocol: it is the receiver's from here on. */
  upgrade(connection: ClientConnection, head: RequestHead, socket: Socket, first: Buffer): void
  /** What has come cannot be read as a request. Returns the id under which that is told. */
  refused(connection: ClientConnection, status: number, durationMs: number): string
  /** The connection is being closed without an answer. */
  unread(reason: ClosedConnection): void
  closed(connection: Http1Connection): void
}

/** For so long, and so much, what a client still sends is dropped after its last answer. */
const maxLingerMs = 1_000
const maxLingerBytes = 4 * 1024 * 1024

/** So much is kept of what comes before it is wanted; then the connection is not read. */
const maxAheadBytes = 65_536

const carriageReturn = 13
const lineFeed = 10
const nothing: Buffer = Buffer.alloc(0)

/** A client's connection: reads one request after the other, each when the one before it has been answered. */
export class Http1Connection implements BodyReceiver, DownstreamOwner {
  readonly #owner: ConnectionOwner
  readonly #client: ClientConnection
  readonly #socket: Socket
  readonly #head: HeadReader
  readonly #body = new BodyReader()
  /** `closing`: the last answer is on its way, and what comes is dropped. */
  #state: 'new' | 'idle' | 'head' | 'request' | 'closing' | 'closed' = 'new'
  /** Since when it is in its state. */
  #sinceMs: number
  #current: Http1Downstream | undefined
  #bodyListener: BodyListener | undefined
  #isBodyPaused = false
  /** What has come and is not wanted yet. */
  #ahead = nothing
  #isReading = false
  #lingerBytes = maxLingerBytes
  /** So much of an answer that is whole had not left when it was looked at last. */
  #leftBytes = 0

  constructor(owner: ConnectionOwner, client: ClientConnection, socket: Socket) {
    this.#owner = owner
    this.#client = client
    this.#socket = socket
    this.#head = new HeadReader(owner.settings.maxHeaderBytes)
    this.#sinceMs = owner.now()
    socket.on('drain', this.#onDrain)
    socket.on('end', this.#onEnd)
    socket.on('error', ignore)
    socket.on('close', this.#onClose)
  }

  /** Begins to read: what has come already is answered before this returns. */
  start(): void {
    if (this.#socket instanceof DirectSocket) this.#socket.takeBytes(this.#onBytes)
    else this.#socket.on('data', this.#onData)
  }

  get keepAliveLines(): string {
    return this.#owner.keepAliveLines
  }

  /** Whether no request is under way, nor a part of one. */
  get isIdle(): boolean {
    return this.#state === 'idle' || this.#state === 'new'
  }

  /** Ends what has taken too long. */
  check(nowMs: number): void {
    const { headersTimeoutMs, keepAliveMs } = this.#owner.settings
    const passedMs = nowMs - this.#sinceMs
    if (this.#state === 'head') {
      if (passedMs >= headersTimeoutMs) this.#refuse(408)
    } else if (this.#state === 'new') {
      if (passedMs >= headersTimeoutMs) {
        this.#owner.unread('silent')
        this.destroy()
      }
    } else if (this.#state === 'idle') {
      if (passedMs >= keepAliveMs) this.destroy()
    } else if (this.#state === 'closing') {
      if (passedMs >= maxLingerMs) this.destroy()
    } else if (this.#current?.isLeaving === true) this.#checkLeaving(nowMs, passedMs)
  }

  /** A client that takes nothing of its answer would have it kept forever. */
  #checkLeaving(nowMs: number, passedMs: number): void {
    const left = this.#socket.writableLength
    if (left !== this.#leftBytes) {
      this.#leftBytes = left
      this.#sinceMs = nowMs
    } else if (passedMs >= this.#owner.settings.keepAliveMs) this.destroy()
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  readBody(listener: BodyListener): void {
    this.#bodyListener = listener
    this.#readAhead()
  }

  pauseBody(): void {
    this.#isBodyPaused = true
  }

  resumeBody(): void {
    this.#isBodyPaused = false
    this.#readAhead()
  }

  /** @param keepsAlive whether another request may follow */
  answered(keepsAlive: boolean): void {
    this.#current = undefined
    this.#bodyListener = undefined
    this.#isBodyPaused = false
    if (!keepsAlive) {
      this.#close()
      return
    }
    this.#enter('idle')
    this.#readAhead()
  }

  /** What is lent here may be kept there, for another try or until the instance takes it. */
  bodyData(chunk: Buffer): void {
    if (this.#bodyListener?.bodyData(Buffer.from(chunk)) === false) this.#isBodyPaused = true
  }

  bodyEnded(trailers: readonly string[]): void {
    this.#current?.bodyIsWhole()
    this.#bodyListener?.bodyEnded(trailers)
  }

  #enter(state: 'idle' | 'head' | 'request' | 'closing'): void {
    this.#state = state
    if (state !== 'request') this.#sinceMs = this.#owner.now()
  }

  readonly #onData = (bytes: Buffer): void => {
    if (!this.#onBytes(bytes)) this.#socket.pause()
  }

  /** The bytes are lent. False: the connection is to be read no further for now. */
  readonly #onBytes = (bytes: Buffer): boolean => {
    if (this.#state === 'closing') {
      this.#lingerBytes -= bytes.length
      if (this.#lingerBytes < 0) this.destroy()
      return true
    }
    this.#take(this.#ahead.length === 0 ? bytes : Buffer.concat([this.#ahead, bytes]))
    return !this.#isBodyPaused && this.#ahead.length <= maxAheadBytes
  }

  #readAhead(): void {
    if (this.#isReading) return
    if (this.#ahead.length > 0) this.#take(this.#ahead)
    if (this.#ahead.length === 0 && !this.#isBodyPaused && this.#socket.isPaused()) this.#socket.resume()
  }

  /** Reads as far as it is wanted now, and keeps the rest. */
  #take(bytes: Buffer): void {
    this.#isReading = true
    this.#ahead = nothing
    let at = 0
    while (at < bytes.length && this.#isOpen()) {
      const next = this.#step(bytes, at)
      if (next === -1) {
        this.#ahead = Buffer.from(bytes.subarray(at))
        break
      }
      at = next
    }
    this.#isReading = false
  }

  #isOpen(): boolean {
    return this.#state !== 'closing' && this.#state !== 'closed'
  }

  /** Returns where to go on; -1 when nothing more is wanted now. */
  #step(bytes: Buffer, at: number): number {
    if (this.#state !== 'request') return this.#readHead(bytes, at)
    if (this.#body.isOver || this.#bodyListener === undefined || this.#isBodyPaused) return -1
    const next = this.#body.read(bytes, at)
    if (next !== -1) return next
    this.#broken()
    return bytes.length
  }

  #readHead(bytes: Buffer, from: number): number {
    let at = from
    // Source: RFC 9112, section 2.2: an empty line before a request is ignored.
    if (this.#state !== 'head') while (bytes[at] === carriageReturn || bytes[at] === lineFeed) at += 1
    if (at === bytes.length) return at
    const text = this.#head.read(bytes, at)
    if (this.#head.isTooLarge(text)) {
      this.#refuse(431)
      return bytes.length
    }
    if (text === undefined) {
      if (this.#state !== 'head') this.#enter('head')
      return bytes.length
    }
    const head = readRequestHead(text)
    if (head === 'no-http') {
      this.#owner.unread(head)
      this.#close()
    } else if (typeof head === 'number') this.#refuse(head)
    else if (head.upgrade?.toLowerCase() === 'websocket')
      this.#handOver(head, Buffer.from(bytes.subarray(this.#head.next)))
    else this.#begin(head)
    return this.#isOpen() ? this.#head.next : bytes.length
  }

  #begin(head: RequestHead): void {
    this.#enter('request')
    const downstream = new Http1Downstream(this, this.#client, this.#socket, head)
    this.#current = downstream
    this.#body.start(head.length, this)
    this.#owner.begin(downstream)
  }

  #handOver(head: RequestHead, first: Buffer): void {
    const socket = this.#socket
    socket.pause()
    if (socket instanceof DirectSocket) socket.streamBytes()
    else socket.off('data', this.#onData)
    socket.off('drain', this.#onDrain)
    socket.off('end', this.#onEnd)
    socket.off('close', this.#onClose)
    this.#state = 'closed'
    this.#owner.closed(this)
    this.#owner.upgrade(this.#client, head, socket, first)
  }

  /** The rest of the request cannot be read. */
  #broken(): void {
    const current = this.#current
    this.#current = undefined
    if (current?.headSent) this.destroy()
    else this.#refuse(400, current?.requestId)
    current?.gone()
  }

  /** @param knownId of a request whose head was read; it is told of by its exchange */
  #refuse(status: number, knownId?: string): void {
    const durationMs = this.#state === 'head' ? this.#owner.now() - this.#sinceMs : 0
    const requestId = knownId ?? this.#owner.refused(this.#client, status, durationMs)
    this.#socket.write(refusalText(status, requestId))
    this.#close()
  }

  /** After the last answer. A connection that were closed while the client still sends would take the answer with it. */
  #close(): void {
    this.#enter('closing')
    this.#ahead = nothing
    this.#socket.end()
    this.#socket.resume()
  }

  readonly #onDrain = (): void => this.#current?.drained()

  /** A client that ends its side waits for nothing but what it has been sent. */
  readonly #onEnd = (): void => {
    if (this.#state === 'closing') this.#socket.destroySoon()
    else this.destroy()
  }

  readonly #onClose = (): void => {
    const current = this.#current
    this.#current = undefined
    this.#state = 'closed'
    this.#owner.closed(this)
    current?.gone()
  }
}

function ignore(): void {}
