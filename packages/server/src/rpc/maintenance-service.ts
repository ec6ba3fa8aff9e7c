import { Maintenance, StatusResponse } from '@waypost/protocol'
import { type RpcHandler, unary } from '@waypost/rpc'
import type { Engine } from '../apply/engine.ts'
import type { Access } from '../auth/access.ts'
import { translated } from './error-map.ts'
import type { Headers } from './header.ts'

/**
 * The etcd version whose behaviour clients may count on: some look at it before they use what old versions lack.
 * `cluster` is what a cluster of such members would agree on.
 */
export const etcdVersion = { server: '3.5.24', cluster: '3.5.0' } as const

export function maintenanceHandlers(engine: Engine, access: Access, headers: Headers): RpcHandler[] {
  return [
    unary(
      Maintenance.status,
      translated((_request, call) => {
        access.restricted(call)
        const { bytes, inUseBytes } = engine.size
        return StatusResponse.create({
          header: headers.of(),
          version: etcdVersion.server,
          dbSize: BigInt(bytes),
          dbSizeInUse: BigInt(inUseBytes),
          leader: engine.memberId,
          raftIndex: BigInt(engine.raftIndex),
          raftAppliedIndex: BigInt(engine.raftIndex),
          raftTerm: BigInt(engine.raftTerm),
        })
      }),
    ),
  ]
}
