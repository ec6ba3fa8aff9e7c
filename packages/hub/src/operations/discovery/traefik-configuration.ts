import type { Instance } from '@waypost/registry'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { readAllServices } from './discovery-permission.ts'
import { keptDirectories } from './kept-directories.ts'
import { wholeWeights } from './whole-weights.ts'

const httpServices = Type.Record(
  Type.String(),
  object({
    loadBalancer: object({
      servers: Type.Array(object({ url: Type.String(), weight: Type.Optional(Type.Integer()) })),
      passHostHeader: Type.Boolean(),
    }),
  }),
)
const tcpServices = Type.Record(
  Type.String(),
  object({ loadBalancer: object({ servers: Type.Array(object({ address: Type.String() })) }) }),
)
const routers = Type.Record(Type.String(), object({ rule: Type.String(), service: Type.String() }))

/** Of Traefik's dynamic configuration. It refuses parts that are empty, so those are left out. */
const configuration = object({
  http: Type.Optional(object({ services: httpServices, routers: Type.Optional(routers) })),
  tcp: Type.Optional(object({ services: tcpServices })),
})

type HttpServices = Static<typeof httpServices>
type TcpServices = Static<typeof tcpServices>

/** How Traefik reaches a server, by the scheme that an instance says. Others are spoken to over TCP. */
const urlSchemes: Readonly<Record<string, string>> = {
  http: 'http',
  https: 'https',
  h2c: 'h2c',
  grpc: 'h2c',
  grpcs: 'https',
}

export const traefikConfiguration = defineOperation({
  id: 'discovery.traefik',
  method: 'GET',
  path: '/v1/discovery/traefik',
  tag: 'Discovery',
  summary: 'Describe services for Traefik',
  description:
    'For the HTTP provider of Traefik: every service with its instances that take traffic, named `<service>@http` in ' +
    'routers of other providers. With `domain`, each service gets a router for `<service>.<domain>`. Instances whose ' +
    'scheme is neither HTTP nor gRPC make a TCP service.',
  permission: readAllServices,
  query: object({
    domain: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,200})$', description: 'Such as `example.com`.' }),
    ),
    tag: Type.Optional(Type.String({ description: 'Only instances with this tag.' })),
  }),
  responses: { 200: json('The dynamic configuration.', configuration) },
  example: { query: { domain: 'example.com' } },
  async handler({ caller, hub, signal }, { query: { domain, tag } }) {
    const directory = await keptDirectories.of(caller, hub.clock, signal)
    const http: HttpServices = {}
    const tcp: TcpServices = {}
    const rules: Static<typeof routers> = {}
    for (const service of [...directory.services].sort()) {
      const all = directory.instances(service).filter((instance) => tag === undefined || instance.tags.includes(tag))
      if (all.length === 0) continue
      const up = all.filter(({ status, weight }) => status === 'up' && weight > 0)
      // `@` separates a name from its provider.
      const name = service.replace(/[^\w.-]/g, '-')
      if (all.some(({ scheme }) => schemeOf(scheme) === undefined)) {
        tcp[name] = { loadBalancer: { servers: up.map(({ address }) => ({ address })) } }
        continue
      }
      http[name] = { loadBalancer: { servers: serversOf(up), passHostHeader: true } }
      if (domain !== undefined && /^[\w-]+$/.test(service)) {
        rules[name] = { rule: `Host(\`${service.toLowerCase()}.${domain}\`)`, service: name }
      }
    }
    return {
      status: 200,
      body: {
        http: isEmpty(http) ? undefined : { services: http, routers: isEmpty(rules) ? undefined : rules },
        tcp: isEmpty(tcp) ? undefined : { services: tcp },
      },
    }
  },
})

function serversOf(instances: readonly Instance[]): HttpServices[string]['loadBalancer']['servers'] {
  const weights = wholeWeights(instances)
  return instances.map(({ scheme, address }, index) => {
    const url = `${schemeOf(scheme)}://${address}`
    const weight = weights[index] ?? 1
    return weights.every((each) => each === weights[0]) ? { url } : { url, weight }
  })
}

function schemeOf(scheme = 'http'): string | undefined {
  return urlSchemes[scheme.toLowerCase()]
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0
}
