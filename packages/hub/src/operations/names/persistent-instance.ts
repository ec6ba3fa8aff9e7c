import { checksPrefix, type InstanceCheck } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { changeableFields, instanceParams, nameParams, registerPermission } from './parameters.ts'

const milliseconds = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 100, maximum: 3_600_000, description }))

const checkSchema = object(
  {
    http: Type.Optional(
      Type.String({ pattern: '^/', 'x-expected': 'a path such as /health', description: 'A path that answers 2xx.' }),
    ),
    tcp: Type.Optional(Type.Literal(true, { description: 'It takes connections.' })),
    grpc: Type.Optional(
      object(
        { service: Type.Optional(Type.String()) },
        { description: '`grpc.health.v1.Health/Check` says `SERVING`.' },
      ),
    ),
    intervalMs: milliseconds('From one check to the next. Default 5,000.'),
    timeoutMs: milliseconds('How long a check may take. Default 2,000.'),
    rise: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Good checks in a row that make it healthy. Default 2.' }),
    ),
    fall: Type.Optional(Type.Integer({ minimum: 1, description: 'Bad ones that make it unhealthy. Default 3.' })),
    deregisterAfterMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        description: 'How long it may be unhealthy before it is deregistered. Default: forever.',
      }),
    ),
  },
  { description: 'Exactly one of `http`, `tcp` and `grpc`, at the address of the instance.' },
)

const checkPermission = [
  ...registerPermission,
  { access: 'write', key: '/waypost/services/checks/{name}/{id}' },
] as const

export const registerPersistent = defineOperation({
  id: 'names.registerPersistent',
  method: 'PUT',
  path: '/v1/names/{name}/persistent/{id}',
  tag: 'Names',
  summary: 'Register an instance that the hub checks',
  description:
    'For programs that cannot send heartbeats. It stays until it is deregistered. One hub at a time checks all such ' +
    'instances, with its own login, and sets their status: `starting` until it is healthy, then `up`.',
  permission: checkPermission,
  problems: ['already-exists'],
  params: instanceParams,
  body: object({
    host: Type.String(),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    scheme: Type.Optional(Type.String()),
    version: changeableFields.version,
    zone: changeableFields.zone,
    weight: changeableFields.weight,
    tags: changeableFields.tags,
    metadata: changeableFields.metadata,
    check: checkSchema,
  }),
  responses: { 200: json('It is registered.', object({ revision: digits('It is listed from this revision.') })) },
  example: {
    params: { name: 'printer', id: 'printer-1' },
    body: { host: '192.0.2.7', port: 631, check: { tcp: true, intervalMs: 10_000 } },
  },
  async handler({ caller, signal }, { params: { name, id }, body: { check, ...fields } }) {
    const options = { ...fields, service: name, id }
    const { revision } = await caller.registry.persistent.register(options, check, { signal })
    return { status: 200, body: { revision: String(revision) } }
  },
})

export const listPersistent = defineOperation({
  id: 'names.persistent',
  method: 'GET',
  path: '/v1/names/{name}/persistent',
  tag: 'Names',
  summary: 'List the checks of a service',
  permission: [{ access: 'read', prefix: '/waypost/services/checks/{name}/' }],
  params: nameParams,
  responses: {
    200: json(
      'The checks.',
      object({
        checks: Type.Array(
          object({ id: Type.String(), check: Type.Unknown({ description: 'As it was registered.' }) }),
        ),
      }),
    ),
  },
  example: { params: { name: 'printer' } },
  async handler({ caller, signal }, { params: { name } }) {
    const prefix = `${checksPrefix}${name}/`
    const checks: { id: string; check: unknown }[] = []
    for await (const kv of caller.etcd.kv.list({ prefix }, { signal })) {
      const record: { check?: InstanceCheck } = kv.json()
      checks.push({ id: kv.key.slice(prefix.length), check: record.check ?? null })
    }
    return { status: 200, body: { checks } }
  },
})
