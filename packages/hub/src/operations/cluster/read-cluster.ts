import type { Alarm, EtcdClient, Member, MemberStatus } from '@waypost/client'
import { messageOf } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json, type Sendable } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'

const hex = (id: bigint): string => BigInt.asUintN(64, id).toString(16)

export const memberSchema = object({
  id: Type.String({ description: 'In hexadecimal.' }),
  name: Type.String({ description: 'Empty until the member has started.' }),
  peerUrls: Type.Array(Type.String()),
  clientUrls: Type.Array(Type.String()),
  isLearner: Type.Boolean(),
  isLeader: Type.Boolean(),
  isReachable: Type.Boolean(),
  error: Type.Optional(Type.String({ description: 'Why it could not be queried.' })),
  version: Type.Optional(Type.String()),
  storageVersion: Type.Optional(Type.String()),
  revision: Type.Optional(digits('The newest revision that it has.')),
  raftTerm: Type.Optional(digits('The term of the election.')),
  raftIndex: Type.Optional(digits('The last entry of its log.')),
  raftAppliedIndex: Type.Optional(digits('The last entry that it has applied.')),
  dbSizeBytes: Type.Optional(Type.Number({ description: 'On disk.' })),
  dbSizeInUseBytes: Type.Optional(Type.Number({ description: 'Without what a defragmentation would release.' })),
  dbSizeQuotaBytes: Type.Optional(
    Type.Number({ description: 'The quota; absent when the member does not report it.' }),
  ),
  errors: Type.Array(Type.String(), { description: 'The errors that it reports.' }),
})

export const alarmSchema = object({
  member: Type.String({ description: 'In hexadecimal.' }),
  type: Type.String({ description: '`no-space`, `corrupt`.' }),
})

/** The members of a store, each asked about itself. */
export async function readMembers(etcd: EtcdClient, signal: AbortSignal) {
  const members = await etcd.cluster.members({ signal })
  return Promise.all(members.map((member) => withStatus(etcd, member, members.length === 1, signal)))
}

export function alarmJson({ memberId, type }: Alarm): Sendable<Static<typeof alarmSchema>> {
  return { member: hex(memberId), type }
}

const statusTimeoutMs = 2_000

async function withStatus(
  etcd: EtcdClient,
  member: Member,
  isOnly: boolean,
  signal: AbortSignal,
): Promise<Sendable<Static<typeof memberSchema>>> {
  const { id, name, peerUrls, clientUrls, isLearner } = member
  const facts = { id: hex(id), name, peerUrls, clientUrls, isLearner }
  try {
    return { ...facts, ...statusJson(await statusOf(etcd, member, isOnly, signal)) }
  } catch (error) {
    return { ...facts, isLeader: false, isReachable: false, error: messageOf(error), errors: [] }
  }
}

/** A single member may say an address that is not reached from here: then it is asked through the one that is used. */
function statusOf(
  etcd: EtcdClient,
  { clientUrls }: Member,
  isOnly: boolean,
  signal: AbortSignal,
): Promise<MemberStatus> {
  const [endpoint] = clientUrls
  const options = { signal, timeoutMs: statusTimeoutMs }
  return etcd.maintenance.status(isOnly || endpoint === undefined ? options : { ...options, endpoint })
}

function statusJson(status: MemberStatus) {
  return {
    isLeader: status.leader !== 0n && status.leader === status.memberId,
    isReachable: true,
    version: status.version,
    storageVersion: status.storageVersion === '' ? undefined : status.storageVersion,
    revision: String(status.revision),
    raftTerm: String(status.raftTerm),
    raftIndex: String(status.raftIndex),
    raftAppliedIndex: String(status.raftAppliedIndex),
    dbSizeBytes: Number(status.dbSizeBytes),
    dbSizeInUseBytes: Number(status.dbSizeInUseBytes),
    dbSizeQuotaBytes: status.dbSizeQuotaBytes === 0n ? undefined : Number(status.dbSizeQuotaBytes),
    errors: status.errors,
  }
}

export const readCluster = defineOperation({
  id: 'cluster.read',
  method: 'GET',
  path: '/v1/cluster',
  tag: 'Cluster',
  summary: 'Show the members of the store',
  description: 'Each member is queried, for two seconds at most.',
  permission: 'user',
  responses: {
    200: json(
      'The cluster.',
      object({
        leader: Type.Optional(
          Type.String({ description: 'The id of the leader, in hexadecimal. Absent when there is none.' }),
        ),
        revision: digits('The newest revision.'),
        members: Type.Array(memberSchema),
        alarms: Type.Array(alarmSchema),
      }),
    ),
  },
  example: {},
  async handler({ caller: { etcd }, signal }) {
    const [members, alarms] = await Promise.all([readMembers(etcd, signal), alarmsOf(etcd, signal)])
    const revisions = members.map(({ revision }) => BigInt(revision ?? 0)).toSorted((a, b) => Number(b - a))
    return {
      status: 200,
      body: {
        leader: members.find(({ isLeader }) => isLeader)?.id,
        revision: String(revisions[0] ?? 0n),
        members,
        alarms: alarms.map(alarmJson),
      },
    }
  },
})

export async function alarmsOf(etcd: EtcdClient, signal: AbortSignal): Promise<readonly Alarm[]> {
  return etcd.maintenance.alarms({ signal })
}
