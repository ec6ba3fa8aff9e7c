import { deferred } from '@waypost/core'
import type { HttpRequest, HttpResponse } from '@waypost/rpc/server'
import type { GatewayCall } from './gateway-call.ts'
import { maxUnreadBytes } from './limits.ts'

const connections = new WeakMap<object, ClientConnection>()

/**
 * The calls of one connection: HTTP/1.1 lets a client send any number before it reads the first answer, and HTTP/2 has
 * them run side by side.
 */
export class ClientConnection {
  readonly #calls = new Set<GatewayCall>()
  /** Calls that wait for the client to read, in their order: on HTTP/1.1 none can be read before those in front of it. */
  readonly #waiting: (() => void)[] = []
  #unreadBytes = 0

  static of(request: HttpRequest): ClientConnection {
    const key = 'stream' in request ? (request.stream.session ?? request.stream) : request.socket
    const known = connections.get(key)
    if (known !== undefined) return known
    const connection = new ClientConnection()
    connections.set(key, connection)
    if (!('stream' in request)) request.socket.once('close', () => connection.#end())
    return connection
  }

  /** Lets the call know when its client goes away, even while its answer waits for the one before it. */
  add(call: GatewayCall, response: HttpResponse): void {
    this.#calls.add(call)
    response.once('close', () => {
      this.#calls.delete(call)
      call.end()
    })
  }

  /** Runs a handler once the client has read enough of its earlier answers. Undefined: it is gone. */
  invoke(
    call: GatewayCall,
    response: HttpResponse,
    handler: () => Uint8Array | Promise<Uint8Array>,
  ): Promise<Uint8Array | undefined> {
    const answer = deferred<Uint8Array | undefined>()
    const run = (): void => {
      try {
        answer.resolve(call.signal.aborted ? undefined : this.#counted(response, handler()))
      } catch (error) {
        answer.reject(error)
      }
    }
    if (this.#isFull || this.#waiting.length > 0) this.#waiting.push(run)
    else run()
    return answer.promise
  }

  get #isFull(): boolean {
    return this.#unreadBytes >= maxUnreadBytes
  }

  /** Counts an answer that is there at once, before the next call of the connection is run. */
  #counted(response: HttpResponse, answer: Uint8Array | Promise<Uint8Array>): Uint8Array | Promise<Uint8Array> {
    if (answer instanceof Promise) return answer.then((bytes) => this.#counted(response, bytes))
    this.#unreadBytes += answer.length
    response.once('close', () => {
      this.#unreadBytes -= answer.length
      while (!this.#isFull && this.#waiting.length > 0) this.#waiting.shift()?.()
    })
    return answer
  }

  #end(): void {
    for (const call of this.#calls) call.end()
    for (const run of this.#waiting.splice(0)) run()
  }
}
