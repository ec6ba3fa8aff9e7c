import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import type { Instance } from '@waypost/registry'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { object, oneOf } from '../../operation/schemas.ts'
import { readAllServices } from './discovery-permission.ts'
import { keptDirectories } from './kept-directories.ts'
import { wholeWeights } from './whole-weights.ts'

const assignmentType = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment' as const

const endpoint = object({
  endpoint: object({
    address: object({ socket_address: object({ address: Type.String(), port_value: Type.Integer() }) }),
  }),
  health_status: oneOf(['HEALTHY', 'DRAINING'], '`DRAINING`: it is leaving, and gets no new connections.'),
  load_balancing_weight: Type.Optional(Type.Integer({ minimum: 1 })),
})

const assignment = object({
  '@type': Type.Literal(assignmentType),
  cluster_name: Type.String(),
  endpoints: Type.Array(
    object({ locality: Type.Optional(object({ zone: Type.String() })), lb_endpoints: Type.Array(endpoint) }),
  ),
})

type Assignment = Static<typeof assignment>

/** Envoy writes the names as in its definitions; JSON of protobuf may also have them in camel case. */
const request = Type.Object({
  version_info: Type.Optional(Type.String({ description: 'Of the last answer.' })),
  resource_names: Type.Optional(Type.Array(Type.String(), { maxItems: 10_000, description: 'The services.' })),
  versionInfo: Type.Optional(Type.String()),
  resourceNames: Type.Optional(Type.Array(Type.String(), { maxItems: 10_000 })),
})

export const envoyEndpoints = defineOperation({
  id: 'discovery.envoy',
  method: 'POST',
  path: '/v3/discovery:endpoints',
  tag: 'Discovery',
  summary: 'List endpoints for Envoy',
  description:
    'The REST form of EDS, version 3, of Envoy: a cluster of the type `EDS` gets the instances of the service that its ' +
    '`service_name` names, by zone as localities. Instances whose host is a name are left out, as EDS takes addresses. ' +
    'Envoy calls the hub by the name of its own cluster, which a hub on a loopback address has to allow (`--allowed-hosts`).',
  permission: readAllServices,
  body: request,
  responses: {
    200: json(
      'The endpoints.',
      object({
        version_info: Type.String(),
        type_url: Type.Literal(assignmentType),
        resources: Type.Array(assignment),
      }),
    ),
    304: empty('They are those of `version_info`.'),
  },
  example: { body: { resource_names: ['user'] } },
  async handler({ caller, hub, signal }, { body }) {
    const directory = await keptDirectories.of(caller, hub.clock, signal)
    const names = body.resource_names ?? body.resourceNames ?? [...directory.services].sort()
    const resources = [...new Set(names)].map((name) => assignmentOf(name, directory.instances(name)))
    const version = createHash('sha256').update(JSON.stringify(resources)).digest('base64url').slice(0, 22)
    if ((body.version_info ?? body.versionInfo) === version) return { status: 304 }
    return { status: 200, body: { version_info: version, type_url: assignmentType, resources } }
  },
})

function assignmentOf(service: string, instances: readonly Instance[]): Assignment {
  const shown = instances.filter(({ host, status, weight }) => {
    return isIP(host) !== 0 && weight > 0 && (status === 'up' || status === 'leaving')
  })
  const weights = wholeWeights(shown)
  const zones = new Map<string | undefined, Static<typeof endpoint>[]>()
  for (const [index, { host, port, zone, status }] of shown.entries()) {
    const known = zones.get(zone) ?? []
    zones.set(zone, known)
    known.push({
      endpoint: { address: { socket_address: { address: host, port_value: port } } },
      health_status: status === 'up' ? 'HEALTHY' : 'DRAINING',
      load_balancing_weight: weights[index] ?? 1,
    })
  }
  const endpoints = [...zones].map(([zone, lb_endpoints]) => {
    return zone === undefined ? { lb_endpoints } : { locality: { zone }, lb_endpoints }
  })
  return { '@type': assignmentType, cluster_name: service, endpoints }
}
