import { type Clock, onAbort, systemClock } from '@waypost/core'
import {
  type HttpRequest,
  type HttpResponse,
  type InputBudget,
  RpcError,
  type RpcHandler,
  StatusCode,
} from '@waypost/rpc/server'
import { ClientConnection } from './client-connection.ts'
import { GatewayCall } from './gateway-call.ts'
import { errorBody, httpStatusOf } from './gateway-error.ts'
import type { GatewayLimits } from './limits.ts'
import { gatewayRoutes } from './routes.ts'
import { StreamExchange } from './stream-exchange.ts'
import { answerUnary, type ExchangeParts } from './unary-exchange.ts'

export interface GatewayParts {
  readonly handlers: readonly RpcHandler[]
  readonly limits: GatewayLimits
  /** Bounds what of requests has come. */
  readonly input: InputBudget
  readonly onInternalError: (error: unknown, path: string) => void
  readonly clock?: Clock | undefined
}

/** The gRPC API as JSON over HTTP: the same handlers, reached by `POST /v3/…`. */
export class Gateway {
  readonly #handlers: ReadonlyMap<string, RpcHandler>
  readonly #parts: ExchangeParts
  readonly #streams = new Set<HttpResponse>()

  constructor({ handlers, limits, input, onInternalError, clock = systemClock }: GatewayParts) {
    this.#parts = { limits, input, onInternalError, clock }
    this.#handlers = new Map(handlers.map((handler) => [handler.path, handler]))
  }

  handle(path: string, request: HttpRequest, response: HttpResponse): void {
    const route = gatewayRoutes.get(path)
    if (route === undefined) {
      refuse(response, new RpcError(StatusCode.NOT_FOUND, 'Not Found'))
    } else if (request.method !== 'POST') {
      // The answer of etcd's gateway, which takes other methods for operations that it does not implement.
      refuse(response, new RpcError(StatusCode.UNIMPLEMENTED, 'Method Not Allowed'))
    } else {
      const handler = this.#handlers.get(route.rpcPath)
      const call = new GatewayCall(route.rpcPath, request)
      const connection = ClientConnection.of(request)
      connection.add(call, response)
      if (handler === undefined) {
        refuse(response, new RpcError(StatusCode.UNIMPLEMENTED, `unknown method ${route.rpcPath}`))
      } else if (handler.kind === 'unary') {
        void answerUnary({ request, response, route, handler, call, connection }, this.#parts)
      } else {
        this.#streams.add(response)
        onAbort(call.signal, () => this.#streams.delete(response))
        new StreamExchange(request, response, route, call, this.#parts).begin(handler)
      }
    }
  }

  /** Ends every stream. */
  close(): void {
    for (const response of this.#streams) response.end()
  }
}

function refuse(response: HttpResponse, error: RpcError): void {
  const body = errorBody(error)
  response.statusCode = httpStatusOf(error.code)
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
