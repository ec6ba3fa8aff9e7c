import { Cluster, Member, MemberListResponse } from '@waypost/protocol'
import { type RpcHandler, unary } from '@waypost/rpc/server'
import type { Access } from '../auth/access.ts'
import { etcdError, translated } from './error-map.ts'
import type { Headers } from './header.ts'
import { arePeerUrls } from './peer-urls.ts'

/** How the server presents itself as the one member of its cluster. */
export interface MemberDescription {
  readonly id: bigint
  readonly name: string
  /** URLs that other members would dial. There are none, but clients expect the first of them. */
  readonly peerUrls: readonly string[]
  /** URLs that clients can dial. */
  readonly clientUrls: readonly string[]
}

/**
 * The cluster has one member and keeps it: whatever would change that is refused in the words in which an etcd refuses
 * to lose its quorum.
 *
 * @param member read at each call, because the port is known only once the server listens
 */
export function clusterHandlers(member: () => MemberDescription, access: Access, headers: Headers): RpcHandler[] {
  const requireMember = (id: bigint): void => {
    if (id !== member().id) throw etcdError('memberNotFound')
  }
  return [
    unary(
      Cluster.memberList,
      translated((_request, call) => {
        access.requireLogin(call)
        const { id, name, peerUrls, clientUrls } = member()
        const members = [Member.create({ id, name, peerUrls: [...peerUrls], clientUrls: [...clientUrls] })]
        return MemberListResponse.create({ header: headers.of(0), members })
      }),
    ),
    unary(
      Cluster.memberAdd,
      translated(({ peerUrls, isLearner }, call) => {
        if (!arePeerUrls(peerUrls)) throw etcdError('memberBadUrls')
        access.requireAdmin(call)
        throw etcdError(isLearner ? 'tooManyLearners' : 'memberNotEnoughStarted')
      }),
    ),
    unary(
      Cluster.memberRemove,
      translated(({ id }, call) => {
        access.requireAdmin(call)
        requireMember(id)
        throw etcdError('memberNotEnoughStarted')
      }),
    ),
    unary(
      Cluster.memberUpdate,
      translated(({ id }, call) => {
        access.requireAdmin(call)
        requireMember(id)
        throw etcdError('memberNotEnoughStarted')
      }),
    ),
    unary(
      Cluster.memberPromote,
      translated(({ id }, call) => {
        access.requireAdmin(call)
        requireMember(id)
        throw etcdError('memberNotLearner')
      }),
    ),
  ]
}
