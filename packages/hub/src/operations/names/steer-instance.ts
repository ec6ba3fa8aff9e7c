import { WaypostError } from '@waypost/core'
import { instanceKey, readInstance } from '@waypost/registry'
import { defineOperation } from '../../operation/operation.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import { empty, json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { instanceJson, instanceSchema } from './instance-schema.ts'
import { changeableFields, instanceParams, registerPermission } from './parameters.ts'

/*
 * What whoever registered an instance says of it later. What operators say, see services.operate, stands beside it.
 */

const changed = json('It is said.', object({ revision: digits('It is listed so from this revision.') }))

export const showInstance = defineOperation({
  id: 'names.showInstance',
  method: 'GET',
  path: '/v1/names/{name}/instances/{id}',
  tag: 'Names',
  summary: 'Show an instance',
  permission: [
    { access: 'read', prefix: '/services/{name}/' },
    { access: 'read', prefix: '/waypost/services/overrides/{name}/' },
  ],
  problems: ['not-found'],
  params: instanceParams,
  responses: { 200: json('The instance.', instanceSchema) },
  example: { params: { name: 'user', id: 'user-1' } },
  async handler({ caller, signal }, { params: { name, id } }) {
    const { instances } = await caller.registry.instances(name, { signal })
    const found = instances.find((instance) => instance.id === id)
    if (found === undefined) throw noInstance(name, id)
    return { status: 200, body: instanceJson(found) }
  },
})

export const changeInstance = defineOperation({
  id: 'names.change',
  method: 'PATCH',
  path: '/v1/names/{name}/instances/{id}',
  tag: 'Names',
  summary: 'Update an instance',
  description: 'Fields that are absent stay as they are.',
  permission: registerPermission,
  problems: ['not-found'],
  params: instanceParams,
  body: object(changeableFields),
  responses: { 200: changed },
  example: { params: { name: 'user', id: 'user-1' }, body: { weight: 2, status: 'up' } },
  async handler(context, { params: { name, id }, body }) {
    const { signal } = context
    const { revision } = await (await holderOf(context, name, id)).update(name, id, body, { signal })
    return { status: 200, body: { revision: String(revision) } }
  },
})

export const drainInstance = defineOperation({
  id: 'names.drain',
  method: 'POST',
  path: '/v1/names/{name}/instances/{id}/drain',
  tag: 'Names',
  summary: 'Announce that an instance is leaving',
  description: 'It gets no new requests and stays listed until it is deregistered. Heartbeats continue.',
  permission: registerPermission,
  problems: ['not-found'],
  params: instanceParams,
  responses: { 200: changed },
  example: { params: { name: 'user', id: 'user-1' } },
  async handler(context, { params: { name, id } }) {
    const { revision } = await (await holderOf(context, name, id)).drain(name, id, { signal: context.signal })
    return { status: 200, body: { revision: String(revision) } }
  },
})

export const deregisterInstance = defineOperation({
  id: 'names.deregister',
  method: 'DELETE',
  path: '/v1/names/{name}/instances/{id}',
  tag: 'Names',
  summary: 'Deregister an instance',
  description:
    'Consumers learn that it left deliberately. Its session continues. Also succeeds if it is not registered.',
  permission: registerPermission,
  params: instanceParams,
  responses: { 204: empty('It is not registered.') },
  example: { params: { name: 'user', id: 'user-1' } },
  async handler(context, { params: { name, id } }) {
    try {
      const holder = await holderOf(context, name, id)
      if (holder.lease === 0n) await context.caller.registry.persistent.deregister(name, id, { signal: context.signal })
      else await holder.leave(name, id, { signal: context.signal })
    } catch (error) {
      if (!WaypostError.is(error, 'not-found')) throw error
    }
    return { status: 204 }
  },
})

/** The lease that holds the instance; the lease 0 for one that nothing holds. Fails with `not-found`. */
async function holderOf({ caller, signal }: OperationContext, service: string, id: string) {
  const key = instanceKey(service, id)
  const held = await caller.etcd.kv.get(key, { signal })
  const { instance } = held ? readInstance(key, held.bytes, held.modRevision) : {}
  if (held === undefined || instance === undefined) throw noInstance(service, id)
  return caller.registry.onLease(held.lease)
}

function noInstance(service: string, id: string): WaypostError {
  return new WaypostError('not-found', `The service ${JSON.stringify(service)} has no instance ${JSON.stringify(id)}.`)
}
