import { Cluster, Member, MemberListResponse } from '@waypost/protocol'
import { type RpcHandler, unary } from '@waypost/rpc'
import type { Access } from '../auth/access.ts'
import { translated } from './error-map.ts'
import type { Headers } from './header.ts'

/** How the server presents itself as the one member of its cluster. */
export interface MemberDescription {
  readonly id: bigint
  readonly name: string
  /** URLs that clients can dial. */
  readonly clientUrls: readonly string[]
}

/** @param member read at each call, because the port is known only once the server listens */
export function clusterHandlers(member: () => MemberDescription, access: Access, headers: Headers): RpcHandler[] {
  return [
    unary(
      Cluster.memberList,
      translated((_request, call) => {
        access.requireLogin(call)
        const { id, name, clientUrls } = member()
        const members = [Member.create({ id, name, clientUrls: [...clientUrls] })]
        return MemberListResponse.create({ header: headers.of(0), members })
      }),
    ),
  ]
}
