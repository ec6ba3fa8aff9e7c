import type { Instance } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object, oneOf } from '../../operation/schemas.ts'
import { readAllServices } from './discovery-permission.ts'
import { keptDirectories } from './kept-directories.ts'

export const prometheusTargets = defineOperation({
  id: 'discovery.prometheus',
  method: 'GET',
  path: '/v1/discovery/prometheus',
  tag: 'Discovery',
  summary: 'List targets for Prometheus',
  description:
    'For `http_sd_configs` of Prometheus. Each instance is a target with labels `__meta_waypost_…`, also those that ' +
    'take no traffic, because they are monitored as well.',
  permission: readAllServices,
  query: object({
    service: Type.Optional(Type.String({ description: 'Only this service.' })),
    tag: Type.Optional(Type.String({ description: 'Only instances with this tag.' })),
    zone: Type.Optional(Type.String({ description: 'Only instances of this zone.' })),
    status: Type.Optional(oneOf(['up', 'any'], '`up`: only those that take traffic. Default `any`.')),
  }),
  responses: {
    200: json(
      'The targets.',
      Type.Array(
        object({
          targets: Type.Array(Type.String({ description: '`host:port`.' })),
          labels: Type.Record(Type.String(), Type.String()),
        }),
      ),
    ),
  },
  example: { query: { service: 'user' } },
  async handler({ caller, hub, signal }, { query: { service, tag, zone, status = 'any' } }) {
    const directory = await keptDirectories.of(caller, hub.clock, signal)
    const services = service === undefined ? [...directory.services].sort() : [service]
    const instances = services
      .flatMap((each) => directory.instances(each))
      .filter((instance) => tag === undefined || instance.tags.includes(tag))
      .filter((instance) => zone === undefined || instance.zone === zone)
      .filter((instance) => status === 'any' || instance.status === 'up')
    return { status: 200, body: instances.map((each) => ({ targets: [each.address], labels: labelsOf(each) })) }
  },
})

/** Labels that relabelling chooses from: what begins with two underscores is dropped afterwards. */
function labelsOf(instance: Instance): Record<string, string> {
  const { service, id, status, zone = '', version = '', scheme = '', weight, tags, metadata } = instance
  const labels: Record<string, string> = {}
  // As with Consul's: separators at both ends let a pattern name a whole tag.
  const all = tags.length === 0 ? '' : `,${tags.join(',')},`
  const facts = { service, id, status, zone, version, scheme, weight: String(weight), tags: all }
  for (const [name, value] of Object.entries(facts)) if (value !== '') labels[`__meta_waypost_${name}`] = value
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === 'object') continue
    labels[`__meta_waypost_metadata_${name.replace(/[^a-zA-Z0-9_]/g, '_')}`] = String(value)
  }
  return labels
}
