export type { Metadata } from '../metadata.ts'
export type { MessageCodec, Method, MethodKind } from '../method.ts'
export { type Delivery, RpcError, type RpcErrorOptions } from '../rpc-error.ts'
export { StatusCode, statusName } from '../status.ts'
export type { ServerCall, ServerStream } from './call.ts'
export {
  type RpcHandler,
  type StreamHandler,
  type StreamRoute,
  stream,
  type UnaryAnswer,
  type UnaryHandler,
  type UnaryRoute,
  unary,
} from './handler.ts'
export { type InputAccount, InputBudget, type InputBudgetOptions } from './input-budget.ts'
export type { LocalStreamSink, LocalStreamSource } from './local-stream.ts'
export { LongAnswer } from './long-answer.ts'
export { RequestGuard, type RequestGuardOptions } from './request-guard.ts'
export { RpcServer } from './server.ts'
export type {
  ConnectionEnd,
  HttpRequest,
  HttpResponse,
  RpcServerOptions,
  RpcServerTlsOptions,
  UnaryInterceptor,
} from './server-options.ts'
