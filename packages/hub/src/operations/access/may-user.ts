import { coverOf, permissionsOf } from '@waypost/config/admin'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { userName } from './parameters.ts'

const verdict = object({
  isAllowed: Type.Boolean(),
  role: Type.Optional(Type.String({ description: 'The role that permits it; `root` for who may do everything.' })),
})

export const mayUser = defineOperation({
  id: 'access.may',
  method: 'GET',
  path: '/v1/access/may',
  tag: 'Access',
  summary: 'Show what a user may do with a key',
  permission: 'root',
  problems: ['not-found'],
  query: object({
    user: userName,
    key: Type.String({ minLength: 1, maxLength: 8_192, description: 'A key, or with `prefix` what keys start with.' }),
    prefix: Type.Optional(Type.Boolean({ description: 'All keys that start with it. Default false.' })),
  }),
  responses: { 200: json('The answer.', object({ read: verdict, write: verdict })) },
  example: { query: { user: 'grace', key: '/config/order/application.yaml' } },
  async handler({ caller: { etcd }, signal }, { query: { user, key, prefix: isPrefix = false } }) {
    const { isRoot, held } = await permissionsOf(etcd, user, { signal })
    const of = (type: 'read' | 'write') => {
      const role = isRoot ? 'root' : coverOf({ type, key, isPrefix }, held, etcd.namespace)?.role
      return { isAllowed: role !== undefined, role }
    }
    return { status: 200, body: { read: of('read'), write: of('write') } }
  },
})
