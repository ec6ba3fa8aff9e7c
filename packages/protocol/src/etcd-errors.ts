import { StatusCode } from '@waypost/rpc/status'

/** An error as it stands on the wire. Clients match the whole message (Go) or a part of it (npm etcd3). */
export interface EtcdErrorEntry {
  readonly status: StatusCode
  readonly message: string
}

/**
 * The errors of the etcd v3 API, with their exact messages.
 *
 * Source: the public error table of etcd, api/v3rpc/rpctypes, observed on etcd 3.4.23.
 */
export const etcdErrors = {
  emptyKey: invalid('key is not provided'),
  keyNotFound: invalid('key not found'),
  valueProvided: invalid('value is provided'),
  leaseProvided: invalid('lease is provided'),
  tooManyOps: invalid('too many operations in txn request'),
  duplicateKey: invalid('duplicate key given in txn request'),
  invalidClientApiVersion: invalid('invalid client api version'),
  invalidSortOption: invalid('invalid sort option'),
  requestTooLarge: invalid('request is too large'),
  memberBadUrls: invalid('given member URLs are invalid'),
  wrongDowngradeVersionFormat: invalid('wrong downgrade target version format'),
  invalidDowngradeTarget: invalid('invalid downgrade target version'),
  userEmpty: invalid('user name is empty'),
  roleEmpty: invalid('role name is empty'),
  authFailed: invalid('authentication failed, invalid user ID or password'),
  permissionNotGiven: invalid('permission not given'),
  invalidAuthManagement: invalid('invalid auth management'),
  authOldRevision: invalid('revision of auth store is old'),

  compacted: entry(StatusCode.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted'),
  futureRevision: entry(StatusCode.OUT_OF_RANGE, 'etcdserver: mvcc: required revision is a future revision'),
  leaseTtlTooLarge: entry(StatusCode.OUT_OF_RANGE, 'etcdserver: too large lease TTL'),

  leaseNotFound: entry(StatusCode.NOT_FOUND, 'etcdserver: requested lease not found'),
  memberNotFound: entry(StatusCode.NOT_FOUND, 'etcdserver: member not found'),

  leaseExists: precondition('lease already exists'),
  rootUserNotExist: precondition('root user does not exist'),
  rootRoleNotGranted: precondition('root user does not have root role'),
  userExists: precondition('user name already exists'),
  userNotFound: precondition('user name not found'),
  roleExists: precondition('role name already exists'),
  roleNotFound: precondition('role name not found'),
  roleNotGranted: precondition('role is not granted to the user'),
  permissionNotGranted: precondition('permission is not granted to the role'),
  authNotEnabled: precondition('authentication is not enabled'),
  memberExists: precondition('member ID already exist'),
  peerUrlExists: precondition('Peer URLs already exists'),
  memberNotLearner: precondition('can only promote a learner member'),
  tooManyLearners: precondition('too many learner members in cluster'),
  noInflightDowngrade: precondition('no inflight downgrade job'),
  notLeader: precondition('not leader'),
  badLeaderTransferee: precondition('bad leader transferee'),

  permissionDenied: entry(StatusCode.PERMISSION_DENIED, 'etcdserver: permission denied'),
  invalidAuthToken: entry(StatusCode.UNAUTHENTICATED, 'etcdserver: invalid auth token'),
  noSpace: entry(StatusCode.RESOURCE_EXHAUSTED, 'etcdserver: mvcc: database space exceeded'),
  tooManyRequests: entry(StatusCode.RESOURCE_EXHAUSTED, 'etcdserver: too many requests'),
  stopped: entry(StatusCode.UNAVAILABLE, 'etcdserver: server stopped'),
  timeout: entry(StatusCode.UNAVAILABLE, 'etcdserver: request timed out'),
  noLeader: entry(StatusCode.UNAVAILABLE, 'etcdserver: no leader'),
  leaderChanged: entry(StatusCode.UNAVAILABLE, 'etcdserver: leader changed'),
  corrupt: entry(StatusCode.DATA_LOSS, 'etcdserver: corrupt cluster'),
  watchCanceled: entry(StatusCode.CANCELLED, 'etcdserver: watch canceled'),
  /** The code is UNKNOWN, as on etcd, which forgets to translate it. */
  memberNotEnoughStarted: entry(
    StatusCode.UNKNOWN,
    'etcdserver: re-configuration failed due to not enough started members',
  ),
  verifyOnlyKey: entry(StatusCode.UNKNOWN, 'auth: token signing attempted with verify-only key'),
  noPasswordUser: entry(StatusCode.UNKNOWN, 'auth: authentication failed, password was given for no password user'),
} as const satisfies Record<string, EtcdErrorEntry>

export type EtcdErrorName = keyof typeof etcdErrors

function entry(status: StatusCode, message: string): EtcdErrorEntry {
  return Object.freeze({ status, message })
}

function invalid(text: string): EtcdErrorEntry {
  return entry(StatusCode.INVALID_ARGUMENT, `etcdserver: ${text}`)
}

function precondition(text: string): EtcdErrorEntry {
  return entry(StatusCode.FAILED_PRECONDITION, `etcdserver: ${text}`)
}

const nameByMessage = new Map<string, EtcdErrorName>()
for (const name of Object.keys(etcdErrors)) {
  if (isEtcdErrorName(name)) nameByMessage.set(etcdErrors[name].message, name)
}

function isEtcdErrorName(name: string): name is EtcdErrorName {
  return Object.hasOwn(etcdErrors, name)
}

/** The name of the table's entry with this message, if there is one. */
export function etcdErrorNamed(message: string): EtcdErrorName | undefined {
  return nameByMessage.get(message)
}
