import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'
import { roleName, userName, userParams } from './parameters.ts'

const password = Type.String({ minLength: 1, maxLength: 1_024 })

export const listUsers = defineOperation({
  id: 'access.users',
  method: 'GET',
  path: '/v1/users',
  tag: 'Access',
  summary: 'List users and their roles',
  permission: 'root',
  query: object({ search, ...paging }),
  responses: {
    200: json(
      'A page of users, by name.',
      object({ users: Type.Array(object({ user: Type.String(), roles: Type.Array(Type.String()) })), next }),
    ),
  },
  example: {},
  async handler({ caller: { etcd }, signal }, { query }) {
    const names = (await etcd.auth.users.list({ signal })).filter((user) => contains(query.search, user))
    const page = pageOf(names, (user) => user, query)
    const users = await Promise.all(
      page.items.map(async (user) => ({ user, roles: (await etcd.auth.users.get(user, { signal })).roles })),
    )
    return { status: 200, body: { users, next: page.next } }
  },
})

export const createUser = defineOperation({
  id: 'access.createUser',
  method: 'POST',
  path: '/v1/users',
  tag: 'Access',
  summary: 'Create a user',
  permission: 'root',
  problems: ['already-exists'],
  body: object({ user: userName, password }),
  responses: { 201: json('It may log in, and may do nothing yet.', object({ user: Type.String() })) },
  example: { body: { user: 'grace', password: 'a password' } },
  async handler({ caller: { etcd }, signal }, { body: { user, password: secret } }) {
    await etcd.auth.users.add(user, secret, { signal })
    return { status: 201, body: { user } }
  },
})

export const deleteUser = defineOperation({
  id: 'access.deleteUser',
  method: 'DELETE',
  path: '/v1/users/{user}',
  tag: 'Access',
  summary: 'Delete a user',
  permission: 'root',
  problems: ['not-found'],
  params: userParams,
  responses: { 204: empty('It may not log in any more.') },
  example: { params: { user: 'grace' } },
  async handler({ caller: { etcd }, signal }, { params: { user } }) {
    await etcd.auth.users.delete(user, { signal })
    return { status: 204 }
  },
})

export const setPassword = defineOperation({
  id: 'access.setPassword',
  method: 'PUT',
  path: '/v1/users/{user}/password',
  tag: 'Access',
  summary: 'Set the password of a user',
  permission: 'root',
  problems: ['not-found'],
  params: userParams,
  body: object({ password }),
  responses: { 204: empty('It is valid from now on.') },
  example: { params: { user: 'grace' }, body: { password: 'another password' } },
  async handler({ caller: { etcd }, signal }, { params: { user }, body: { password: secret } }) {
    await etcd.auth.users.changePassword(user, secret, { signal })
    return { status: 204 }
  },
})

const memberParams = object({ user: userName, role: roleName })

export const grantRole = defineOperation({
  id: 'access.grantRole',
  method: 'PUT',
  path: '/v1/users/{user}/roles/{role}',
  tag: 'Access',
  summary: 'Grant a role to a user',
  permission: 'root',
  problems: ['not-found'],
  params: memberParams,
  responses: { 204: empty('It has the role.') },
  example: { params: { user: 'grace', role: 'operators' } },
  async handler({ caller: { etcd }, signal }, { params: { user, role } }) {
    await etcd.auth.users.grantRole(user, role, { signal })
    return { status: 204 }
  },
})

export const revokeRole = defineOperation({
  id: 'access.revokeRole',
  method: 'DELETE',
  path: '/v1/users/{user}/roles/{role}',
  tag: 'Access',
  summary: 'Revoke a role from a user',
  permission: 'root',
  problems: ['not-found'],
  params: memberParams,
  responses: { 204: empty('The user no longer has it.') },
  example: { params: { user: 'grace', role: 'operators' } },
  async handler({ caller: { etcd }, signal }, { params: { user, role } }) {
    await etcd.auth.users.revokeRole(user, role, { signal })
    return { status: 204 }
  },
})
