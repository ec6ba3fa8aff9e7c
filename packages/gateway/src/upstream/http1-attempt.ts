import type { Dispatcher } from 'undici'
import type { Attempt, AttemptListener, UpstreamRequest } from './attempt.ts'
import { type Failure, failureOf } from './failure.ts'

/** One request to an instance over HTTP/1.1. */
export class Http1Attempt implements Attempt, Dispatcher.DispatchHandler {
  readonly #listener: AttemptListener
  #controller: Dispatcher.DispatchController | undefined
  #isOver = false

  constructor(listener: AttemptListener) {
    this.#listener = listener
  }

  static start(pool: Dispatcher, request: UpstreamRequest, listener: AttemptListener): Http1Attempt {
    const attempt = new Http1Attempt(listener)
    const { method, path, host, headers, body = null } = request
    pool.dispatch({ method, path, headers: ['host', host, ...headers], body, blocking: false }, attempt)
    return attempt
  }

  resume(): void {
    this.#controller?.resume()
  }

  abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#controller?.abort(abortReason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(abortReason)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (this.#isOver) return
    const headers = textsOf(controller.rawHeaders)
    if (status < 200) this.#listener.informed(status, headers)
    else this.#listener.head(status, headers, false)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver && !this.#listener.data(chunk)) controller.pause()
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.ended(textsOf(controller.rawTrailers))
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.failed(this.#failure(error))
  }

  #failure(error: Error): Failure {
    return failureOf(error, this.#controller !== undefined)
  }
}

const abortReason = new Error('The gateway no longer needs the answer.')

function textsOf(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return []
  const texts: string[] = new Array(raw.length)
  for (let index = 0; index < raw.length; index++) texts[index] = raw[index]?.toString('latin1') ?? ''
  return texts
}
