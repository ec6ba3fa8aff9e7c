import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Exchange, type ExchangeParts } from './exchange.ts'

/** For callers that take answers through `onConnect` … `onComplete`, as `fetch` and `request` do. */
export class CallbackExchange extends Exchange implements Dispatcher.DispatchHandler {
  readonly #target: Dispatcher.DispatchHandler
  readonly #newAbortError: () => Error

  constructor(
    parts: ExchangeParts,
    options: Dispatcher.DispatchOptions,
    origin: URL,
    target: Dispatcher.DispatchHandler,
    newAbortError: () => Error,
  ) {
    super(parts, options, origin)
    this.#target = target
    this.#newAbortError = newAbortError
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.connected(abort)
  }

  onResponseStarted(): void {
    this.#target.onResponseStarted?.()
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    this.answered(status)
    return this.#target.onHeaders?.(status, headers, resume, statusText) ?? true
  }

  onData(chunk: Buffer): boolean {
    return this.#target.onData?.(chunk) ?? true
  }

  onComplete(trailers: string[] | null): void {
    this.completed()
    this.#target.onComplete?.(trailers)
  }

  onUpgrade(status: number, headers: Buffer[] | string[] | null, socket: Duplex): void {
    this.answered(status)
    this.completed()
    this.#target.onUpgrade?.(status, headers, socket)
  }

  onBodySent(chunkSize: number, totalBytesSent: number): void {
    this.#target.onBodySent?.(chunkSize, totalBytesSent)
  }

  onError(error: Error): void {
    this.failed(error)
  }

  protected override announce(): void {
    this.#target.onConnect?.((reason) => this.abort(reason ?? this.#newAbortError()))
  }

  protected override reject(error: Error): void {
    this.#target.onError?.(error)
  }

  protected override handler(): Dispatcher.DispatchHandler {
    return this
  }
}
