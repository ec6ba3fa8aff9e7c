import { abortedError, WaypostError, type WaypostErrorCode } from '@waypost/core'
import { type EtcdErrorName, etcdErrorNamed } from '@waypost/protocol'
import { RpcError, StatusCode } from '@waypost/rpc/client'
import { messageOfWire } from './connect-failure.ts'

/**
 * What a request does to the store, which decides whether it may be sent twice.
 * - `read`: changes nothing;
 * - `write`: sending it twice may apply it twice;
 * - `repeatable-write`: sending it twice has the effect of sending it once.
 */
export type Effect = 'read' | 'write' | 'repeatable-write'

/** What to do about a call that failed: give up, send it again, or log in and send it again. */
export type Verdict = 'give-up' | 'again' | 'log-in'

const codeOfName = {
  emptyKey: 'invalid-argument',
  keyNotFound: 'not-found',
  valueProvided: 'invalid-argument',
  leaseProvided: 'invalid-argument',
  tooManyOps: 'invalid-argument',
  duplicateKey: 'invalid-argument',
  invalidClientApiVersion: 'invalid-argument',
  invalidSortOption: 'invalid-argument',
  requestTooLarge: 'too-large',
  memberBadUrls: 'invalid-argument',
  wrongDowngradeVersionFormat: 'invalid-argument',
  invalidDowngradeTarget: 'invalid-argument',
  userEmpty: 'unauthenticated',
  roleEmpty: 'invalid-argument',
  authFailed: 'unauthenticated',
  permissionNotGiven: 'invalid-argument',
  invalidAuthManagement: 'invalid-argument',
  authOldRevision: 'unauthenticated',
  compacted: 'compacted',
  futureRevision: 'future-revision',
  leaseTtlTooLarge: 'invalid-argument',
  leaseNotFound: 'lease-not-found',
  memberNotFound: 'not-found',
  leaseExists: 'already-exists',
  rootUserNotExist: 'failed-precondition',
  rootRoleNotGranted: 'failed-precondition',
  userExists: 'already-exists',
  userNotFound: 'not-found',
  roleExists: 'already-exists',
  roleNotFound: 'not-found',
  roleNotGranted: 'not-found',
  permissionNotGranted: 'not-found',
  authNotEnabled: 'failed-precondition',
  memberExists: 'already-exists',
  peerUrlExists: 'already-exists',
  memberNotLearner: 'failed-precondition',
  tooManyLearners: 'failed-precondition',
  memberNotEnoughStarted: 'failed-precondition',
  noInflightDowngrade: 'failed-precondition',
  notLeader: 'failed-precondition',
  badLeaderTransferee: 'failed-precondition',
  permissionDenied: 'permission-denied',
  invalidAuthToken: 'unauthenticated',
  noSpace: 'no-space',
  tooManyRequests: 'overloaded',
  stopped: 'unavailable',
  timeout: 'unavailable',
  noLeader: 'unavailable',
  leaderChanged: 'unavailable',
  corrupt: 'data-loss',
  watchCanceled: 'unavailable',
  verifyOnlyKey: 'failed-precondition',
  noPasswordUser: 'unauthenticated',
} as const satisfies Record<EtcdErrorName, WaypostErrorCode>

const codeOfStatus: Readonly<Record<StatusCode, WaypostErrorCode>> = {
  [StatusCode.OK]: 'internal',
  [StatusCode.CANCELLED]: 'unavailable',
  [StatusCode.UNKNOWN]: 'internal',
  [StatusCode.INVALID_ARGUMENT]: 'invalid-argument',
  [StatusCode.DEADLINE_EXCEEDED]: 'deadline-exceeded',
  [StatusCode.NOT_FOUND]: 'not-found',
  [StatusCode.ALREADY_EXISTS]: 'already-exists',
  [StatusCode.PERMISSION_DENIED]: 'permission-denied',
  [StatusCode.RESOURCE_EXHAUSTED]: 'overloaded',
  [StatusCode.FAILED_PRECONDITION]: 'failed-precondition',
  [StatusCode.ABORTED]: 'conflict',
  [StatusCode.OUT_OF_RANGE]: 'invalid-argument',
  [StatusCode.UNIMPLEMENTED]: 'unimplemented',
  [StatusCode.INTERNAL]: 'internal',
  [StatusCode.UNAVAILABLE]: 'unavailable',
  [StatusCode.DATA_LOSS]: 'data-loss',
  [StatusCode.UNAUTHENTICATED]: 'unauthenticated',
}

/** etcd refuses these before a request can have had any effect. */
const provablyNotApplied: ReadonlySet<EtcdErrorName> = new Set(['noLeader', 'tooManyRequests'])
const curedByLogin: ReadonlySet<EtcdErrorName> = new Set(['invalidAuthToken', 'authOldRevision', 'userEmpty'])

/**
 * Go's words for a deadline that passed, or a call that was cancelled, inside the store. etcd hands them on as they
 * are, with the status UNKNOWN; the deadline is the one that the call came with.
 */
const codeOfGoContext: ReadonlyMap<string, WaypostErrorCode> = new Map([
  ['context deadline exceeded', 'deadline-exceeded'],
  ['context canceled', 'unavailable'],
])

/** Whether a failed call may be sent again. The caller's own abort and deadline are not its business. */
export function judge(error: RpcError, effect: Effect): Verdict {
  const name = etcdErrorNamed(error.message)
  if (name !== undefined && curedByLogin.has(name)) return 'log-in'
  if (name !== undefined && provablyNotApplied.has(name)) return 'again'
  const lost = error.code === StatusCode.UNAVAILABLE || error.code === StatusCode.CANCELLED
  if (!lost) return 'give-up'
  return effect !== 'write' || error.delivery === 'not-sent' ? 'again' : 'give-up'
}

/** Whether the words of an error, or of the reason for which a watch was refused, ask for a new login. */
export function asksForLogin(message: string): boolean {
  const name = etcdErrorNamed(message)
  return name !== undefined && curedByLogin.has(name)
}

/** Whether the member that answered cannot serve at present, while another one might. */
export function isMemberUnfit(error: RpcError): boolean {
  return error.delivery === 'answered' && error.code === StatusCode.UNAVAILABLE
}

export interface FailedCall {
  readonly endpoint: string | undefined
  readonly effect: Effect
  /** The caller's signal. */
  readonly signal?: AbortSignal | undefined
}

/** The one place where an error of the wire becomes one of Waypost. */
export function toWaypostError(error: unknown, call: FailedCall): WaypostError {
  if (WaypostError.is(error)) return error
  if (!RpcError.is(error)) {
    const message = error instanceof Error ? error.message : String(error)
    return new WaypostError('internal', `The call failed in the client: ${message}`, { cause: error })
  }
  const { endpoint, effect, signal } = call
  // Where in the transport it was noticed says nothing to anybody who reads it as a cause.
  error.stack = `${error.name}: ${error.message}`
  const details = { status: error.codeName, delivery: error.delivery }
  const mayBeApplied = effect !== 'read' && isOutcomeUnknown(error)
  if (signal?.aborted && error.code === StatusCode.CANCELLED) {
    if (!mayBeApplied) return abortedError(signal)
    return new WaypostError('aborted', 'The write was aborted after it was sent; it may have been applied.', {
      cause: signal.reason,
      endpoint,
      details,
    })
  }
  if (mayBeApplied) {
    return new WaypostError(
      'outcome-unknown',
      `The write was sent, but not answered as done or refused (${error.message}); it may or may not have been applied.`,
      { cause: error, endpoint, details },
    )
  }
  if (isMissingLogin(error)) {
    const message = `${loginNeeded} The store said: ${error.message}`
    return new WaypostError('unauthenticated', message, { cause: error, endpoint, details })
  }
  return new WaypostError(codeOf(error), messageOfWire(error), { cause: error, endpoint, details })
}

const loginNeeded =
  'The store requires a login: give auth: { username, password } (--user, or WAYPOST_USER and WAYPOST_PASSWORD).'

function isMissingLogin({ message }: RpcError): boolean {
  return etcdErrorNamed(message) === 'userEmpty'
}

/** Failures are noticed where sockets are read and timers run; the stack is to show who called. */
export function fromHere(error: unknown): unknown {
  if (error instanceof WaypostError) error.recapture(fromHere)
  return error
}

/** The code for a message of the store, where there is nothing but the message. */
export function codeOfMessage(message: string): WaypostErrorCode | undefined {
  const name = etcdErrorNamed(message)
  return name === undefined ? undefined : codeOfName[name]
}

function codeOf(error: RpcError): WaypostErrorCode {
  const named = codeOfMessage(error.message) ?? codeOfGoContext.get(error.message)
  if (named !== undefined) return named
  if (error.code === StatusCode.RESOURCE_EXHAUSTED && error.message.includes('larger than max')) return 'too-large'
  return codeOfStatus[error.code]
}

function isOutcomeUnknown(error: RpcError): boolean {
  if (error.delivery === 'not-sent') return false
  if (error.delivery === 'sent') return true
  const name = etcdErrorNamed(error.message)
  if (name !== undefined && provablyNotApplied.has(name)) return false
  switch (error.code) {
    case StatusCode.UNAVAILABLE:
    case StatusCode.DEADLINE_EXCEEDED:
    case StatusCode.CANCELLED:
      return true
    case StatusCode.UNKNOWN:
    case StatusCode.INTERNAL:
      // No refusal that etcd has words for: the store failed on the way, at whatever point.
      return name === undefined
    default:
      return false
  }
}
