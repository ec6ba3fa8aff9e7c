import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'
import { checkRoot, tokenJson, tokenSchema } from './token-schema.ts'

export const listTokens = defineOperation({
  id: 'tokens.list',
  method: 'GET',
  path: '/v1/tokens',
  tag: 'Access',
  summary: 'List named tokens',
  description: "One's own; those of everybody for the role root.",
  permission: 'user',
  problems: ['failed-precondition', 'permission-denied'],
  query: object({
    all: Type.Optional(Type.Boolean({ description: 'Of all users: needs the role root. Default false.' })),
    search,
    ...paging,
  }),
  responses: {
    200: json('A page of tokens, by user and name.', object({ tokens: Type.Array(tokenSchema), next })),
  },
  example: {},
  async handler(context, { query }) {
    const { hub, caller, signal } = context
    if (query.all === true) await checkRoot(context)
    const found = await hub.tokens.list({ signal })
    const shown = found.filter(
      ({ user, name }) => (query.all === true || user === caller.user) && contains(query.search, name, user),
    )
    const page = pageOf(shown, ({ user, name, id }) => `${user}\n${name}\n${id}`, query)
    return { status: 200, body: { tokens: page.items.map(tokenJson), next: page.next } }
  },
})
