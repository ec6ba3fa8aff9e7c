export type { RpcCallOptions, RpcStream, RpcStreamHandlers } from './client/call.ts'
export { RpcConnection, type RpcConnectionState } from './client/connection.ts'
export type { RpcClientTlsOptions, RpcConnectionOptions } from './client/connection-options.ts'
export type { Metadata } from './metadata.ts'
export type { MessageCodec, Method, MethodKind } from './method.ts'
export { type Delivery, RpcError, type RpcErrorOptions } from './rpc-error.ts'
export type { ServerCall, ServerStream } from './server/call.ts'
export {
  type RpcHandler,
  type StreamHandler,
  type StreamRoute,
  stream,
  type UnaryHandler,
  type UnaryRoute,
  unary,
} from './server/handler.ts'
export type { LocalStreamSink, LocalStreamSource } from './server/local-stream.ts'
export { RpcServer } from './server/server.ts'
export type {
  HttpRequest,
  HttpResponse,
  RpcServerOptions,
  RpcServerTlsOptions,
  UnaryInterceptor,
} from './server/server-options.ts'
export { StatusCode, statusName } from './status.ts'
