import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { digits, object, timestamp } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'
import { nameParams } from './parameters.ts'

const nameFields = {
  name: Type.String(),
  owner: Type.String({ description: 'The owner.' }),
  description: Type.Optional(Type.String()),
  since: Type.Optional(timestamp),
  revision: digits('The revision at which it was last written.'),
}

const ownerField = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'A user or a team. Default: the caller; required if authentication is off.',
  }),
)

export const applyName = defineOperation({
  id: 'names.apply',
  method: 'PUT',
  path: '/v1/names/{name}',
  tag: 'Names',
  summary: 'Apply for the name of a service',
  description:
    'If two teams apply for the same name, the second is refused, and the answer names the owner. The owner may apply again ' +
    'to change the description. A name that nobody applied for can still be used.',
  permission: [
    { access: 'read', key: '/waypost/names/{name}' },
    { access: 'write', key: '/waypost/names/{name}' },
  ],
  problems: ['already-exists'],
  params: nameParams,
  body: object({ owner: ownerField, description: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) }),
  responses: {
    200: json('It belongs to this owner already.', object(nameFields)),
    201: json('It belongs to this owner now.', object(nameFields)),
  },
  example: { params: { name: 'user' }, body: { owner: 'team-accounts', description: 'People and their logins' } },
  async handler({ caller, signal }, { params, body }) {
    const owner = ownerOf(body.owner, caller.user)
    const { isNew, revision, ...fields } = await caller.registry.names.apply(params.name, {
      owner,
      description: body.description,
      signal,
    })
    return { status: isNew ? 201 : 200, body: { ...fields, revision: String(revision) } }
  },
})

export const showName = defineOperation({
  id: 'names.show',
  method: 'GET',
  path: '/v1/names/{name}',
  tag: 'Names',
  summary: 'Show the owner of a name',
  permission: [{ access: 'read', key: '/waypost/names/{name}' }],
  problems: ['not-found'],
  params: nameParams,
  responses: { 200: json('The name.', object(nameFields)) },
  example: { params: { name: 'user' } },
  async handler({ caller, signal }, { params }) {
    const found = await caller.registry.names.get(params.name, { signal })
    if (found === undefined) throw new WaypostError('not-found', `Nobody applied for the name ${params.name}.`)
    return { status: 200, body: { ...found, revision: String(found.revision) } }
  },
})

export const listNames = defineOperation({
  id: 'names.names',
  method: 'GET',
  path: '/v1/names',
  tag: 'Names',
  summary: 'List names with an owner',
  description: 'Services that run are listed by `GET /v1/services`.',
  permission: [{ access: 'read', prefix: '/waypost/names/' }],
  query: object({ search, ...paging }),
  responses: { 200: json('The names.', object({ names: Type.Array(object(nameFields)), next })) },
  example: { query: { search: 'us' } },
  async handler({ caller, signal }, { query }) {
    const names = await caller.registry.names.list({ signal })
    const found = names.filter(({ name, owner, description }) => contains(query.search, name, owner, description))
    const page = pageOf(found, ({ name }) => name, query)
    return {
      status: 200,
      body: { names: page.items.map((item) => ({ ...item, revision: String(item.revision) })), next: page.next },
    }
  },
})

export const releaseName = defineOperation({
  id: 'names.release',
  method: 'DELETE',
  path: '/v1/names/{name}',
  tag: 'Names',
  summary: 'Release a name',
  description: 'Instances that are registered under it stay.',
  permission: [
    { access: 'read', key: '/waypost/names/{name}' },
    { access: 'write', key: '/waypost/names/{name}' },
  ],
  problems: ['not-found', 'already-exists'],
  params: nameParams,
  query: object({ owner: ownerField }),
  responses: { 204: empty('It has no owner.') },
  example: { params: { name: 'user' }, query: { owner: 'team-accounts' } },
  async handler({ caller, signal }, { params, query }) {
    await caller.registry.names.release(params.name, { owner: ownerOf(query.owner, caller.user), signal })
    return { status: 204 }
  },
})

function ownerOf(given: string | undefined, user: string | undefined): string {
  const owner = given ?? user
  if (owner !== undefined) return owner
  throw new WaypostError('invalid-argument', 'Name the owner: authentication is off, so the caller is unknown.')
}
