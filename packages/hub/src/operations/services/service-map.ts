import { readSubscriber } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'

const prefix = '/waypost/services/subscribers/'
/** Beyond this, a drawing shows nothing any more. */
const maxEdges = 2_000

export const showServiceMap = defineOperation({
  id: 'services.map',
  method: 'GET',
  path: '/v1/service-map',
  tag: 'Names',
  summary: 'Show which applications follow which services',
  description:
    'An application follows a service if one of its processes does. A process without an application name counts ' +
    'for its service only.',
  permission: [{ access: 'read', prefix }],
  responses: {
    200: json(
      'Who follows whom.',
      object({
        edges: Type.Array(
          object({
            from: Type.String({ description: 'The application.' }),
            to: Type.String(),
            processes: Type.Integer(),
          }),
        ),
        unnamed: Type.Integer({ description: 'Processes without an application name.' }),
        isCut: Type.Boolean({ description: 'Whether there are more than are listed.' }),
      }),
    ),
  },
  example: {},
  async handler({ caller: { etcd }, signal }) {
    const edges = new Map<string, { from: string; to: string; processes: number }>()
    let unnamed = 0
    for await (const kv of etcd.kv.list({ prefix }, { signal })) {
      const to = kv.key.slice(prefix.length).split('/', 1)[0] ?? ''
      const { app } = readSubscriber(kv.key, kv.text())
      if (app === undefined) {
        unnamed += 1
        continue
      }
      const id = JSON.stringify([app, to])
      const edge = edges.get(id) ?? { from: app, to, processes: 0 }
      edge.processes += 1
      edges.set(id, edge)
    }
    const listed = [...edges.values()].slice(0, maxEdges)
    return { status: 200, body: { edges: listed, unnamed, isCut: edges.size > listed.length } }
  },
})
