import { type Instance, matcher } from '@waypost/registry'
import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { object, oneOf } from '../../operation/schemas.ts'
import { next, paging } from '../shared/paging.ts'
import { instanceChangeSchema } from './instance-change-schema.ts'
import { instanceSchema } from './instance-schema.ts'
import { nameParams } from './parameters.ts'
import { selectorFields, whereOf } from './selectors.ts'
import { ServiceSource } from './service-source.ts'

export const listInstances = defineLiveRead({
  id: 'names.list',
  path: '/v1/names/{name}/instances',
  tag: 'Names',
  summary: 'List the instances of a service',
  description:
    'A service that nobody has registered yet has an empty list: to wait for its first instance, follow the ' +
    'list. An event stream covers every instance that the parameters select, regardless of `limit`.',
  permission: [
    { access: 'read', prefix: '/services/{name}/' },
    { access: 'read', prefix: '/waypost/services/overrides/' },
  ],
  params: nameParams,
  query: object({
    status: Type.Optional(oneOf(['up', 'any'], '`up`: only those that take traffic; `any`: all. Default `up`.')),
    ...selectorFields,
    limit: paging.limit,
    cursor: paging.cursor,
  }),
  state: { service: Type.String(), instances: Type.Array(instanceSchema), next },
  change: instanceChangeSchema,
  example: { params: { name: 'user' }, query: { status: 'any' } },
  async follow({ caller: { etcd, registry }, signal }, { params, query }) {
    const { status = 'up', limit, cursor, ...selectors } = query
    const view = await registry.discover(params.name, { subscribe: false, signal })
    const where = whereOf(selectors)
    const fits = where === undefined ? () => true : matcher(where)
    const shows = (instance: Instance): boolean => (status === 'any' || instance.status === 'up') && fits(instance)
    return new ServiceSource({ etcd, registry, view, shows, page: { limit, cursor } })
  },
})
