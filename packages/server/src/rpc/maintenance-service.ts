import { Maintenance, StatusResponse } from '@waypost/protocol'
import { type RpcHandler, unary } from '@waypost/rpc'
import type { Engine } from '../apply/engine.ts'
import type { Access } from '../auth/access.ts'
import { translated } from './error-map.ts'
import { etcdVersion } from './etcd-version.ts'
import type { Headers } from './header.ts'

export function maintenanceHandlers(engine: Engine, access: Access, headers: Headers): RpcHandler[] {
  return [
    unary(
      Maintenance.status,
      translated((_request, call) => {
        access.requireLogin(call)
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
