import { JsonMappingError } from '@waypost/protocol/json'
import { RpcError, StatusCode } from '@waypost/rpc/server'
import { toRpcError } from '../../rpc/error-map.ts'
import { goJson } from './go-json.ts'
import { JsonSequenceError } from './json-sequence.ts'

/** The HTTP status of a gRPC status, as etcd's gateway gives it. Source: grpc-gateway's HTTPStatusFromCode. */
const httpStatuses: Readonly<Record<StatusCode, number>> = {
  [StatusCode.OK]: 200,
  [StatusCode.CANCELLED]: 499,
  [StatusCode.UNKNOWN]: 500,
  [StatusCode.INVALID_ARGUMENT]: 400,
  [StatusCode.DEADLINE_EXCEEDED]: 504,
  [StatusCode.NOT_FOUND]: 404,
  [StatusCode.ALREADY_EXISTS]: 409,
  [StatusCode.PERMISSION_DENIED]: 403,
  [StatusCode.RESOURCE_EXHAUSTED]: 429,
  [StatusCode.FAILED_PRECONDITION]: 400,
  [StatusCode.ABORTED]: 409,
  [StatusCode.OUT_OF_RANGE]: 400,
  [StatusCode.UNIMPLEMENTED]: 501,
  [StatusCode.INTERNAL]: 500,
  [StatusCode.UNAVAILABLE]: 503,
  [StatusCode.DATA_LOSS]: 500,
  [StatusCode.UNAUTHENTICATED]: 401,
}

export function httpStatusOf(code: StatusCode): number {
  return httpStatuses[code]
}

/** What went wrong, as clients hear of it; undefined when it is a defect. */
export function gatewayError(error: unknown): RpcError | undefined {
  const status = toRpcError(error)
  if (RpcError.is(status)) return status
  if (error instanceof JsonMappingError) return new RpcError(StatusCode.INVALID_ARGUMENT, error.message)
  if (!(error instanceof JsonSequenceError)) return undefined
  return new RpcError(error.tooLarge ? StatusCode.RESOURCE_EXHAUSTED : StatusCode.INVALID_ARGUMENT, error.message)
}

/** The body of a failed request. Source: observed on etcd 3.7.3. */
export function errorBody(error: RpcError): string {
  return goJson({ code: error.code, message: error.message })
}

/** The last line of a stream that failed after its status line. */
export function streamErrorLine(error: RpcError): string {
  return `${goJson({ error: { code: error.code, message: error.message } })}\n`
}
