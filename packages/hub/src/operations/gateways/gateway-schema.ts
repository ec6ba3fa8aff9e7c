import Type from 'typebox'
import { object, timestamp } from '../../operation/schemas.ts'

const text = (description: string) => Type.String({ description })

const latencies = (what: string) => ({
  p50Ms: Type.Optional(Type.Number({ description: `${what}, of half of the requests; absent without any.` })),
  p99Ms: Type.Optional(Type.Number({ description: `${what}, of 99 in 100 requests; absent without any.` })),
})

const routeSchema = object({
  name: text('The name of the route.'),
  kind: text('`proxy` or `answer`.'),
  services: Type.Array(Type.String(), { description: 'The target services.' }),
  policies: Type.Array(Type.String(), { description: 'The policies that its requests must pass.' }),
  breaker: Type.Optional(
    text('`open` or `half-open` while a breaker of the route holds requests back; absent otherwise.'),
  ),
  requestsPerSecond: Type.Number(),
  errorsPerSecond: Type.Number({ description: 'Answers of 500 and more.' }),
  ...latencies('From the head of a request to the end of its answer'),
})

const instanceSchema = object({
  service: text('The service.'),
  instance: text('The id of the instance.'),
  address: text('Host and port.'),
  status: text('As it registered, or `suspect` if the store may have lost contact with it.'),
  requestsPerSecond: Type.Number(),
  failuresPerSecond: Type.Number({ description: 'Tries that got no answer.' }),
  ...latencies('From a request to the head of its answer'),
})

const documentSchema = object({
  path: text('The document with the routes.'),
  revision: text("The store's revision at which it was read."),
  release: Type.Optional(Type.Integer({ description: 'Its release; absent when none is known for its text.' })),
  staleSince: Type.Optional(timestamp),
  problems: Type.Array(Type.String(), {
    description: 'Why the routes in the store are not in force; empty if they are.',
  }),
})

/** A gateway as it publishes itself. */
export const gatewaySchema = object({
  process: text('The process, as in `config status`.'),
  instance: text('The stable name of the instance.'),
  host: text('The host that it runs on.'),
  pid: Type.Integer(),
  zone: Type.Optional(Type.String()),
  startedAt: timestamp,
  at: timestamp,
  document: documentSchema,
  inFlight: Type.Integer({ description: 'Requests under way.' }),
  connections: Type.Integer({ description: 'Connections of clients.' }),
  routes: Type.Array(routeSchema, { description: 'Those with the most requests first; at most 200.' }),
  routeCount: Type.Integer({ description: 'How many routes there are.' }),
  instances: Type.Optional(
    Type.Array(instanceSchema, { description: 'Those with the most requests first; at most 200.' }),
  ),
})
