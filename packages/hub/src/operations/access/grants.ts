import { needsOf } from '@waypost/config/admin'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object, oneOf } from '../../operation/schemas.ts'
import { accessWords, needJson, needSchema, userName, userParams } from './parameters.ts'

const mode = Type.Optional(oneOf(['direct', 'strict'], 'In the words of which mode. Default that of the store.'))
const name = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'A user, or a role. A user gets a role of its name.',
})

const words = object(accessWords)

export const showAccess = defineOperation({
  id: 'access.show',
  method: 'GET',
  path: '/v1/users/{user}/access',
  tag: 'Access',
  summary: 'Show what a user may do',
  description: 'Users may look at themselves.',
  permission: 'root',
  problems: ['not-found'],
  params: userParams,
  responses: {
    200: json(
      'What the user, or the role of this name, may do.',
      object({ name: Type.String(), isRoot: Type.Boolean({ description: 'Everything.' }), allowed: Type.Array(words) }),
    ),
  },
  example: { params: { user: 'grace' } },
  handler: async ({ caller: { config }, signal }, { params: { user } }) => ({
    status: 200,
    body: await config.access.allowed(user, { signal }),
  }),
})

const changed = object({
  role: Type.String(),
  changed: Type.Array(needSchema, { description: 'The permissions that were added or taken away.' }),
})

export const grantAccess = defineOperation({
  id: 'access.grant',
  method: 'POST',
  path: '/v1/access/grants',
  tag: 'Access',
  summary: 'Let a user or a role do something',
  permission: 'root',
  problems: ['not-found'],
  body: object({ name, ...accessWords, mode }),
  responses: { 200: json('It may.', changed) },
  example: { body: { name: 'grace', action: 'publish', subject: 'order/' } },
  async handler({ caller: { config }, signal }, { body: { name: whom, action, subject, mode: inWords } }) {
    needsOf({ action, subject })
    const result = await config.access.grant(whom, { action, subject }, { mode: inWords, signal })
    return { status: 200, body: { role: result.role, changed: result.changed.map(needJson) } }
  },
})

export const revokeAccess = defineOperation({
  id: 'access.revoke',
  method: 'DELETE',
  path: '/v1/access/grants',
  tag: 'Access',
  summary: 'Revoke what was granted',
  description: 'Everything else stays; `read` stays until it is revoked separately.',
  permission: 'root',
  problems: ['not-found', 'failed-precondition'],
  query: object({ name, ...accessWords }),
  responses: { 200: json('It may not any more.', changed) },
  example: { query: { name: 'grace', action: 'publish', subject: 'order/' } },
  async handler({ caller: { config }, signal }, { query: { name: whom, action, subject } }) {
    const result = await config.access.revoke(whom, { action, subject }, { signal })
    return { status: 200, body: { role: result.role, changed: result.changed.map(needJson) } }
  },
})

export const tellWhy = defineOperation({
  id: 'access.why',
  method: 'GET',
  path: '/v1/access/why',
  tag: 'Access',
  summary: 'Show which role lets a user do something, and what is missing',
  permission: 'root',
  problems: ['not-found'],
  query: object({ user: userName, ...accessWords, mode }),
  responses: {
    200: json(
      'The answer.',
      object({
        isAllowed: Type.Boolean(),
        needs: Type.Array(
          object({
            ...needSchema.properties,
            role: Type.Optional(Type.String({ description: 'Absent: it is missing.' })),
          }),
        ),
      }),
    ),
  },
  example: { query: { user: 'grace', action: 'publish', subject: 'order/application.yaml' } },
  async handler({ caller: { config }, signal }, { query: { user, action, subject, mode: inWords } }) {
    const needs = await config.access.why(user, { action, subject }, { mode: inWords, signal })
    const isAllowed = needs.every(({ role }) => role !== undefined)
    return { status: 200, body: { isAllowed, needs: needs.map((need) => ({ ...needJson(need), role: need.role })) } }
  },
})
