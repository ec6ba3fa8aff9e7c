import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { sessionCookieHeader } from '../../caller/session-cookie.ts'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object, oneOf, timestamp } from '../../operation/schemas.ts'

export const logIn = defineOperation({
  id: 'hub.logIn',
  method: 'POST',
  path: '/v1/login',
  tag: 'Hub',
  summary: 'Log in as a user of the store',
  description:
    'Browsers get a cookie that scripts cannot read, and a token for the header `X-CSRF-Token` of every change. ' +
    'Machines request `"session": "token"` and send the token as `Authorization: Bearer <token>`; or they send ' +
    '`Authorization: Basic` with every request and need no session. After some failures, logins from that address and ' +
    'for that user are delayed.',
  permission: 'anyone',
  problems: ['unauthenticated', 'overloaded', 'failed-precondition'],
  body: object({
    user: Type.String({ minLength: 1, maxLength: 255 }),
    password: Type.String({ minLength: 1, maxLength: 1024 }),
    session: Type.Optional(oneOf(['cookie', 'token'], 'How the session is kept. Default `cookie`.')),
  }),
  responses: {
    200: json(
      'The session.',
      object({
        user: Type.String(),
        expiresAt: timestamp,
        csrfToken: Type.Optional(Type.String({ description: 'With a cookie: for the header `X-CSRF-Token`.' })),
        token: Type.Optional(Type.String({ description: 'With `"session": "token"`: for `Authorization: Bearer`.' })),
      }),
    ),
  },
  example: { body: { user: 'ada', password: 'a password' } },
  async handler({ hub, caller }, { body }) {
    const credentials = { username: body.user, password: body.password }
    const login = await hub.callers.logIn(credentials, caller.sourceAddress)
    if (!login.storeNeedsLogin) {
      throw new WaypostError('failed-precondition', 'Authentication is off in the store: requests need no session.')
    }
    const session = hub.sessions.begin(credentials)
    const answer = { user: body.user, expiresAt: new Date(session.expiresMs).toISOString() }
    if (body.session === 'token') return { status: 200, body: { ...answer, token: hub.sessions.seal(session) } }
    return {
      status: 200,
      headers: { 'set-cookie': sessionCookieHeader(hub, session) },
      body: { ...answer, csrfToken: hub.sessions.csrfToken(session) },
    }
  },
})
