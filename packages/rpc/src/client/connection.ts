import { type Clock, type Deferred, deferred, onAbort, systemClock, type Timer } from '@waypost/core'
import { Deadlines } from '../deadlines.ts'
import type { HeaderBlock } from '../http2/header-block.ts'
import { Keepalive } from '../keepalive.ts'
import { frameHeaderBytes, sealFrame } from '../message-frame.ts'
import type { ClientMethod } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { RpcCallOptions, RpcStream, RpcStreamHandlers } from './call.ts'
import type { CallHost, ClientCall } from './client-call.ts'
import type { RpcConnectionOptions } from './connection-options.ts'
import { ClientLink } from './link.ts'
import { reasonOf } from './loss-reason.ts'
import { RequestHeaders } from './request-headers.ts'
import { StreamCall } from './stream-call.ts'
import { ClientUnaryCall } from './unary-call.ts'

export type RpcConnectionState = 'idle' | 'connecting' | 'ready' | 'draining' | 'closed'

/** How long `close` waits for running calls. */
const closeTimeoutMs = 5000

/** Past this stream id the connection drains, long before HTTP/2 runs out of ids at 2^31. */
const lastStreamId = 2 ** 31 - 2 ** 20

const noDeadlineMs = Number.POSITIVE_INFINITY

/** One HTTP/2 connection to one endpoint. A connection that is lost is `closed` forever: its owner makes a new one. */
export class RpcConnection {
  readonly endpoint: string
  /** Settles when the connection is gone: with the reason, or with undefined when this side ended it. */
  readonly closed: Promise<RpcError | undefined>
  readonly #options: RpcConnectionOptions
  readonly #clock: Clock
  readonly #closed: Deferred<RpcError | undefined> = deferred()
  readonly #ready: Deferred<void> = deferred()
  readonly #headers: RequestHeaders
  readonly #deadlines: Deadlines
  readonly #host: CallHost
  #state: RpcConnectionState = 'idle'
  #link: ClientLink | undefined
  #keepalive: Keepalive | undefined
  #closeTimer: Timer | undefined
  #refed = true
  /** This side ended the connection. */
  #ownEnd = false

  /** @param endpoint `http://host:port` or `https://host:port` */
  constructor(endpoint: string, options: RpcConnectionOptions = {}) {
    if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
      throw new RpcError(StatusCode.INVALID_ARGUMENT, `The endpoint ${endpoint} is not http(s)://host:port.`, {
        delivery: 'not-sent',
      })
    }
    this.endpoint = endpoint
    this.#headers = new RequestHeaders(new URL(endpoint))
    this.#options = { ...options }
    this.#clock = options.clock ?? systemClock
    this.#deadlines = new Deadlines(this.#clock)
    this.closed = this.#closed.promise
    // Whoever waits for it hears of a failure; that nobody waits is no error.
    this.#ready.promise.catch(() => {})
    this.#host = {
      maxReceiveBytes: options.maxReceiveBytes ?? Number.POSITIVE_INFINITY,
      callEnded: (call) => this.#callEnded(call),
      lossOf: (delivery) => this.#link?.lossOf(delivery) ?? this.#unavailable(),
    }
  }

  get state(): RpcConnectionState {
    return this.#state
  }

  /** How much the peer has said so far, in no unit: what matters is whether it grows. */
  get received(): number {
    return this.#link?.session?.receivedChunks ?? 0
  }

  /** How many calls and streams have not ended. */
  get openCalls(): number {
    return this.#link?.session?.openStreams ?? 0
  }

  /** Resolves when calls can run. A signal ends the wait, not the attempt. */
  connect(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (this.#state === 'idle') this.#open()
    if (this.#state === 'draining' || this.#state === 'closed') return Promise.reject(this.#unavailable())
    const { signal } = options
    if (signal === undefined) return this.#ready.promise
    return new Promise((resolve, reject) => {
      const release = onAbort(signal, () => reject(cancelledError(signal)))
      this.#ready.promise.then(resolve, reject).finally(release)
    })
  }

  /** Rejects with `RpcError`. */
  unary<Req, Res>(method: ClientMethod<Req, Res>, request: Req, options?: RpcCallOptions): Promise<Res> {
    return new Promise((resolve, reject) => {
      const block = this.#headers.of(method.path, options)
      const deadlineMs = this.#deadlineOf(options)
      const frame = sealFrame(method.request.encode(request, frameHeaderBytes))
      const call = new ClientUnaryCall(this.#host, deadlineMs, options, frame, method.response, resolve, reject)
      this.#submit(call, block, options)
    })
  }

  /** Opens a stream. What goes wrong is told to `handlers.onEnd`, never thrown, and never before this returns. */
  stream<Req, Res>(
    method: ClientMethod<Req, Res>,
    handlers: RpcStreamHandlers<Res>,
    options?: RpcCallOptions,
  ): RpcStream<Req> {
    const block = this.#headers.of(method.path, options)
    const call = new StreamCall(this.#host, this.#deadlineOf(options), options, method, handlers)
    this.#submit(call, block, options)
    return call
  }

  /** The round trip of an HTTP/2 ping in milliseconds. Rejects with `RpcError`; a late answer is DEADLINE_EXCEEDED. */
  ping(timeoutMs: number = this.#options.pingTimeoutMs ?? 5000): Promise<number> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void =>
        reject(
          new RpcError(StatusCode.DEADLINE_EXCEEDED, `${this.endpoint} did not answer a ping within ${timeoutMs} ms`, {
            delivery: 'sent',
          }),
        )
      // An answer that came while this process was busy itself is read first.
      const timer = this.#clock.after(timeoutMs, () => setImmediate(giveUp))
      this.connect()
        .then(() => this.#link?.ping() ?? Promise.reject(this.#unavailable()))
        .then(resolve, reject)
        .finally(() => timer.cancel())
    })
  }

  /** Takes no new calls, waits up to five seconds for running ones, and resolves when the socket is gone. Idempotent. */
  async close(): Promise<void> {
    if (this.#state === 'idle' || this.#state === 'connecting') this.destroy()
    else if (this.#state !== 'closed' && !this.#ownEnd) {
      this.#ownEnd = true
      this.#state = 'draining'
      this.#closeTimer = this.#clock.after(closeTimeoutMs, () => this.destroy())
      this.#link?.close()
    }
    await this.#closed.promise
  }

  /** Ends the connection at once. Running calls fail with `error`, by default UNAVAILABLE. Idempotent. */
  destroy(error?: RpcError): void {
    if (this.#state === 'closed') return
    this.#ownEnd ||= error === undefined
    const reason = error ?? new RpcError(StatusCode.UNAVAILABLE, `connection to ${this.endpoint} closed by its owner`)
    const link = this.#link
    this.#end(reason)
    if (link) link.destroy(reason)
    else this.#closed.resolve(error)
  }

  /** The connection keeps the process alive (the default). */
  ref(): void {
    this.#refed = true
    this.#link?.setRef(true)
  }

  unref(): void {
    this.#refed = false
    this.#link?.setRef(false)
  }

  #deadlineOf(options: RpcCallOptions | undefined): number {
    const timeoutMs = options?.timeoutMs
    return timeoutMs === undefined ? noDeadlineMs : this.#clock.monotonicMs() + timeoutMs
  }

  #open(): void {
    this.#state = 'connecting'
    let link: ClientLink
    try {
      link = new ClientLink(this.endpoint, this.#options, this.#clock, {
        onReady: () => this.#onReady(),
        onGoaway: () => this.#drain(),
        onLost: () => this.#end(this.#link?.loss ?? this.#unavailable()),
        onClosed: () => this.#closed.resolve(this.#ownEnd ? undefined : this.#link?.loss),
      })
    } catch (cause) {
      const reason = new RpcError(StatusCode.UNAVAILABLE, `cannot connect to ${this.endpoint}: ${reasonOf(cause)}`, {
        delivery: 'not-sent',
        cause,
      })
      this.#end(reason)
      this.#closed.resolve(reason)
      return
    }
    this.#link = link
    link.setRef(this.#refed)
  }

  #onReady(): void {
    const session = this.#link?.session
    if (this.#state !== 'connecting' || session === undefined) return
    this.#state = 'ready'
    const timeoutMs = this.#options.pingTimeoutMs ?? 5000
    this.#keepalive = new Keepalive({
      clock: this.#clock,
      intervalMs: this.#options.pingIntervalMs ?? 10_000,
      timeoutMs,
      received: () => session.receivedChunks,
      isNeeded: () => session.openStreams > 0,
      ping: () => this.#link?.ping() ?? Promise.resolve(),
      onSilence: () =>
        this.destroy(
          new RpcError(
            StatusCode.UNAVAILABLE,
            `connection to ${this.endpoint} lost: no answer to a ping within ${timeoutMs} ms`,
            { delivery: 'sent' },
          ),
        ),
    })
    this.#ready.resolve()
  }

  #submit(call: ClientCall, block: HeaderBlock, options: RpcCallOptions | undefined): void {
    if (options?.signal?.aborted) {
      this.#refuse(call, cancelledError(options.signal))
      return
    }
    if (options?.timeoutMs !== undefined && options.timeoutMs <= 0) {
      queueMicrotask(() => call.expire())
      return
    }
    if (this.#state === 'idle') this.#open()
    const link = this.#link
    const canStart = this.#state === 'ready' || this.#state === 'connecting'
    // Until the server has said its settings, and when it allows no more streams, the call waits in the session.
    const stream = canStart && link !== undefined ? call.start(link.session, block) : undefined
    if (stream === undefined) {
      this.#refuse(call, this.#unavailable())
      return
    }
    if (call.expiresAtMs !== noDeadlineMs) this.#deadlines.add(call)
    if (stream.id > lastStreamId) {
      this.#state = 'draining'
      link?.close()
    }
  }

  /** Fails a call that never began; in a later tick, since its owner does not hold it yet. */
  #refuse(call: ClientCall, error: RpcError): void {
    queueMicrotask(() => call.fail(error))
  }

  #callEnded(call: ClientCall): void {
    if (call.expiresAtMs !== noDeadlineMs) this.#deadlines.delete(call)
  }

  /** No stream can be opened any more; those that are open go on. */
  #drain(): void {
    if (this.#state === 'ready' || this.#state === 'connecting') this.#state = 'draining'
  }

  #end(reason: RpcError): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#keepalive?.stop()
    this.#closeTimer?.cancel()
    this.#ready.reject(reason)
    this.#deadlines.close()
  }

  #unavailable(): RpcError {
    const reason = this.#link?.loss
    if (reason) return new RpcError(reason.code, reason.message, { delivery: 'not-sent', cause: reason.cause })
    const what = this.#state === 'closed' ? 'is closed' : 'takes no new calls'
    return new RpcError(StatusCode.UNAVAILABLE, `connection to ${this.endpoint} ${what}`, {
      delivery: 'not-sent',
    })
  }
}

function cancelledError(signal: AbortSignal): RpcError {
  return new RpcError(StatusCode.CANCELLED, 'The call was cancelled by its caller.', {
    delivery: 'not-sent',
    cause: signal.reason,
  })
}
