import {
  type AlarmRequest,
  AlarmRequest_AlarmAction,
  AlarmResponse,
  AlarmType,
  DowngradeInfo,
  DowngradeResponse,
  HashKVResponse,
  Maintenance,
  StatusResponse,
} from '@waypost/protocol'
import { type RpcHandler, unary } from '@waypost/rpc/server'
import type { AlarmRecord } from '../apply/alarms.ts'
import type { Engine } from '../apply/engine.ts'
import type { Access } from '../auth/access.ts'
import { etcdVersion } from '../etcd-version.ts'
import { answerDowngrade } from './downgrade.ts'
import { etcdError, translated } from './error-map.ts'
import type { Headers } from './header.ts'

/** Of the election of the leader, with which a log of etcd begins: clients take an index of 0 for a member without one. */
const firstRaftIndex = 1

export function maintenanceHandlers(engine: Engine, access: Access, headers: Headers): RpcHandler[] {
  return [
    unary(
      Maintenance.status,
      translated((_request, call) => {
        access.requireLogin(call)
        const { bytes, inUseBytes } = engine.size
        const raftIndex = BigInt(firstRaftIndex + engine.raftIndex)
        return StatusResponse.create({
          header: headers.of(),
          version: etcdVersion.server,
          dbSize: BigInt(bytes),
          dbSizeInUse: BigInt(inUseBytes),
          leader: engine.memberId,
          raftIndex,
          raftAppliedIndex: raftIndex,
          raftTerm: BigInt(engine.raftTerm),
          errors: engine.alarms.map(textOf),
          storageVersion: etcdVersion.storage,
          dbSizeQuota: BigInt(engine.quota.configuredBytes),
          downgradeInfo: DowngradeInfo.create(),
        })
      }),
    ),
    unary(
      Maintenance.alarm,
      translated(async (request: AlarmRequest, call) => {
        if (request.action === AlarmRequest_AlarmAction.GET) access.requireLogin(call)
        else access.requireAdmin(call)
        const { revision, alarms } = await engine.propose('alarm', request)
        return AlarmResponse.create({ header: headers.of(revision), alarms: [...alarms] })
      }),
    ),
    unary(
      Maintenance.defragment,
      translated(async (_request, call) => {
        access.requireAdmin(call)
        await engine.defragment()
        return { header: headers.of() }
      }),
    ),
    unary(
      Maintenance.hash,
      translated(async (_request, call) => {
        access.requireAdmin(call)
        return { header: headers.of(), hash: await engine.hash() }
      }),
    ),
    unary(
      Maintenance.hashKV,
      translated(async (request, call) => {
        access.requireAdmin(call)
        const { hash, revision, compactRevision, hashRevision } = await engine.hashKv(Number(request.revision))
        return HashKVResponse.create({
          header: headers.of(revision),
          hash,
          compactRevision: BigInt(compactRevision),
          hashRevision: BigInt(hashRevision),
        })
      }),
    ),
    unary(
      Maintenance.moveLeader,
      translated(({ targetId }, call) => {
        access.requireAdmin(call)
        // The only member leads already; etcd's answer has no header.
        if (targetId === engine.memberId) return { header: undefined }
        throw etcdError('badLeaderTransferee')
      }),
    ),
    unary(
      Maintenance.downgrade,
      translated((request, call) => {
        access.requireAdmin(call)
        return DowngradeResponse.create({ header: headers.of(), version: answerDowngrade(request) })
      }),
    ),
  ]
}

/**
 * An alarm as etcd's Status names it: the text form of the message. How many spaces separate its fields is not defined:
 * Go's protobuf library varies them from build to build.
 */
function textOf({ memberId, alarm }: AlarmRecord): string {
  const name = Object.entries(AlarmType).find(([, number]) => number === alarm)?.[0] ?? String(alarm)
  return `${memberId === 0n ? '' : `memberID:${memberId} `}${alarm === 0 ? '' : `alarm:${name} `}`
}
