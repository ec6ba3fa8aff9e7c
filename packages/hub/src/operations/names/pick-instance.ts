import { WaypostError } from '@waypost/core'
import { ServiceView } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object, oneOf } from '../../operation/schemas.ts'
import { instanceJson, instanceSchema } from './instance-schema.ts'
import { nameParams } from './parameters.ts'
import { selectorFields, whereOf } from './selectors.ts'

export const pickInstance = defineOperation({
  id: 'names.pick',
  method: 'GET',
  path: '/v1/names/{name}/pick',
  tag: 'Names',
  summary: 'Pick an instance to call',
  description:
    'One that takes traffic, chosen by the hub. `round-robin`: by weight in turn; `random`: drawn by weight; ' +
    '`rendezvous`: by `key`: equal keys go to the same instance as long as it is there.',
  permission: [
    { access: 'read', prefix: '/services/{name}/' },
    { access: 'read', prefix: '/waypost/services/overrides/' },
  ],
  problems: ['no-instance'],
  params: nameParams,
  query: object({
    algorithm: Type.Optional(oneOf(['round-robin', 'random', 'rendezvous'], 'Default `round-robin`.')),
    key: Type.Optional(Type.String({ maxLength: 1_024, description: 'What `rendezvous` hashes.' })),
    exclude: Type.Optional(
      Type.Array(Type.String(), { maxItems: 100, description: 'Ids that this call has tried already.' }),
    ),
    near: Type.Optional(Type.String({ description: 'The caller’s zone: instances there are preferred.' })),
    ...selectorFields,
  }),
  responses: { 200: json('The instance.', instanceSchema) },
  example: { params: { name: 'user' }, query: { algorithm: 'rendezvous', key: 'customer-7' } },
  async handler({ caller: { registry, kept } }, { params: { name }, query }) {
    const { algorithm = 'round-robin', key, exclude = [], near, ...selectors } = query
    if (algorithm === 'rendezvous' && key === undefined) {
      throw new WaypostError('invalid-argument', 'The algorithm rendezvous needs a key.')
    }
    const view = await kept.get(JSON.stringify(['pick', name, algorithm, near, selectors]), isView, () =>
      registry.discover(name, { subscribe: false, where: whereOf(selectors), balance: { algorithm, zone: near } }),
    )
    const excluded = exclude.length === 0 ? [] : view.instances.filter(({ id }) => exclude.includes(id))
    const picked = view.pick({ key, exclude: excluded })
    if (picked === undefined) throw noInstance(view, excluded.length)
    return { status: 200, body: instanceJson(picked) }
  },
})

function isView(value: unknown): value is ServiceView {
  return value instanceof ServiceView
}

function noInstance({ service, instances }: ServiceView, excluded: number): WaypostError {
  const counts = `${instances.length} are listed, ${excluded} of them excluded.`
  return new WaypostError('no-instance', `No instance of ${JSON.stringify(service)} takes traffic: ${counts}`)
}
