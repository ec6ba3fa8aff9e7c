import type { Directory, Instance } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { withDirectory } from './directories.ts'

const counts = {
  total: Type.Integer(),
  up: Type.Integer(),
  starting: Type.Integer(),
  leaving: Type.Integer(),
  disabled: Type.Integer(),
} as const

const summarySchema = object({
  name: Type.String(),
  ...counts,
  versions: Type.Array(Type.String(), { description: 'Those that its instances have; ten at most.' }),
  zones: Type.Array(Type.String(), { description: 'Those that its instances are in; ten at most.' }),
})

export const listServices = defineOperation({
  id: 'services.list',
  method: 'GET',
  path: '/v1/services',
  tag: 'Names',
  summary: 'List the services with their counts',
  description: 'Sorted by name. The search text may occur anywhere in the name; case is ignored.',
  permission: [
    { access: 'read', prefix: '/services/' },
    { access: 'read', prefix: '/waypost/services/overrides/' },
  ],
  query: object({
    search: Type.Optional(Type.String({ maxLength: 255 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default 500.' })),
    cursor: Type.Optional(Type.String({ maxLength: 1_024, description: '`next` of the page before.' })),
  }),
  responses: {
    200: json(
      'A page of services, and the counts of all that fit the search.',
      object({
        revision: digits('The revision of the store that the counts are of.'),
        services: Type.Array(summarySchema),
        totals: object({ services: Type.Integer(), servicesWithoutUp: Type.Integer(), ...counts }),
        next: Type.Optional(Type.String({ description: 'For the next page; absent on the last.' })),
      }),
    ),
  },
  example: {},
  async handler({ caller: { registry } }, { query: { search = '', limit = 500, cursor = '' } }) {
    return await withDirectory(registry, (directory) => {
      const wanted = search.toLowerCase()
      const names = [...directory.services].filter((name) => name.toLowerCase().includes(wanted)).sort()
      const all = names.map((name) => summaryOf(name, directory.instances(name)))
      const from = cursor === '' ? 0 : all.findIndex(({ name }) => name > cursor)
      const services = from === -1 ? [] : all.slice(from, from + limit)
      const last = services.at(-1)?.name
      const hasMore = last !== undefined && last !== all.at(-1)?.name
      return {
        status: 200 as const,
        body: { revision: revisionOf(directory), services, totals: totalsOf(all), next: hasMore ? last : undefined },
      }
    })
  },
})

function revisionOf(directory: Directory): string {
  return String(directory.revision)
}

type Summary = ReturnType<typeof summaryOf>

function summaryOf(name: string, instances: readonly Instance[]) {
  const summary = { name, total: instances.length, up: 0, starting: 0, leaving: 0, disabled: 0 }
  const versions = new Set<string>()
  const zones = new Set<string>()
  for (const { status, version, zone } of instances) {
    summary[status] += 1
    if (version !== undefined) versions.add(version)
    if (zone !== undefined) zones.add(zone)
  }
  return { ...summary, versions: [...versions].sort().slice(0, 10), zones: [...zones].sort().slice(0, 10) }
}

function totalsOf(all: readonly Summary[]) {
  const totals = { services: all.length, servicesWithoutUp: 0, total: 0, up: 0, starting: 0, leaving: 0, disabled: 0 }
  for (const summary of all) {
    if (summary.up === 0) totals.servicesWithoutUp += 1
    for (const name of ['total', 'up', 'starting', 'leaving', 'disabled'] as const) totals[name] += summary[name]
  }
  return totals
}
