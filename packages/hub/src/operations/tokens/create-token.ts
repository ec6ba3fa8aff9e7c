import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { tokenFields, tokenJson } from './token-schema.ts'

const dayMs = 24 * 3_600_000
const defaultDays = 90
const longestDays = 3_650

export const createToken = defineOperation({
  id: 'tokens.create',
  method: 'POST',
  path: '/v1/tokens',
  tag: 'Access',
  summary: 'Make a named token for a machine',
  description:
    'It has the rights of the user who makes it, as they are when it is used, and is sent as `Authorization: Bearer`. ' +
    'It ends when it is revoked, when it expires, and when the user gets another password or is deleted. A token makes ' +
    'no tokens. The hub needs a session secret and a login of its own.',
  permission: 'user',
  problems: ['failed-precondition', 'permission-denied'],
  body: object({
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      description: 'What it is for.',
      'x-expected': 'text without control characters',
    }),
    expiresInDays: Type.Optional(
      Type.Integer({ minimum: 1, maximum: longestDays, description: `Default ${defaultDays}.` }),
    ),
  }),
  responses: {
    201: json(
      'The token.',
      object({ ...tokenFields, token: Type.String({ description: 'Told only here: nobody can read it again.' }) }),
    ),
  },
  example: { body: { name: 'deploy pipeline', expiresInDays: 30 } },
  async handler({ hub, caller, signal }, { body: { name, expiresInDays = defaultDays } }) {
    const { credentials, sourceAddress: address, user } = caller
    if (credentials === undefined || user === undefined) {
      throw new WaypostError('failed-precondition', 'The store asks nobody to log in: requests need no token.')
    }
    if (caller.token !== undefined) {
      throw new WaypostError('permission-denied', 'A token makes no tokens: log in with the password.')
    }
    const given = { name, credentials, lifetimeMs: expiresInDays * dayMs, address }
    const { token, ...facts } = await hub.tokens.create(given, { signal })
    return { status: 201, body: { ...tokenJson(facts), token } }
  },
})
