import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { Attempt, AttemptListener, UpstreamRequest } from './attempt.ts'
import { failureOf } from './failure.ts'

/** One request for another protocol, such as a WebSocket, on a connection of its own. */
export class UpgradeAttempt implements Attempt {
  readonly #listener: AttemptListener
  readonly #request: ClientRequest
  #response: IncomingMessage | undefined
  #isOver = false

  constructor(request: UpstreamRequest, upgrade: string, tls: RequestOptions, listener: AttemptListener) {
    this.#listener = listener
    const { method, path, host, headers, instance } = request
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
    this.#listen()
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

  #listen(): void {
    let wasSent = false
    this.#request.once('socket', (socket) =>
      socket.once('connect', () => {
        wasSent = true
      }),
    )
    this.#request.once('upgrade', (response, socket, first) => {
      if (this.#isOver) return
      this.#isOver = true
      this.#listener.switched(response.statusCode ?? 101, response.rawHeaders, socket, first)
    })
    this.#request.once('response', (response) => this.#take(response))
    this.#request.on('error', (error) => {
      if (this.#isOver) return
      this.#isOver = true
      this.#listener.failed(failureOf(error, wasSent))
    })
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
    response.once('error', (error) => {
      if (this.#isOver) return
      this.#isOver = true
      this.#listener.failed({ kind: 'reset', error })
    })
  }
}
