import type { Clock } from '@waypost/core'
import { type HttpRequest, type HttpResponse, RpcError, StatusCode, type UnaryRoute } from '@waypost/rpc'
import type { GatewayCall } from './gateway-call.ts'
import { errorBody, gatewayError, httpStatusOf } from './gateway-error.ts'
import { goJson } from './go-json.ts'
import { parseJson } from './json-sequence.ts'
import { bodyTimeoutMs, maxBodyBytes, maxMessageBytes } from './limits.ts'
import type { GatewayRoute } from './routes.ts'

/** The bytes that `UnaryRoute.invoke` leaves free for a gRPC frame's header. */
const headroomBytes = 5

/** Answers a request with one JSON object. */
export async function answerUnary(
  request: HttpRequest,
  response: HttpResponse,
  route: GatewayRoute,
  handler: UnaryRoute,
  call: GatewayCall,
  clock: Clock,
  onInternalError: (error: unknown, path: string) => void,
): Promise<void> {
  try {
    const body = await readBody(request, clock)
    if (body === undefined) return
    const message = route.encodeRequest(body.length === 0 ? {} : parseJson(body.toString()))
    if (message.length > maxMessageBytes) throw tooLarge(message.length)
    const frame = await handler.invoke(message, call)
    send(response, 200, goJson(route.decodeResponse(frame.subarray(headroomBytes))))
  } catch (error) {
    let status = gatewayError(error)
    if (status === undefined) {
      onInternalError(error, call.path)
      status = new RpcError(StatusCode.INTERNAL, 'internal error')
    }
    // What the client has not sent yet is not read, so the connection cannot be used again.
    if (!request.complete) response.setHeader('connection', 'close')
    send(response, httpStatusOf(status.code), errorBody(status))
  }
}

export function tooLarge(bytes: number): RpcError {
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `grpc: received message larger than max (${bytes} vs. ${maxMessageBytes})`,
  )
}

/** Undefined when the client went away before it had sent everything. */
async function readBody(request: HttpRequest, clock: Clock): Promise<Buffer | undefined> {
  const timer = clock.after(bodyTimeoutMs, () => request.destroy(), { ref: false })
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of request) {
      const chunk: Buffer = Buffer.isBuffer(part) ? part : Buffer.from(part)
      bytes += chunk.length
      if (bytes > maxBodyBytes)
        throw new RpcError(StatusCode.RESOURCE_EXHAUSTED, `The body is larger than ${maxBodyBytes} bytes.`)
      parts.push(chunk)
    }
  } catch (error) {
    if (RpcError.is(error)) throw error
    return undefined
  } finally {
    timer.cancel()
  }
  return Buffer.concat(parts)
}

function send(response: HttpResponse, status: number, body: string): void {
  if (response.destroyed || response.headersSent) return
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
