import { type EtcdErrorName, etcdErrors } from '@waypost/protocol'
import { RpcError, StatusCode, type UnaryHandler } from '@waypost/rpc/server'
import { PasswordTooLongError } from '../auth/passwords.ts'
import { EngineError } from '../engine-error.ts'

/** The error as clients know it. */
export function etcdError(name: EtcdErrorName): RpcError {
  const { status, message } = etcdErrors[name]
  return new RpcError(status, message)
}

/** What was refused, as a status. Anything else is a defect, and passes as it is. */
export function toRpcError(error: unknown): unknown {
  if (error instanceof EngineError) return etcdError(error.reason)
  return error instanceof PasswordTooLongError ? new RpcError(StatusCode.INVALID_ARGUMENT, error.message) : error
}

/** Lets a handler throw what the engine throws. */
export function translated<Req, Res>(handler: UnaryHandler<Req, Res>): UnaryHandler<Req, Res> {
  return (request, call) => {
    try {
      const answer = handler(request, call)
      return answer instanceof Promise ? answer.catch(rethrow) : answer
    } catch (error) {
      throw toRpcError(error)
    }
  }
}

function rethrow(error: unknown): never {
  throw toRpcError(error)
}
