import Type from 'typebox'
import { sessionCookieHeader } from '../../caller/session-cookie.ts'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { object, oneOf, timestamp } from '../../operation/schemas.ts'
import { modeOf } from '../strict/writer.ts'

export const showSession = defineOperation({
  id: 'hub.session',
  method: 'GET',
  path: '/v1/session',
  tag: 'Hub',
  summary: 'Show who is logged in',
  permission: 'user',
  responses: {
    200: json(
      'The user of this request.',
      object({
        user: Type.Optional(Type.String({ description: 'Absent if authentication is off.' })),
        mode: Type.Optional(oneOf(['direct', 'strict'], 'Whether people write documents themselves or ask the hub.')),
        expiresAt: Type.Optional(timestamp),
        csrfToken: Type.Optional(Type.String({ description: 'For the header `X-CSRF-Token` of every change.' })),
      }),
    ),
  },
  example: {},
  handler: async (context) => {
    const {
      hub,
      caller: { user, session },
    } = context
    return {
      status: 200,
      body: {
        ...(user === undefined ? {} : { user, mode: await modeOf(context) }),
        ...(session === undefined
          ? {}
          : { expiresAt: new Date(session.expiresMs).toISOString(), csrfToken: hub.sessions.csrfToken(session) }),
      },
    }
  },
})

export const logOut = defineOperation({
  id: 'hub.logOut',
  method: 'DELETE',
  path: '/v1/session',
  tag: 'Hub',
  summary: 'Log out',
  description:
    'Ends the session, and removes the cookie. Succeeds when there is no session, too. It ends at all hubs with the same ' +
    'session secret; if the store is unreachable (503), it has ended at this hub only.',
  permission: 'user',
  responses: { 204: empty('Logged out.') },
  example: {},
  async handler({ hub, caller: { session }, signal }) {
    if (session !== undefined) await hub.sessions.end(session, signal)
    return { status: 204, headers: { 'set-cookie': sessionCookieHeader(hub, undefined) } }
  },
})
