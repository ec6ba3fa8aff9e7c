import type { DocumentStatus } from '@waypost/config/admin'
import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { digits, object, oneOf, timestamp } from '../../operation/schemas.ts'
import { followRecomputed } from '../live/recomputed-source.ts'
import { pathParams } from './parameters.ts'

const counts = object({ applied: Type.Integer(), rejected: Type.Integer(), pending: Type.Integer() })

/** More processes than this are counted and not named. */
const maxProcesses = 1_000

const state = {
  path: Type.String(),
  release: Type.Integer({ description: 'The release that the document is at; 0 when there is none.' }),
  changedByHand: Type.Boolean(),
  counts,
  released: object({ ...counts.properties }, { description: 'The processes without a canary.' }),
  canaries: Type.Array(object({ name: Type.String(), counts })),
  running: Type.Array(object({ release: Type.Integer(), processes: Type.Integer() }), {
    description: 'How many processes run each release, newest first.',
  }),
  processes: Type.Array(
    object({
      process: Type.String(),
      app: Type.String(),
      profile: Type.Optional(Type.String()),
      instance: Type.String(),
      version: Type.Optional(Type.String()),
      state: oneOf(['applied', 'rejected', 'pending'], 'Relative to the release that it should have now.'),
      canary: Type.Optional(Type.String({ description: 'The canary that it should have.' })),
      release: Type.Optional(Type.Integer({ description: 'The release that it runs.' })),
      reason: Type.Optional(Type.String({ description: 'Why it rejected that release.' })),
      at: Type.Optional(timestamp),
    }),
    { description: `By application and instance; those that rejected it first, ${maxProcesses} at most.` },
  ),
} as const

export const readStatus = defineLiveRead({
  id: 'config.status',
  path: '/v1/config/documents/{path}/status',
  tag: 'Configuration',
  summary: 'Show which process runs which release of a document',
  permission: [
    { access: 'read', key: '/config/{path}' },
    { access: 'read', prefix: '/waypost/config/' },
  ],
  params: pathParams,
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: { params: { path: 'order/application.yaml' } },
  async follow({ caller: { etcd, config }, hub, signal }, { params: { path } }) {
    const read = async (inner: AbortSignal): Promise<object> =>
      statusJson(await config.consumers.status(path, { signal: inner }))
    const ranges = [
      { key: `/config/${path}` },
      { key: `/waypost/config/heads/${path}` },
      { key: `/waypost/config/canaries/${path}` },
      { prefix: `/waypost/config/applied/${path}/` },
      { prefix: '/waypost/config/consumers/' },
    ]
    return followRecomputed({ etcd, clock: hub.clock, ranges, read }, signal)
  },
})

function statusJson({ damaged: _, canaries, processes, ...rest }: DocumentStatus): object {
  const rank = { rejected: 0, pending: 1, applied: 2 } as const
  return {
    ...rest,
    canaries: canaries.map(({ name, counts: each }) => ({ name, counts: each })),
    processes: processes.toSorted((a, b) => rank[a.state] - rank[b.state]).slice(0, maxProcesses),
  }
}
