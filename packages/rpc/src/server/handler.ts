import type { Method } from '../method.ts'
import type { ServerCall, ServerStream } from './call.ts'

/** Answers a unary call. A value that is returned as it is, not in a promise, is answered fastest. Throw `RpcError` for a status. */
export type UnaryHandler<Req, Res> = (request: Req, call: ServerCall) => Res | Promise<Res>

/** Takes over a stream of any kind: client-streaming and server-streaming ones too. */
export type StreamHandler<Req, Res> = (stream: ServerStream<Req, Res>) => void

/** The length of the header in front of every gRPC message. */
const frameHeaderBytes = 5

/** A unary method with its types erased: bytes to bytes. */
export interface UnaryRoute {
  readonly kind: 'unary'
  readonly path: string
  /** The encoded answer with five free bytes in front. */
  invoke(request: Uint8Array, call: ServerCall): Uint8Array | Promise<Uint8Array>
}

/** A streaming method with its types erased. */
export interface StreamRoute {
  readonly kind: 'stream'
  readonly path: string
}

/** A method together with the function that answers it. Made by `unary` and `stream`. */
export type RpcHandler = UnaryRoute | StreamRoute

/** Answers a unary method. */
export function unary<Req, Res>(method: Method<Req, Res>, handler: UnaryHandler<Req, Res>): RpcHandler {
  const { request, response } = method
  return {
    kind: 'unary',
    path: method.path,
    invoke(bytes, call) {
      const answer = handler(request.decode(bytes), call)
      if (answer instanceof Promise) return answer.then((message) => response.encode(message, frameHeaderBytes))
      return response.encode(answer, frameHeaderBytes)
    },
  }
}

/** Answers a method of any streaming kind. */
export function stream<Req, Res>(method: Method<Req, Res>, _handler: StreamHandler<Req, Res>): RpcHandler {
  return { kind: 'stream', path: method.path }
}
