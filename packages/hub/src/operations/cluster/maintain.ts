import type { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { bytes, empty, json } from '../../operation/responses.ts'
import { digits, object, oneOf } from '../../operation/schemas.ts'

const memberId = Type.String({
  pattern: '^[0-9a-fA-F]{1,16}$',
  description: 'The id of the member, in hexadecimal.',
  'x-expected': 'the id of a member in hexadecimal',
})

export const compactStore = defineOperation({
  id: 'cluster.compact',
  method: 'POST',
  path: '/v1/cluster/compaction',
  tag: 'Cluster',
  summary: 'Delete the history before a revision',
  description:
    'Watches and reads that need older revisions fail from then on. The space can be reused for new data; `cluster.defragment` releases it to the file system.',
  permission: 'root',
  problems: ['compacted', 'future-revision'],
  timeoutMs: 120_000,
  body: object({
    revision: digits('The older history is deleted.'),
    physical: Type.Optional(Type.Boolean({ description: 'Answer only once the space is free. Default false.' })),
  }),
  responses: { 204: empty('It is forgotten.') },
  example: { body: { revision: '2' } },
  async handler({ caller: { etcd }, signal }, { body: { revision, physical } }) {
    await etcd.kv.compact(BigInt(revision), { physical, signal })
    return { status: 204 }
  },
})

export const defragmentStore = defineOperation({
  id: 'cluster.defragment',
  method: 'POST',
  path: '/v1/cluster/defragmentation',
  tag: 'Cluster',
  summary: 'Release free space to the file system',
  description: 'One member at a time, the leader last. An etcd member blocks in the meantime.',
  permission: 'root',
  problems: ['not-found'],
  timeoutMs: 600_000,
  body: object({ member: Type.Optional(memberId) }),
  responses: { 200: json('It is done.', object({ members: Type.Array(Type.String()) })) },
  example: { body: {} },
  async handler({ caller: { etcd }, signal }, { body: { member } }) {
    const members = (await etcd.cluster.members({ signal })).filter(
      ({ id }) => member === undefined || hex(id) === member,
    )
    if (members.length === 0) throw new WaypostError('not-found', `There is no member ${member}.`)
    const leader = await leaderOf(etcd, signal)
    const ordered = members.toSorted((a, b) => Number(a.id === leader) - Number(b.id === leader))
    for (const { clientUrls } of ordered) {
      const [endpoint] = clientUrls
      const options = { signal, timeoutMs: 600_000 }
      await etcd.maintenance.defragment(
        ordered.length === 1 || endpoint === undefined ? options : { ...options, endpoint },
      )
    }
    return { status: 200, body: { members: ordered.map(({ id }) => hex(id)) } }
  },
})

export const disarmAlarm = defineOperation({
  id: 'cluster.disarm',
  method: 'DELETE',
  path: '/v1/cluster/alarms',
  tag: 'Cluster',
  summary: 'Disarm an alarm',
  description: 'Once its cause is gone: a store with the alarm `no-space` refuses to write.',
  permission: 'user',
  query: object({
    member: Type.Optional(memberId),
    type: Type.Optional(oneOf(['no-space', 'corrupt'], 'Default all.')),
  }),
  responses: { 200: json('The disarmed alarms.', object({ disarmed: Type.Integer() })) },
  example: {},
  async handler({ caller: { etcd }, signal }, { query: { member, type } }) {
    const alarms = (await etcd.maintenance.alarms({ signal })).filter(
      (alarm) =>
        (member === undefined || hex(alarm.memberId) === member) && (type === undefined || alarm.type === type),
    )
    for (const alarm of alarms) await etcd.maintenance.disarm(alarm, { signal })
    return { status: 200, body: { disarmed: alarms.length } }
  },
})

export const downloadSnapshot = defineOperation({
  id: 'cluster.snapshot',
  method: 'GET',
  path: '/v1/cluster/snapshot',
  tag: 'Cluster',
  summary: 'Download a snapshot of the store',
  description:
    'Everything as it is at one revision: keys with their history, leases, users and roles. `etcdctl snapshot restore` and ' +
    '`waypost restore` start a store from it: `GET /v1/cluster/restore-help`.',
  permission: 'root',
  timeoutMs: 0,
  responses: { 200: bytes('The snapshot, as etcd writes it.', 'application/octet-stream') },
  example: {},
  async handler({ caller: { etcd }, hub, signal }) {
    const chunks = etcd.maintenance.snapshot({ signal })
    // A refusal comes with the first chunk: it is to be a problem document, not half of a file.
    const first = await chunks.next()
    const time = new Date(hub.clock.epochMs()).toISOString().replaceAll(/[:.]/g, '-')
    return {
      status: 200,
      headers: { 'content-disposition': `attachment; filename="waypost-${time}.db"` },
      body: withFirst(first, chunks),
    }
  },
})

async function* withFirst(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterableIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.done !== true) yield first.value
  yield* rest
}

export const restoreHelp = defineOperation({
  id: 'cluster.restoreHelp',
  method: 'GET',
  path: '/v1/cluster/restore-help',
  tag: 'Cluster',
  summary: 'Describe how to restore a snapshot',
  description:
    'A running store cannot be restored from within: the steps, with the commands for the members that there are.',
  permission: 'user',
  responses: {
    200: json(
      'The steps.',
      object({
        steps: Type.Array(
          object({
            title: Type.String(),
            command: Type.Optional(Type.String()),
            for: oneOf(['embedded', 'etcd'], 'Which store it is for.'),
          }),
        ),
      }),
    ),
  },
  example: {},
  async handler({ caller: { etcd }, signal }) {
    const members = await etcd.cluster.members({ signal })
    const initial = members
      .map(({ name, peerUrls }) => `${name || 'm1'}=${peerUrls[0] ?? 'http://127.0.0.1:2380'}`)
      .join(',')
    const restores = members.map(({ name, peerUrls }) => ({
      title: `Restore the same file on the machine of ${name || 'm1'}, and start etcd on the new directory.`,
      command:
        `etcdctl snapshot restore snapshot.db --data-dir ./restored --name ${name || 'm1'} --initial-cluster ${initial} ` +
        `--initial-advertise-peer-urls ${peerUrls[0] ?? 'http://127.0.0.1:2380'}`,
      for: 'etcd' as const,
    }))
    return {
      status: 200,
      body: {
        steps: [
          {
            title: 'Inspect the snapshot.',
            command: 'waypost snapshot status snapshot.db -w table',
            for: 'embedded' as const,
          },
          { title: 'Stop the store. Keep its data directory until everything works.', for: 'embedded' as const },
          {
            title: 'Restore into a new directory.',
            command: 'waypost restore snapshot.db --data-dir ./restored',
            for: 'embedded' as const,
          },
          { title: 'Start on it.', command: 'waypost serve --data-dir ./restored', for: 'embedded' as const },
          { title: 'Stop all members. Keep their data directories until everything works.', for: 'etcd' as const },
          ...restores,
        ],
      },
    }
  },
})

function hex(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16)
}

async function leaderOf(etcd: EtcdClient, signal: AbortSignal): Promise<bigint> {
  return (await etcd.maintenance.status({ signal })).leader
}
