import type { Http2Stream } from '../http2/stream.ts'
import { frameHeaderBytes } from '../message-frame.ts'
import type { Method } from '../method.ts'
import type { ServerCall, ServerStream } from './call.ts'
import { decodeRequest } from './decode-request.ts'
import type { Exchange, ExchangeHost } from './exchange.ts'
import { LocalStream, type LocalStreamSink, type LocalStreamSource } from './local-stream.ts'
import { LongAnswer } from './long-answer.ts'
import type { RequestHead } from './request-head.ts'
import { StreamCall } from './stream-call.ts'

/** Answers a unary call. A value that is not in a promise is answered fastest. Throw `RpcError` for a status. */
export type UnaryHandler<Req, Res> = (request: Req, call: ServerCall) => Res | Promise<Res | LongAnswer>

/** An encoded answer with free bytes for the frame header in front, or one that is encoded while it is sent. */
export type UnaryAnswer = Uint8Array | LongAnswer

/** Takes over a stream of any kind: client-streaming and server-streaming ones too. */
export type StreamHandler<Req, Res> = (stream: ServerStream<Req, Res>) => void

/** A unary method with its types erased: bytes to bytes. */
export interface UnaryRoute {
  readonly kind: 'unary'
  readonly path: string
  invoke(request: Uint8Array, call: ServerCall): Uint8Array | Promise<UnaryAnswer>
}

/** A streaming method with its types erased. */
export interface StreamRoute {
  readonly kind: 'stream'
  readonly path: string
  open(host: ExchangeHost, http2Stream: Http2Stream, head: RequestHead): Exchange
  /** Runs the handler for a client that came another way than gRPC. */
  openLocal(sink: LocalStreamSink): LocalStreamSource
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
      const answer = handler(decodeRequest(request, bytes), call)
      if (answer instanceof Promise)
        return answer.then((message) =>
          message instanceof LongAnswer ? message : response.encode(message, frameHeaderBytes),
        )
      return response.encode(answer, frameHeaderBytes)
    },
  }
}

/** Answers a method of any streaming kind. */
export function stream<Req, Res>(method: Method<Req, Res>, handler: StreamHandler<Req, Res>): RpcHandler {
  return {
    kind: 'stream',
    path: method.path,
    open(host, http2Stream, head) {
      const call = new StreamCall(host, http2Stream, head, method)
      call.begin(handler)
      return call
    },
    openLocal(sink) {
      const call = new LocalStream(method, sink)
      call.begin(handler)
      return call
    },
  }
}
