import { messageOf, WaypostError, type WaypostErrorCode } from '@waypost/core'
import { RpcError, StatusCode } from '@waypost/rpc/server'

/** The status of each code. What is not named here is INTERNAL: a defect, or of the hub's own machine. */
const statusOf: Partial<Readonly<Record<WaypostErrorCode, StatusCode>>> = {
  'invalid-argument': StatusCode.INVALID_ARGUMENT,
  'not-found': StatusCode.NOT_FOUND,
  'already-exists': StatusCode.ALREADY_EXISTS,
  'failed-precondition': StatusCode.FAILED_PRECONDITION,
  conflict: StatusCode.ABORTED,
  unauthenticated: StatusCode.UNAUTHENTICATED,
  'permission-denied': StatusCode.PERMISSION_DENIED,
  compacted: StatusCode.OUT_OF_RANGE,
  'lease-not-found': StatusCode.NOT_FOUND,
  'no-space': StatusCode.RESOURCE_EXHAUSTED,
  'too-large': StatusCode.RESOURCE_EXHAUSTED,
  overloaded: StatusCode.RESOURCE_EXHAUSTED,
  unavailable: StatusCode.UNAVAILABLE,
  'no-instance': StatusCode.UNAVAILABLE,
  'deadline-exceeded': StatusCode.DEADLINE_EXCEEDED,
  'outcome-unknown': StatusCode.UNKNOWN,
  aborted: StatusCode.CANCELLED,
  closed: StatusCode.UNAVAILABLE,
}

/** What was thrown, as a status. The trailer `waypost-code` has the stable code. */
export function rpcErrorOf(thrown: unknown): RpcError {
  if (RpcError.is(thrown)) return thrown
  if (!WaypostError.is(thrown)) return new RpcError(StatusCode.INTERNAL, 'The hub has failed.', { cause: thrown })
  const status = statusOf[thrown.code] ?? StatusCode.INTERNAL
  return new RpcError(status, messageOf(thrown), { metadata: { 'waypost-code': thrown.code }, cause: thrown })
}
