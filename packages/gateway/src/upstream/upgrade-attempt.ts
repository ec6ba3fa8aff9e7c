import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Attempt, AttemptListener, UpstreamRequest } from './attempt.ts'
import { type Failure, failureOf } from './failure.ts'
import type { UpstreamTls } from './upstream-tls.ts'

export interface UpgradeSettings {
  readonly connectTimeoutMs: number
  readonly tls: UpstreamTls
}

/** One request for another protocol, such as a WebSocket, on a connection of its own. */
export class UpgradeAttempt implements Attempt {
  readonly #listener: AttemptListener
  readonly #request: ClientRequest
  #response: IncomingMessage | undefined
  #isOver = false

  constructor(request: UpstreamRequest, upgrade: string, settings: UpgradeSettings, listener: AttemptListener) {
    this.#listener = listener
    const { method, path, host, headers, instance, connectMs = Number.POSITIVE_INFINITY } = request
    const { tls, connectTimeoutMs } = settings
    const send = instance.scheme === 'https' ? httpsRequest : httpRequest
    this.#request = send({
      ...tls,
      host: instance.host,
      port: instance.port,
      method,
      path,
      headers: ['host', host, 'connection', 'upgrade', 'upgrade', upgrade, ...headers],
      setHost: false,
      agent: false,
    })
    this.#listen(Math.min(connectMs, connectTimeoutMs))
    this.#request.end()
  }

  resume(): void {
    this.#response?.resume()
  }

  abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#request.destroy()
  }

  #listen(connectMs: number): void {
    let wasSent = false
    const late = setTimeout(() => {
      this.#fail({ kind: 'connect-timeout', error: new Error('No connection was made in time.') })
      this.#request.destroy()
    }, connectMs)
    this.#request.once('close', () => clearTimeout(late))
    this.#request.once('socket', (socket) =>
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        clearTimeout(late)
        wasSent = true
      }),
    )
    this.#request.once('upgrade', (response, socket, first) => {
      if (this.#isOver) return
      this.#isOver = true
      this.#listener.switched(response.statusCode ?? 101, response.rawHeaders, socket, first)
    })
    this.#request.once('response', (response) => this.#take(response))
    this.#request.on('error', (error) => this.#fail(failureOf(error, wasSent)))
  }

  #fail(failure: Failure): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.failed(failure)
  }

  /** The instance answers instead of switching. */
  #take(response: IncomingMessage): void {
    if (this.#isOver) {
      response.destroy()
      return
    }
    this.#response = response
    this.#listener.head(response.statusCode ?? 502, response.rawHeaders, false)
    response.on('data', (chunk: Buffer) => {
      if (!this.#isOver && !this.#listener.data(chunk)) response.pause()
    })
    response.once('end', () => {
      if (this.#isOver) return
      this.#isOver = true
      this.#listener.ended([])
    })
    response.once('error', (error) => this.#fail({ kind: 'reset', error }))
  }
}
