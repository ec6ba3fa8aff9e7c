import type { Writable } from 'node:stream'
import { type Clock, onAbort, type Timer } from '@waypost/core'
import {
  type HttpRequest,
  type HttpResponse,
  type InputAccount,
  type LocalStreamSink,
  type LocalStreamSource,
  RpcError,
  type ServerCall,
  StatusCode,
  type StreamRoute,
} from '@waypost/rpc/server'
import { errorBody, gatewayError, httpStatusOf, streamErrorLine } from './gateway-error.ts'
import { goJson } from './go-json.ts'
import { JsonSequence, JsonSequenceError } from './json-sequence.ts'
import { bodyTimeoutMs, type GatewayLimits, highWaterBytes } from './limits.ts'
import type { GatewayRoute } from './routes.ts'
import { type ExchangeParts, tooLarge } from './unary-exchange.ts'

/** A running stream: JSON objects come in one after the other, and each answer is a line `{"result":…}`. */
export class StreamExchange implements LocalStreamSink {
  readonly call: ServerCall
  readonly #request: HttpRequest
  readonly #response: HttpResponse
  readonly #route: GatewayRoute
  readonly #onInternalError: (error: unknown, path: string) => void
  readonly #limits: GatewayLimits
  readonly #objects: JsonSequence
  readonly #clock: Clock
  readonly #input: InputAccount
  #countedBytes = 0
  /** Runs while an object has begun that is not complete. */
  #timer: Timer | undefined
  #source: LocalStreamSource | undefined
  #requests = 0
  #over = false

  constructor(
    request: HttpRequest,
    response: HttpResponse,
    route: GatewayRoute,
    call: ServerCall,
    { limits, clock, input, onInternalError }: ExchangeParts,
  ) {
    this.#request = request
    this.#response = response
    this.#route = route
    this.call = call
    this.#onInternalError = onInternalError
    this.#limits = limits
    this.#objects = new JsonSequence(limits.maxBodyBytes)
    this.#clock = clock
    this.#input = input.open(() => request.destroy())
  }

  begin(handler: StreamRoute): void {
    const request = this.#request
    const response = this.#response
    const source = handler.openLocal(this)
    this.#source = source
    response.on('drain', () => source.drained())
    onAbort(this.call.signal, () => {
      this.#stopReading()
      source.close()
    })
    request.on('data', (chunk: Buffer) => this.#take(chunk))
    request.on('end', () => this.#noMore())
    request.on('error', () => source.close())
  }

  get writableBytes(): number {
    return this.#response.writableLength
  }

  message(bytes: Uint8Array): boolean {
    if (this.#over || this.#response.destroyed) return true
    this.#startResponse()
    writeLine(this.#response, goJson({ result: this.#route.decodeResponse(bytes) }))
    return this.#response.writableLength < highWaterBytes
  }

  end(error: RpcError | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#stopReading()
    const response = this.#response
    if (!response.destroyed) {
      if (error === undefined) response.end()
      else if (response.headersSent) response.end(streamErrorLine(error))
      else this.#refuse(error)
    }
    if (!this.#request.complete) this.#request.resume()
  }

  resume(): void {
    this.#request.resume()
  }

  onInternalError(error: unknown): void {
    this.#onInternalError(error, this.call.path)
  }

  #take(chunk: Buffer): void {
    if (this.#over) return
    try {
      const values = this.#objects.push(chunk)
      if (values.length > 0 || !this.#objects.pending) this.#stopTimer()
      if (this.#objects.pending) this.#timer ??= this.#clock.after(bodyTimeoutMs, () => this.#giveUp(), { ref: false })
      this.#count(this.#objects.allocatedBytes)
      for (const value of values) this.#push(value)
    } catch (error) {
      this.#fail(error)
    }
  }

  #giveUp(): void {
    const seconds = bodyTimeoutMs / 1_000
    this.#fail(new RpcError(StatusCode.DEADLINE_EXCEEDED, `A JSON object was not completed within ${seconds} s.`))
  }

  #count(bytes: number): void {
    this.#input.add(bytes - this.#countedBytes)
    this.#countedBytes = bytes
  }

  #stopTimer(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #stopReading(): void {
    this.#stopTimer()
    this.#input.close()
  }

  #push(value: unknown): void {
    if (this.#over) return
    this.#requests += 1
    if (this.#route.kind === 'server-stream' && this.#requests > 1) return
    const message = this.#route.encodeRequest(value)
    if (message.length > this.#limits.maxMessageBytes) throw tooLarge(message.length, this.#limits)
    if (this.#source?.push(message) === false) this.#request.pause()
  }

  #noMore(): void {
    if (this.#over) return
    try {
      if (this.#objects.pending) throw new JsonSequenceError('The body ends in the middle of a JSON object.')
      if (this.#requests === 0 && this.#route.kind === 'server-stream') this.#push({})
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#source?.halfClose()
  }

  /** The client's part of the conversation makes no sense: it is told so, and the stream is over. */
  #fail(error: unknown): void {
    let status = gatewayError(error)
    if (status === undefined) {
      this.onInternalError(error)
      status = new RpcError(StatusCode.INTERNAL, 'internal error')
    }
    this.end(status)
    this.#source?.close()
  }

  #startResponse(): void {
    if (this.#response.headersSent) return
    this.#response.writeHead(200, { 'content-type': 'application/json' })
  }

  #refuse(error: RpcError): void {
    const body = errorBody(error)
    const response = this.#response
    response.statusCode = httpStatusOf(error.code)
    response.setHeader('content-type', 'application/json')
    response.setHeader('content-length', Buffer.byteLength(body))
    if (!this.#request.complete) response.setHeader('connection', 'close')
    response.end(body)
  }
}

function writeLine(response: Writable, line: string): void {
  response.write(`${line}\n`)
}
