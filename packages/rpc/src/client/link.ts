import { type ClientHttp2Session, connect, constants } from 'node:http2'
import type { Socket } from 'node:net'
import type { Clock, Timer } from '@waypost/core'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { RpcConnectionOptions } from './connection-options.ts'
import { reasonOf } from './loss-reason.ts'
import { openSocket } from './open-socket.ts'

/** How much the server may send before it is read: on one stream, and on all together. */
const streamWindowBytes = 4 * 1024 * 1024
const connectionWindowBytes = 16 * 1024 * 1024

/** How long the server may take to close its side after this side has. */
const lingerMs = 1000

export interface LinkEvents {
  /** The server's settings are here: streams can be opened. */
  onReady(session: ClientHttp2Session): void
  /** The server allows this many streams at a time. */
  onStreamLimit(streams: number): void
  /** The server takes no new streams. */
  onGoaway(): void
  /** The socket is gone. */
  onClosed(): void
}

/** The life of the HTTP/2 session and its socket, from connecting to gone, and why it went. */
export class Link {
  readonly #endpoint: string
  readonly #session: ClientHttp2Session
  readonly #clock: Clock
  #socket: Socket | undefined
  #ready = false
  #closing = false
  #loss: RpcError | undefined
  #goawayLastStreamId = Number.POSITIVE_INFINITY
  #lingerTimer: Timer | undefined

  constructor(endpoint: string, options: RpcConnectionOptions, clock: Clock, events: LinkEvents) {
    this.#endpoint = endpoint
    this.#clock = clock
    const url = new URL(endpoint)
    const session = connect(url, {
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
      // Messages have a limit of their own; node's would reset streams under load.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
      createConnection: () => {
        const socket = openSocket(url, options.tls)
        // Before node's own listener, so that the reason is known when the streams close.
        socket.on('error', (error) => {
          this.#lose(error)
          this.#dropSocket()
        })
        this.#socket = socket
        return socket
      },
    })
    this.#session = session
    const connectTimer = clock.after(
      options.connectTimeoutMs ?? 5000,
      () => this.destroy(this.#unavailable(`no HTTP/2 answer within ${options.connectTimeoutMs ?? 5000} ms`)),
      { ref: false },
    )
    session.on('connect', () => {
      if (!session.destroyed) session.setLocalWindowSize(connectionWindowBytes)
    })
    session.on('remoteSettings', (settings) => {
      events.onStreamLimit(settings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY)
      if (this.#ready || session.destroyed || session.closed) return
      this.#ready = true
      connectTimer.cancel()
      events.onReady(session)
    })
    session.on('goaway', (code, lastStreamId, data) => {
      this.#goawayLastStreamId = lastStreamId
      if (code === constants.NGHTTP2_NO_ERROR) {
        events.onGoaway()
        return
      }
      const words = data === undefined ? '' : `: ${Buffer.from(data.buffer, data.byteOffset, data.byteLength)}`
      this.#lose(new Error(`the server sent GOAWAY with HTTP/2 error ${code}${words}`))
    })
    session.on('error', (error) => {
      this.#lose(error)
      this.#dropSocket()
    })
    session.on('close', () => {
      connectTimer.cancel()
      this.#lingerTimer?.cancel()
      this.#lose(undefined)
      events.onClosed()
    })
  }

  /** Why the link was lost. */
  get loss(): RpcError | undefined {
    return this.#loss
  }

  /** Why a stream closed without a word from the server; undefined when the link still stands. */
  lossOf(streamId: number | undefined, cause: unknown): RpcError | undefined {
    if (streamId !== undefined && streamId > this.#goawayLastStreamId) {
      return this.#unavailable('the server was going away and did not take the call', undefined, 'not-sent')
    }
    if (!this.#session.destroyed) return undefined
    const { code, message } = this.#loss ?? this.#unavailable(reasonOf(cause) ?? 'the connection was closed', cause)
    return new RpcError(code, message, { delivery: streamId === undefined ? 'not-sent' : 'sent', cause })
  }

  ping(): Promise<number> {
    return new Promise((resolve, reject) => {
      const refuse = (cause?: unknown): void =>
        reject(this.#loss ?? this.#unavailable('the connection is closed', cause))
      if (this.#session.destroyed || this.#session.closed) {
        refuse()
        return
      }
      // False means that too many pings are unanswered; the callback is then called with an error too.
      this.#session.ping((error, durationMs) => (error ? refuse(error) : resolve(durationMs)))
    })
  }

  /** Ends the session once no stream is left. */
  close(): void {
    this.#closing = true
    this.#session.close()
    this.#lingerTimer ??= this.#clock.after(lingerMs, () => this.#socket?.destroy(), { ref: false })
  }

  /** Ends it at once. What still runs fails with `error`. */
  destroy(error: RpcError): void {
    this.#loss ??= error
    this.#session.destroy()
    this.#dropSocket()
  }

  setRef(ref: boolean): void {
    if (ref) this.#socket?.ref()
    else this.#socket?.unref()
  }

  /** Node waits for what is still to be written, for ever if the peer does not read. */
  #dropSocket(): void {
    const socket = this.#socket
    // By then a GOAWAY has been handed to the kernel.
    setImmediate(() => socket?.destroy())
  }

  #lose(error: unknown): void {
    if (this.#loss) return
    const wentAway = this.#goawayLastStreamId !== Number.POSITIVE_INFINITY
    if (error === undefined && this.#closing && !wentAway) return
    let fallback = this.#ready ? 'the connection was closed' : 'the connection was closed before it was set up'
    if (wentAway) fallback = 'the server went away'
    this.#loss = this.#unavailable(reasonOf(error) ?? fallback, error)
  }

  #unavailable(reason: string, cause?: unknown, delivery?: 'not-sent' | 'sent'): RpcError {
    const what = this.#ready ? `connection to ${this.#endpoint} lost` : `cannot connect to ${this.#endpoint}`
    return new RpcError(StatusCode.UNAVAILABLE, `${what}: ${reason}`, {
      delivery: delivery ?? (this.#ready ? 'sent' : 'not-sent'),
      cause,
    })
  }
}
