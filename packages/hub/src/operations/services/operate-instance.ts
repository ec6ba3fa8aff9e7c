import type { Operated, OperateOptions, ServiceOperator } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, name, object, oneOf } from '../../operation/schemas.ts'
import { writeAs } from '../strict/writer.ts'

export const operateInstance = defineOperation({
  id: 'services.operate',
  method: 'PATCH',
  path: '/v1/services/{name}/instances/{id}',
  tag: 'Names',
  summary: 'Change the traffic of an instance',
  description:
    'The override is kept apart from the record of the instance, and stays in force until it is undone, also when the ' +
    'instance registers again. `drain`: no new traffic. `disable`: none at all. `enable`: undoes both. `weight`: ' +
    'another share; without `weight` in the body, its own.',
  permission: [
    { access: 'read', key: '/services/{name}/{id}' },
    { access: 'read', key: '/waypost/services/overrides/{name}/{id}' },
    { access: 'write', key: '/waypost/services/overrides/{name}/{id}' },
    { access: 'read', prefix: '/waypost/audit/' },
    { access: 'write', prefix: '/waypost/audit/' },
  ],
  problems: ['not-found', 'conflict'],
  params: object({ name: name('The service.'), id: name('The instance.') }),
  body: object({
    action: oneOf(['drain', 'disable', 'enable', 'weight'], 'What to do.'),
    weight: Type.Optional(Type.Number({ minimum: 0, description: 'With `weight`.' })),
    reason: Type.Optional(Type.String({ maxLength: 1_000, description: 'For others to read.' })),
  }),
  responses: {
    200: json(
      'Done.',
      object({
        id: Type.String(),
        revision: digits(
          'Followers that have seen it have `seenOverrides` of at least this: see `services.followers`.',
        ),
      }),
    ),
  },
  example: { params: { name: 'user', id: 'user-1' }, body: { action: 'drain', reason: 'Maintenance' } },
  async handler(context, { params, body: { action, weight, reason } }) {
    const { name: service, id: instance } = params
    const key = `/services/${service}/${instance}`
    const asked = { right: 'operate', subjects: [`${service}/${instance}`], reads: [key] } as const
    const { id, revision } = await writeAs(context, asked, ({ registry, author, address }) => {
      const options = { by: author, address, reason, signal: context.signal }
      return operate(registry.operate(service), instance, action, weight, options)
    })
    return { status: 200, body: { id, revision: String(revision) } }
  },
})

function operate(
  operator: ServiceOperator,
  id: string,
  action: 'drain' | 'disable' | 'enable' | 'weight',
  weight: number | undefined,
  options: OperateOptions,
): Promise<Operated> {
  return action === 'weight' ? operator.weight(id, weight, options) : operator[action](id, options)
}
