import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { eventKinds } from '../../timeline/event.ts'

export const listKinds = defineOperation({
  id: 'timeline.kinds',
  method: 'GET',
  path: '/v1/timeline/kinds',
  tag: 'Timeline',
  summary: 'List the kinds of events',
  permission: 'user',
  responses: {
    200: json('The kinds.', object({ kinds: Type.Array(object({ kind: Type.String(), meaning: Type.String() })) })),
  },
  example: {},
  handler: () => ({
    status: 200,
    body: { kinds: Object.entries(eventKinds).map(([kind, meaning]) => ({ kind, meaning })) },
  }),
})
