import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { checkRoot } from './token-schema.ts'

export const revokeToken = defineOperation({
  id: 'tokens.revoke',
  method: 'DELETE',
  path: '/v1/tokens/{id}',
  tag: 'Access',
  summary: 'Revoke a named token',
  description: "At all hubs at once; what is open with it ends. One's own; that of another for the role root.",
  permission: 'user',
  problems: ['failed-precondition', 'permission-denied'],
  params: object({
    id: Type.String({ pattern: '^[0-9a-f]{16}$', description: 'Its id.', 'x-expected': '16 hexadecimal digits' }),
  }),
  responses: {
    200: json(
      'It is of no use any more.',
      object({ revoked: Type.Boolean({ description: 'False: there was none.' }) }),
    ),
  },
  example: { params: { id: '0123456789abcdef' } },
  async handler(context, { params: { id } }) {
    const { hub, caller, signal } = context
    const known = (await hub.tokens.list({ signal })).find((token) => token.id === id)
    if (known === undefined) return { status: 200, body: { revoked: false } }
    if (known.user !== caller.user) await checkRoot(context)
    const by = { author: caller.user, address: caller.sourceAddress }
    return { status: 200, body: { revoked: await hub.tokens.revoke(known, by, { signal }) } }
  },
})
