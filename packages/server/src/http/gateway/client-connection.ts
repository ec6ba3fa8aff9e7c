import { deferred } from '@waypost/core'
import { KV } from '@waypost/protocol'
import { type HttpRequest, type HttpResponse, LongAnswer, type UnaryAnswer } from '@waypost/rpc/server'
import type { GatewayCall } from './gateway-call.ts'
import { headroomBytes, maxUnreadBytes } from './limits.ts'

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
  /** Long ranges of which it is not known yet how long they are. */
  #unmeasured = 0

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
    handler: () => Uint8Array | Promise<UnaryAnswer>,
  ): Promise<Uint8Array | undefined> {
    const answer = deferred<Uint8Array | undefined>()
    const run = (): void => {
      try {
        answer.resolve(call.signal.aborted ? undefined : this.#counted(call, response, handler()))
      } catch (error) {
        answer.reject(error)
      }
    }
    if (this.#isFull || this.#waiting.length > 0) this.#waiting.push(run)
    else run()
    return answer.promise
  }

  get #isFull(): boolean {
    return this.#unreadBytes >= maxUnreadBytes || this.#unmeasured > 0
  }

  /** Counts an answer before the next call of the connection is run: at once, or when its length is known. */
  #counted(
    call: GatewayCall,
    response: HttpResponse,
    answer: Uint8Array | Promise<UnaryAnswer>,
  ): Uint8Array | Promise<Uint8Array> {
    if (!(answer instanceof Promise)) {
      this.#count(response, answer.length)
      return answer
    }
    // A range that is not answered at once is a long one, and always ends; other calls may wait for those behind them.
    const isMeasured = call.path !== KV.range.path
    if (!isMeasured) this.#unmeasured += 1
    return answer
      .finally(() => {
        if (!isMeasured) this.#unmeasured -= 1
      })
      .then(
        (result) => {
          this.#count(response, result instanceof LongAnswer ? result.bytes : result.length)
          this.#runWaiting()
          return result instanceof LongAnswer ? result.whole(headroomBytes) : result
        },
        (error: unknown) => {
          this.#runWaiting()
          throw error
        },
      )
  }

  #count(response: HttpResponse, bytes: number): void {
    this.#unreadBytes += bytes
    response.once('close', () => {
      this.#unreadBytes -= bytes
      this.#runWaiting()
    })
  }

  #runWaiting(): void {
    while (!this.#isFull && this.#waiting.length > 0) this.#waiting.shift()?.()
  }

  #end(): void {
    for (const call of this.#calls) call.end()
    for (const run of this.#waiting.splice(0)) run()
  }
}
