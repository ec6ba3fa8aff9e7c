import { RpcError, type ServerCall, StatusCode, type UnaryHandler } from '@waypost/rpc/server'
import { toRpcError } from './error-map.ts'

/** The codes that a caller can act on whatever was refused. */
const passed: readonly StatusCode[] = [StatusCode.CANCELLED, StatusCode.DEADLINE_EXCEEDED, StatusCode.UNAVAILABLE]

/**
 * A refusal as the Lock and Election services pass it on: they are clients of the store themselves, and what a client
 * is told comes to its own callers with the code UNKNOWN. Observed on etcd 3.4.23.
 */
export function clientError(error: unknown): unknown {
  const status = toRpcError(error)
  if (!RpcError.is(status) || passed.includes(status.code)) return status
  return new RpcError(StatusCode.UNKNOWN, status.message, { cause: error })
}

export function asLockClientError<Req, Res>(
  handler: (request: Req, call: ServerCall) => Promise<Res>,
): UnaryHandler<Req, Res> {
  return (request, call) =>
    handler(request, call).catch((error: unknown) => {
      throw clientError(error)
    })
}
