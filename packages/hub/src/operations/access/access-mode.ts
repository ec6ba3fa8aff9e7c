import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object, oneOf } from '../../operation/schemas.ts'
import { accessWords } from './parameters.ts'

const mode = oneOf(
  ['direct', 'strict'],
  '`direct`: people and pipelines write what they were granted; `strict`: they ask, and only the hub writes.',
)
const holders = { role: Type.String(), users: Type.Array(Type.String()) } as const

export const checkAccess = defineOperation({
  id: 'access.check',
  method: 'GET',
  path: '/v1/access',
  tag: 'Access',
  summary: 'Show the mode, and who could write without the hub',
  permission: 'root',
  responses: {
    200: json(
      'How far the mode holds.',
      object({
        mode,
        isAuthenticated: Type.Boolean({ description: 'Users have to log in.' }),
        hubRoles: Type.Array(object(holders), { description: 'Roles that may write for others.' }),
        runningHubs: Type.Integer({ description: 'Hubs that run now and have a login of their own.' }),
        rootUsers: Type.Array(Type.String(), { description: 'They may do everything.' }),
        bypasses: Type.Array(
          object({
            ...holders,
            text: Type.String({ description: 'The permission for people.' }),
            canBeConverted: Type.Boolean({ description: 'The right to ask can take its place.' }),
          }),
        ),
        hasOwnLogin: Type.Boolean({ description: 'This hub can write for others.' }),
      }),
    ),
  },
  example: {},
  async handler({ caller: { config }, hub, signal }) {
    const { bypasses, ...rest } = await config.access.check({ signal })
    const shown = bypasses.map(({ role, users, text, canBeConverted }) => ({ role, users, text, canBeConverted }))
    return { status: 200, body: { ...rest, bypasses: shown, hasOwnLogin: hub.own.user !== undefined } }
  },
})

export const setAccessMode = defineOperation({
  id: 'access.setMode',
  method: 'PUT',
  path: '/v1/access/mode',
  tag: 'Access',
  summary: 'Set whether the hub writes for everybody',
  description: 'Strict mode is refused while somebody could bypass it; the answer says who.',
  permission: 'root',
  problems: ['failed-precondition'],
  body: object({
    mode,
    convert: Type.Optional(
      Type.Boolean({
        description: 'Replace what roles may write by the right to ask for it, or the other way round. Default false.',
      }),
    ),
  }),
  responses: {
    200: json(
      'It is set.',
      object({
        mode,
        converted: Type.Array(object({ role: Type.String(), actions: Type.Array(object(accessWords)) })),
      }),
    ),
  },
  example: { body: { mode: 'direct' } },
  async handler({ caller: { config, user, sourceAddress }, signal }, { body: { mode: next, convert } }) {
    const options = { convert, author: user, address: sourceAddress, signal }
    return { status: 200, body: await config.access.setMode(next, options) }
  },
})
