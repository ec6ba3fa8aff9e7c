import type { Socket } from 'node:net'
import type { Clock, Timer } from '@waypost/core'
import { ClientSession } from '../http2/client-session.ts'
import { ErrorCode, type Http2Error } from '../http2/error-code.ts'
import { type Delivery, RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { RpcConnectionOptions } from './connection-options.ts'
import { reasonOf } from './loss-reason.ts'
import { openSocket } from './open-socket.ts'

/** How much the server may send before it is read: on one stream, and on all together. */
const streamWindowBytes = 4 * 1024 * 1024
const connectionWindowBytes = 16 * 1024 * 1024

/** How long the server may take to close its side after this side has. */
const lingerMs = 250

export interface LinkEvents {
  /** The server's settings are here: streams can be opened. */
  onReady(): void
  /** The server takes no new streams. */
  onGoaway(): void
  /** No more calls: those that still run are told right after. */
  onLost(): void
  /** The socket is gone. */
  onClosed(): void
}

/** The life of the HTTP/2 session and its socket, from connecting to gone, and why it went. */
export class ClientLink {
  readonly session: ClientSession
  readonly #endpoint: string
  readonly #clock: Clock
  readonly #socket: Socket
  readonly #connectTimer: Timer
  #ready = false
  #loss: RpcError | undefined

  constructor(endpoint: string, options: RpcConnectionOptions, clock: Clock, events: LinkEvents) {
    this.#endpoint = endpoint
    this.#clock = clock
    const timeoutMs = options.connectTimeoutMs ?? 5000
    this.#socket = openSocket(new URL(endpoint), options.tls)
    this.#connectTimer = clock.after(
      timeoutMs,
      () => this.destroy(this.#unavailable(`no HTTP/2 answer within ${timeoutMs} ms`)),
      { ref: false },
    )
    this.session = new ClientSession(
      this.#socket,
      {
        onReady: () => {
          this.#ready = true
          this.#connectTimer.cancel()
          events.onReady()
        },
        onGoaway: (_lastStreamId, code, _message) => {
          events.onGoaway()
          // The server is about to cut the connection off, and calls need not wait for that.
          if (code !== ErrorCode.noError) this.session.destroy()
        },
        onClose: (reason) => {
          this.#connectTimer.cancel()
          if (reason !== undefined) this.#loss ??= this.#lossBy(reason)
          events.onLost()
        },
      },
      {
        streamWindowBytes,
        connectionWindowBytes,
        lingerMs,
        // The settings are waited for by the timer above; this one is for their acknowledgement.
        settingsTimeoutMs: timeoutMs + 10_000,
        clock,
      },
    )
    this.#socket.on('close', () => events.onClosed())
  }

  /** Why the link was lost; undefined while it stands, and when this side ended it in good order. */
  get loss(): RpcError | undefined {
    return this.#loss
  }

  /** The error of a call that the loss of the link ends, or that the server did not look at since it was leaving. */
  lossOf(delivery: Delivery): RpcError {
    const goaway = this.session.reason
    const { code, message, cause } =
      this.#loss ??
      (goaway === undefined
        ? this.#unavailable('the connection was closed')
        : this.#unavailable('the server was going away and did not take the call', goaway))
    return new RpcError(code, message, { delivery, cause })
  }

  ping(): Promise<number> {
    return new Promise((resolve, reject) => {
      const sentMs = this.#clock.monotonicMs()
      this.session.ping((error) => {
        if (error === undefined) resolve(this.#clock.monotonicMs() - sentMs)
        else reject(this.#loss ?? this.#unavailable('the connection is closed', error))
      })
    })
  }

  /** Ends the session once no stream is left. */
  close(): void {
    this.session.close()
  }

  /** Ends it at once. What still runs fails with `error`. */
  destroy(error: RpcError): void {
    this.#loss ??= error
    this.session.destroy()
    this.#socket.destroy()
  }

  setRef(ref: boolean): void {
    if (ref) this.#socket.ref()
    else this.#socket.unref()
  }

  #lossBy(reason: Http2Error): RpcError {
    const words = (reason.cause === undefined ? undefined : reasonOf(reason.cause)) ?? this.#wordsFor(reason)
    return this.#unavailable(words, reason.cause ?? reason)
  }

  /** A wrong port or scheme is all that most losses before the first answer come from. */
  #wordsFor({ code, message }: Http2Error): string {
    if (this.#ready) return message
    if (code !== ErrorCode.connectError) return `the server does not speak HTTP/2: ${message}`
    const hint = this.#endpoint.startsWith('https:')
      ? 'does it speak TLS, and accept this client?'
      : 'does it speak TLS, so that the endpoint should be https://?'
    return `the connection was closed before it was set up; ${hint}`
  }

  #unavailable(reason: string, cause?: unknown): RpcError {
    const what = this.#ready ? `connection to ${this.#endpoint} lost` : `cannot connect to ${this.#endpoint}`
    return new RpcError(StatusCode.UNAVAILABLE, `${what}: ${reason}`, {
      delivery: this.#ready ? 'sent' : 'not-sent',
      cause,
    })
  }
}
