import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, name, object } from '../../operation/schemas.ts'

export const listFollowers = defineOperation({
  id: 'services.followers',
  method: 'GET',
  path: '/v1/services/{name}/followers',
  tag: 'Names',
  summary: 'List the processes that follow a service',
  description: 'Consumers with a Waypost library that may write their record. Their confirmations prove a drain.',
  permission: [{ access: 'read', prefix: '/waypost/services/subscribers/{name}/' }],
  params: object({ name: name('The service.') }),
  responses: {
    200: json(
      'The followers.',
      object({
        followers: Type.Array(
          object({
            process: Type.String({ description: 'Unique to the run of the process.' }),
            instance: Type.Optional(Type.String({ description: 'The stable name of its instance.' })),
            app: Type.Optional(Type.String()),
            host: Type.Optional(Type.String()),
            pid: Type.Optional(Type.Integer()),
            since: Type.Optional(Type.String()),
            seenInstances: digits('It has seen every change of the instances up to this revision.'),
            seenOverrides: digits('It has seen every change by operators up to this revision.'),
          }),
        ),
      }),
    ),
  },
  example: { params: { name: 'user' } },
  async handler({ caller: { registry }, signal }, { params }) {
    const followers = await registry.operate(params.name).subscribers({ signal })
    return {
      status: 200,
      body: {
        followers: followers.map(({ seen, ...rest }) => ({
          ...rest,
          seenInstances: String(seen.instances),
          seenOverrides: String(seen.overrides),
        })),
      },
    }
  },
})
