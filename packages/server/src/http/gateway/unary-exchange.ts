import type { Writable } from 'node:stream'
import { ByteQueue, type Clock } from '@waypost/core'
import { asBuffer } from '@waypost/protocol'
import {
  type HttpRequest,
  type HttpResponse,
  type InputBudget,
  RpcError,
  StatusCode,
  type UnaryRoute,
} from '@waypost/rpc/server'
import type { ClientConnection } from './client-connection.ts'
import type { GatewayCall } from './gateway-call.ts'
import { errorBody, gatewayError, httpStatusOf } from './gateway-error.ts'
import { goJson } from './go-json.ts'
import { parseJson } from './json-sequence.ts'
import { jsonInThread } from './json-thread.ts'
import { bodyTimeoutMs, type GatewayLimits, headroomBytes, lingerMs, maxBytesAtOnce } from './limits.ts'
import type { GatewayRoute } from './routes.ts'

export interface UnaryExchange {
  readonly request: HttpRequest
  readonly response: HttpResponse
  readonly route: GatewayRoute
  readonly handler: UnaryRoute
  readonly call: GatewayCall
  readonly connection: ClientConnection
}

/** What all exchanges need of the gateway. */
export interface ExchangeParts {
  readonly limits: GatewayLimits
  /** Counts what of requests has come. */
  readonly input: InputBudget
  readonly clock: Clock
  readonly onInternalError: (error: unknown, path: string) => void
}

/** Answers a request with one JSON object. */
export async function answerUnary(
  { request, response, route, handler, call, connection }: UnaryExchange,
  parts: ExchangeParts,
): Promise<void> {
  const { limits, clock, onInternalError } = parts
  try {
    const body = await readBody(request, parts)
    if (body === undefined) return
    const message = route.encodeRequest(body.length === 0 ? {} : parseJson(body.toString()))
    if (message.length > limits.maxMessageBytes) throw tooLarge(message.length, limits)
    const frame = await connection.invoke(call, response, () => handler.invoke(message, call))
    if (frame === undefined) return
    const answer = frame.subarray(headroomBytes)
    const isLong = answer.length > maxBytesAtOnce
    send(
      response,
      200,
      isLong ? await jsonInThread({ rpcPath: route.rpcPath, message: answer }) : goJson(route.decodeResponse(answer)),
    )
  } catch (error) {
    let status = gatewayError(error)
    if (status === undefined) {
      onInternalError(error, call.path)
      status = new RpcError(StatusCode.INTERNAL, 'internal error')
    }
    if (request.complete) send(response, httpStatusOf(status.code), errorBody(status))
    else sendEarly(request, response, httpStatusOf(status.code), errorBody(status), clock)
  }
}

export function tooLarge(bytes: number, { maxMessageBytes }: GatewayLimits): RpcError {
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `grpc: received message larger than max (${bytes} vs. ${maxMessageBytes})`,
  )
}

/** Undefined when the client went away before it had sent everything. */
async function readBody(request: HttpRequest, { limits, clock, input }: ExchangeParts): Promise<Buffer | undefined> {
  const { maxBodyBytes } = limits
  const timer = clock.after(bodyTimeoutMs, () => request.destroy(), { ref: false })
  const account = input.open(() => request.destroy())
  const body = new ByteQueue()
  try {
    // The request outlives the reading: its answer goes over the same connection.
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      const chunk: Buffer = Buffer.isBuffer(part) ? part : Buffer.from(part)
      if (body.length + chunk.length > maxBodyBytes)
        throw new RpcError(StatusCode.RESOURCE_EXHAUSTED, `The body is larger than ${maxBodyBytes} bytes.`)
      const before = body.allocatedBytes
      body.push(chunk)
      body.own()
      account.add(body.allocatedBytes - before)
    }
  } catch (error) {
    if (RpcError.is(error)) throw error
    return undefined
  } finally {
    timer.cancel()
    account.close()
  }
  return asBuffer(body.take(body.length))
}

function send(response: HttpResponse, status: number, body: string | Uint8Array): void {
  if (writeHead(response, status, body)) response.end(body)
}

/**
 * Answers a client that still sends. The connection is of no more use then, but a client whose connection is closed
 * under it does not read the answer: so what it sends is thrown away for a while.
 */
function sendEarly(request: HttpRequest, response: HttpResponse, status: number, body: string, clock: Clock): void {
  response.setHeader('connection', 'close')
  if (!writeHead(response, status, body)) return
  const writable: Writable = response
  writable.write(body)
  const end = (): void => {
    timer.cancel()
    response.end()
  }
  const timer = clock.after(lingerMs, end, { ref: false })
  request.on('end', end).on('close', end).resume()
}

/** False: nothing can be answered any more. */
function writeHead(response: HttpResponse, status: number, body: string | Uint8Array): boolean {
  if (response.destroyed || response.headersSent) return false
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', Buffer.byteLength(body))
  return true
}
