import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'

export const showLoginMethods = defineOperation({
  id: 'hub.loginMethods',
  method: 'GET',
  path: '/v1/login',
  tag: 'Hub',
  summary: 'List the ways to log in',
  permission: 'anyone',
  responses: {
    200: json(
      'The ways to log in.',
      object({
        password: Type.Boolean({ description: 'As a user of the store: `POST /v1/login`.' }),
        oidc: Type.Optional(
          object(
            {
              title: Type.String({ description: 'The name of the provider.' }),
              path: Type.String({
                description: 'Where to send the browser; with `?return=<path>` it comes back there.',
              }),
            },
            { description: 'By an OpenID provider.' },
          ),
        ),
      }),
    ),
  },
  example: {},
  handler: ({ hub: { settings } }) => ({
    status: 200,
    body: {
      password: true,
      oidc: settings.oidc === undefined ? undefined : { title: settings.oidc.title, path: '/v1/oidc/login' },
    },
  }),
})
