import { Auth, Cluster, Election, KV, Lease, Lock, Maintenance, Watch } from '@waypost/protocol'
import { fromJson, toJson } from '@waypost/protocol/json'
import type { MessageCodec, MethodKind } from '@waypost/rpc/server'

/** What a path of the gateway stands for. */
export interface GatewayRoute {
  /** The method's path in gRPC. */
  readonly rpcPath: string
  readonly kind: MethodKind
  /** The request message from JSON, encoded. Throws `JsonMappingError`. */
  encodeRequest(json: unknown): Uint8Array
  /** An encoded response as JSON. */
  decodeResponse(bytes: Uint8Array): Record<string, unknown>
}

interface GatewayMethod<Req, Res> {
  readonly path: string
  readonly kind: MethodKind
  readonly request: MessageCodec<Req> & { create(init?: Record<string, unknown>): Req }
  readonly response: MessageCodec<Res>
}

/** @param stem the messages' name without `Request` and `Response` */
function route<Req extends object, Res extends object>(method: GatewayMethod<Req, Res>, stem: string): GatewayRoute {
  const { request, response } = method
  return {
    rpcPath: method.path,
    kind: method.kind,
    encodeRequest: (json) => request.encode(request.create(fromJson(`${stem}Request`, json))),
    decodeResponse: (bytes) => toJson(`${stem}Response`, response.decode(bytes)),
  }
}

const leaseRevoke = route(Lease.leaseRevoke, 'LeaseRevoke')
const leaseTimeToLive = route(Lease.leaseTimeToLive, 'LeaseTimeToLive')
const leaseLeases = route(Lease.leaseLeases, 'LeaseLeases')

/**
 * The gateway's paths, all of them for POST.
 *
 * Source: the HTTP annotations of etcd's public rpc.proto.
 */
export const gatewayRoutes: ReadonlyMap<string, GatewayRoute> = new Map([
  ['/v3/kv/range', route(KV.range, 'Range')],
  ['/v3/kv/put', route(KV.put, 'Put')],
  ['/v3/kv/deleterange', route(KV.deleteRange, 'DeleteRange')],
  ['/v3/kv/txn', route(KV.txn, 'Txn')],
  ['/v3/kv/compaction', route(KV.compact, 'Compaction')],
  ['/v3/watch', route(Watch.watch, 'Watch')],
  ['/v3/lease/grant', route(Lease.leaseGrant, 'LeaseGrant')],
  ['/v3/lease/revoke', leaseRevoke],
  ['/v3/kv/lease/revoke', leaseRevoke],
  ['/v3/lease/keepalive', route(Lease.leaseKeepAlive, 'LeaseKeepAlive')],
  ['/v3/lease/timetolive', leaseTimeToLive],
  ['/v3/kv/lease/timetolive', leaseTimeToLive],
  ['/v3/lease/leases', leaseLeases],
  ['/v3/kv/lease/leases', leaseLeases],
  ['/v3/cluster/member/add', route(Cluster.memberAdd, 'MemberAdd')],
  ['/v3/cluster/member/remove', route(Cluster.memberRemove, 'MemberRemove')],
  ['/v3/cluster/member/update', route(Cluster.memberUpdate, 'MemberUpdate')],
  ['/v3/cluster/member/list', route(Cluster.memberList, 'MemberList')],
  ['/v3/cluster/member/promote', route(Cluster.memberPromote, 'MemberPromote')],
  ['/v3/maintenance/alarm', route(Maintenance.alarm, 'Alarm')],
  ['/v3/maintenance/status', route(Maintenance.status, 'Status')],
  ['/v3/maintenance/defragment', route(Maintenance.defragment, 'Defragment')],
  ['/v3/maintenance/hash', route(Maintenance.hash, 'Hash')],
  ['/v3/maintenance/hashkv', route(Maintenance.hashKV, 'HashKV')],
  ['/v3/maintenance/snapshot', route(Maintenance.snapshot, 'Snapshot')],
  ['/v3/maintenance/transfer-leadership', route(Maintenance.moveLeader, 'MoveLeader')],
  ['/v3/maintenance/downgrade', route(Maintenance.downgrade, 'Downgrade')],
  ['/v3/auth/enable', route(Auth.authEnable, 'AuthEnable')],
  ['/v3/auth/disable', route(Auth.authDisable, 'AuthDisable')],
  ['/v3/auth/status', route(Auth.authStatus, 'AuthStatus')],
  ['/v3/auth/authenticate', route(Auth.authenticate, 'Authenticate')],
  ['/v3/auth/user/add', route(Auth.userAdd, 'AuthUserAdd')],
  ['/v3/auth/user/get', route(Auth.userGet, 'AuthUserGet')],
  ['/v3/auth/user/list', route(Auth.userList, 'AuthUserList')],
  ['/v3/auth/user/delete', route(Auth.userDelete, 'AuthUserDelete')],
  ['/v3/auth/user/changepw', route(Auth.userChangePassword, 'AuthUserChangePassword')],
  ['/v3/auth/user/grant', route(Auth.userGrantRole, 'AuthUserGrantRole')],
  ['/v3/auth/user/revoke', route(Auth.userRevokeRole, 'AuthUserRevokeRole')],
  ['/v3/auth/role/add', route(Auth.roleAdd, 'AuthRoleAdd')],
  ['/v3/auth/role/get', route(Auth.roleGet, 'AuthRoleGet')],
  ['/v3/auth/role/list', route(Auth.roleList, 'AuthRoleList')],
  ['/v3/auth/role/delete', route(Auth.roleDelete, 'AuthRoleDelete')],
  ['/v3/auth/role/grant', route(Auth.roleGrantPermission, 'AuthRoleGrantPermission')],
  ['/v3/auth/role/revoke', route(Auth.roleRevokePermission, 'AuthRoleRevokePermission')],
  ['/v3/lock/lock', route(Lock.lock, 'Lock')],
  ['/v3/lock/unlock', route(Lock.unlock, 'Unlock')],
  ['/v3/election/campaign', route(Election.campaign, 'Campaign')],
  ['/v3/election/proclaim', route(Election.proclaim, 'Proclaim')],
  ['/v3/election/leader', route(Election.leader, 'Leader')],
  ['/v3/election/observe', route(Election.observe, 'Leader')],
  ['/v3/election/resign', route(Election.resign, 'Resign')],
])
