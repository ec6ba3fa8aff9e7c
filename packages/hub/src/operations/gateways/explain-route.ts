import type { Answer } from '@waypost/gateway'
import type { Instance } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'

const rejectionSchema = object({
  route: Type.String(),
  step: Type.String({
    description: 'The step at which it was ruled out: `host`, `path`, `method`, `headers`, `query` or `order`.',
  }),
  reason: Type.String(),
})

const answerSchema = object({
  status: Type.Integer(),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  location: Type.Optional(Type.String()),
})

/** Tells which route takes a request, as `waypost gateway explain` does. */
export const explainRoute = defineOperation({
  id: 'gateways.explain',
  method: 'POST',
  path: '/v1/gateways/explain',
  tag: 'Gateways',
  summary: 'Show which route takes a request, and why',
  description:
    'By the routes and the instances that are in the store, which a gateway may not have yet. Nothing is sent, and no ' +
    'policy is asked.',
  permission: [
    { access: 'read', prefix: '/config/' },
    { access: 'read', prefix: '/waypost/config/' },
    { access: 'read', prefix: '/services/' },
    { access: 'read', prefix: '/waypost/services/overrides/' },
  ],
  problems: ['not-found', 'invalid-document'],
  body: object({
    method: Type.String({ minLength: 1, maxLength: 40, description: 'Such as `GET`.' }),
    url: Type.String({ minLength: 1, maxLength: 8_192, description: 'Such as `https://shop.example.com/api/x?y=z`.' }),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    clientAddress: Type.Optional(Type.String({ maxLength: 60, description: 'Default `127.0.0.1`.' })),
    routes: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1_024, description: 'Default `gateway/routes.yaml`.' }),
    ),
  }),
  responses: {
    200: json(
      'What would happen to the request.',
      object({
        kind: Type.String({
          description: '`matched`: a route takes it; `unmatched`: none does; `refused`: it is malformed.',
        }),
        route: Type.Optional(Type.String()),
        because: Type.Optional(Type.Array(Type.String(), { description: 'The conditions of the route that matched.' })),
        policies: Type.Optional(Type.Array(object({ name: Type.String(), kind: Type.String() }))),
        service: Type.Optional(
          Type.String({ description: 'Where it goes now; a split may decide otherwise next time.' }),
        ),
        chosenBy: Type.Optional(Type.String({ description: 'Why this service.' })),
        path: Type.Optional(Type.String({ description: 'The path and query that the instance gets.' })),
        instances: Type.Optional(
          Type.Array(
            object({
              id: Type.String(),
              address: Type.String(),
              status: Type.String(),
              version: Type.Optional(Type.String()),
              zone: Type.Optional(Type.String()),
              weight: Type.Number(),
              takesTraffic: Type.Boolean({ description: 'Whether the request could go there.' }),
            }),
          ),
        ),
        answer: Type.Optional(answerSchema),
        others: Type.Array(rejectionSchema, { description: 'Why the other routes do not take it, the nearest first.' }),
      }),
    ),
  },
  example: { body: { method: 'GET', url: 'https://shop.example.com/api/orders' } },
  async handler({ caller: { config, registry }, signal }, { body: { routes, ...asked } }) {
    // The code of the gateway is loaded when somebody asks.
    const { compileForReading, explainRequest, explanationFacts, readStoredRoutes } = await import('@waypost/gateway')
    const explained = explainRequest(compileForReading(await readStoredRoutes(config, routes, { signal })), asked)
    const target = explained.kind === 'matched' ? explained.chosen?.target : undefined
    let instances: readonly Instance[] | undefined
    if (target !== undefined) {
      const { service, where } = target
      await using view = await registry.discover(service, { where, subscribe: false, signal })
      instances = view.instances
    }
    const facts = explanationFacts(explained, instances)
    if (facts.kind === 'refused')
      return { status: 200, body: { kind: facts.kind, answer: answerOf(facts.answer), others: [] } }
    const { others } = facts
    if (facts.kind === 'unmatched') return { status: 200, body: { kind: facts.kind, others } }
    const { kind, route, because, policies, service, chosenBy, path, answer } = facts
    return {
      status: 200,
      body: {
        kind,
        route,
        because,
        policies,
        service,
        chosenBy,
        path,
        instances: facts.instances,
        answer: answer && answerOf(answer),
        others,
      },
    }
  },
})

function answerOf({ status, code, detail, headers }: Answer) {
  const location = headers?.location
  return { status, code, detail, location: location === undefined ? undefined : String(location) }
}
