import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { name, object, oneOf } from '../../operation/schemas.ts'
import { instanceChangeSchema } from './instance-change-schema.ts'
import { instanceSchema } from './instance-schema.ts'
import { ServiceSource } from './service-source.ts'

export const listInstances = defineLiveRead({
  id: 'names.list',
  path: '/v1/names/{name}/instances',
  tag: 'Names',
  summary: 'List the instances of a service',
  description:
    'A service that nobody has registered yet has an empty list: whoever waits for its first instance follows the list.',
  permission: [
    { access: 'read', prefix: '/services/{name}/' },
    { access: 'read', prefix: '/waypost/services/overrides/' },
  ],
  params: object({ name: name('The service.') }),
  query: object({
    status: Type.Optional(oneOf(['up', 'any'], '`up`: only those that take traffic; `any`: all. Default `up`.')),
  }),
  state: { service: Type.String(), instances: Type.Array(instanceSchema) },
  change: instanceChangeSchema,
  example: { params: { name: 'user' }, query: { status: 'any' } },
  async follow({ caller: { etcd, registry }, signal }, { params, query: { status = 'up' } }) {
    const view = await registry.discover(params.name, { subscribe: false, signal })
    const shows = status === 'any' ? () => true : (instance: { readonly status: string }) => instance.status === 'up'
    return new ServiceSource({ etcd, registry, view, shows })
  },
})
