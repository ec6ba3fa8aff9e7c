import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Exchange, type ExchangeParts } from './exchange.ts'

/** For callers that take answers through `onRequestStart` … `onResponseEnd`, as undici's interceptors do. */
export class ControllerExchange extends Exchange implements Dispatcher.DispatchHandler {
  readonly #target: Dispatcher.DispatchHandler
  readonly #controller = new AttemptsController((reason) => this.abort(reason))

  constructor(
    parts: ExchangeParts,
    options: Dispatcher.DispatchOptions,
    origin: URL,
    target: Dispatcher.DispatchHandler,
  ) {
    super(parts, options, origin)
    this.#target = target
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller.current = controller
    this.connected((reason) => controller.abort(reason))
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusMessage?: string,
  ): void {
    this.answered(status)
    this.#target.onResponseStart?.(this.#controller, status, headers, statusMessage)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#target.onResponseData?.(this.#controller, chunk)
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.completed()
    this.#target.onResponseEnd?.(this.#controller, trailers)
  }

  onRequestUpgrade(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.answered(status)
    this.completed()
    this.#target.onRequestUpgrade?.(this.#controller, status, headers, socket)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.failed(error)
  }

  protected override announce(): void {
    this.#target.onRequestStart?.(this.#controller, {})
  }

  protected override reject(error: Error): void {
    this.#target.onResponseError?.(this.#controller, error)
  }

  protected override handler(): Dispatcher.DispatchHandler {
    return this
  }
}

/** The caller's hold on the request, whichever attempt it has come to. */
class AttemptsController implements Dispatcher.DispatchController {
  readonly #abort: (reason: Error) => void
  current: Dispatcher.DispatchController | undefined
  #reason: Error | null = null

  constructor(abort: (reason: Error) => void) {
    this.#abort = abort
  }

  get aborted(): boolean {
    return this.#reason !== null
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.current?.paused ?? false
  }

  get rawHeaders(): NonNullable<Dispatcher.DispatchController['rawHeaders']> | null {
    return this.current?.rawHeaders ?? null
  }

  get rawTrailers(): NonNullable<Dispatcher.DispatchController['rawTrailers']> | null {
    return this.current?.rawTrailers ?? null
  }

  abort(reason: Error): void {
    if (this.aborted) return
    this.#reason = reason
    this.#abort(reason)
  }

  pause(): void {
    this.current?.pause()
  }

  resume(): void {
    this.current?.resume()
  }
}
