import type { Permission } from '@waypost/client'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'
import { permissionType, roleName, roleParams } from './parameters.ts'

const permission = object({
  type: permissionType,
  key: Type.String({ description: 'The key, or the beginning of the range.' }),
  rangeEnd: Type.Optional(Type.String({ description: 'The end of the range; absent for one key.' })),
  isOpen: Type.Optional(Type.Boolean({ description: 'The range has no end.' })),
})

function permissionJson({ type, key, rangeEnd }: Permission) {
  if (rangeEnd === '\0') return { type, key, isOpen: true }
  return rangeEnd === '' ? { type, key } : { type, key, rangeEnd }
}

export const listRoles = defineOperation({
  id: 'access.roles',
  method: 'GET',
  path: '/v1/roles',
  tag: 'Access',
  summary: 'List roles',
  permission: 'root',
  query: object({ search, ...paging }),
  responses: { 200: json('A page of roles, by name.', object({ roles: Type.Array(Type.String()), next })) },
  example: {},
  async handler({ caller: { etcd }, signal }, { query }) {
    const names = (await etcd.auth.roles.list({ signal })).filter((role) => contains(query.search, role))
    const page = pageOf(names, (role) => role, query)
    return { status: 200, body: { roles: page.items, next: page.next } }
  },
})

export const readRole = defineOperation({
  id: 'access.role',
  method: 'GET',
  path: '/v1/roles/{role}',
  tag: 'Access',
  summary: 'Show what a role permits',
  permission: 'root',
  problems: ['not-found'],
  params: roleParams,
  responses: { 200: json('The role.', object({ role: Type.String(), permissions: Type.Array(permission) })) },
  example: { params: { role: 'operators' } },
  async handler({ caller: { etcd }, signal }, { params: { role } }) {
    const { permissions } = await etcd.auth.roles.get(role, { signal })
    return { status: 200, body: { role, permissions: permissions.map(permissionJson) } }
  },
})

export const createRole = defineOperation({
  id: 'access.createRole',
  method: 'POST',
  path: '/v1/roles',
  tag: 'Access',
  summary: 'Create a role',
  permission: 'root',
  problems: ['already-exists'],
  body: object({ role: roleName }),
  responses: { 201: json('It permits nothing yet.', object({ role: Type.String() })) },
  example: { body: { role: 'readers' } },
  async handler({ caller: { etcd }, signal }, { body: { role } }) {
    await etcd.auth.roles.add(role, { signal })
    return { status: 201, body: { role } }
  },
})

export const deleteRole = defineOperation({
  id: 'access.deleteRole',
  method: 'DELETE',
  path: '/v1/roles/{role}',
  tag: 'Access',
  summary: 'Delete a role',
  permission: 'root',
  problems: ['not-found'],
  params: roleParams,
  responses: { 204: empty('Nobody has it any more.') },
  example: { params: { role: 'readers' } },
  async handler({ caller: { etcd }, signal }, { params: { role } }) {
    await etcd.auth.roles.delete(role, { signal })
    return { status: 204 }
  },
})

const range = {
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 8_192, description: 'One key.' })),
  prefix: Type.Optional(Type.String({ maxLength: 8_192, description: "All keys that start with it; `''`: all." })),
} as const

interface GivenRange {
  readonly key?: string | undefined
  readonly prefix?: string | undefined
}

function rangeOf({ key, prefix = '' }: GivenRange) {
  return key === undefined ? { prefix } : { key }
}

export const grantPermission = defineOperation({
  id: 'access.grantPermission',
  method: 'PUT',
  path: '/v1/roles/{role}/permissions',
  tag: 'Access',
  summary: 'Grant a permission to a role',
  description:
    'By keys; `access.grant` does it by actions. A grant replaces the permission of the role on the same range.',
  permission: 'root',
  problems: ['not-found'],
  params: roleParams,
  body: object({ type: permissionType, ...range }),
  responses: { 204: empty('It is permitted.') },
  example: { params: { role: 'operators' }, body: { type: 'read', prefix: '/notes/' } },
  async handler({ caller: { etcd }, signal }, { params: { role }, body: { type, ...given } }) {
    await etcd.auth.roles.grant(role, type, rangeOf(given), { signal })
    return { status: 204 }
  },
})

export const revokePermission = defineOperation({
  id: 'access.revokePermission',
  method: 'DELETE',
  path: '/v1/roles/{role}/permissions',
  tag: 'Access',
  summary: 'Revoke a permission from a role',
  description: 'The range must be exactly one that was granted.',
  permission: 'root',
  problems: ['not-found'],
  params: roleParams,
  query: object(range),
  responses: { 204: empty('It is revoked.') },
  example: { params: { role: 'operators' }, query: { prefix: '/notes/' } },
  async handler({ caller: { etcd }, signal }, { params: { role }, query }) {
    await etcd.auth.roles.revoke(role, rangeOf(query), { signal })
    return { status: 204 }
  },
})
