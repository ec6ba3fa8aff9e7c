import { WaypostError } from '@waypost/core'
import { servicesPrefix } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import { empty, json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { sessionParams } from './parameters.ts'

export const ttlField = Type.Integer({
  minimum: 2,
  maximum: 86_400,
  description: 'The TTL, in seconds. Send a heartbeat about three times as often.',
})

const sessionFields = {
  session: digits('The session: the id of a lease of the store.'),
  ttlSeconds: Type.Number({ description: 'How long it lives from now without a heartbeat, in seconds.' }),
}

export const beginSession = defineOperation({
  id: 'names.beginSession',
  method: 'POST',
  path: '/v1/sessions',
  tag: 'Names',
  summary: 'Begin a session',
  description:
    'For programs that have no lease of their own. Everything registered with a session disappears when its heartbeats ' +
    'stop. One session can hold any number of instances.',
  permission: 'user',
  body: object({ ttlSeconds: Type.Optional(ttlField) }),
  responses: { 201: json('The session.', object(sessionFields)) },
  example: { body: { ttlSeconds: 30 } },
  async handler({ caller, signal }, { body: { ttlSeconds = 30 } }) {
    const { session, granted } = await grantSession({ caller, signal }, ttlSeconds)
    return { status: 201, body: { session: String(session), ttlSeconds: granted } }
  },
})

export const sendHeartbeat = defineOperation({
  id: 'names.heartbeat',
  method: 'POST',
  path: '/v1/sessions/{session}/heartbeat',
  tag: 'Names',
  summary: 'Keep a session alive',
  description: 'If the session is gone, start another one and register again.',
  permission: 'user',
  problems: ['lease-not-found'],
  params: sessionParams,
  responses: { 200: json('It lives on.', object(sessionFields)) },
  example: { params: { session: '7587848943239472138' } },
  async handler({ caller, signal }, { params: { session } }) {
    const ttlSeconds = await caller.etcd.leases.keepAliveOnce(BigInt(session), { signal })
    return { status: 200, body: { session, ttlSeconds } }
  },
})

export const showSessionState = defineOperation({
  id: 'names.showSession',
  method: 'GET',
  path: '/v1/sessions/{session}',
  tag: 'Names',
  summary: 'Show a session and its instances',
  permission: 'user',
  problems: ['lease-not-found'],
  params: sessionParams,
  responses: {
    200: json(
      'The session.',
      object({ ...sessionFields, instances: Type.Array(object({ service: Type.String(), id: Type.String() })) }),
    ),
  },
  example: { params: { session: '7587848943239472138' } },
  async handler({ caller, signal }, { params: { session } }) {
    const { ttlSeconds, keys } = await caller.etcd.leases.timeToLive(BigInt(session), { keys: true, signal })
    if (ttlSeconds < 0) throw noSession(session)
    return { status: 200, body: { session, ttlSeconds, instances: instancesIn(keys) } }
  },
})

export const endSession = defineOperation({
  id: 'names.endSession',
  method: 'DELETE',
  path: '/v1/sessions/{session}',
  tag: 'Names',
  summary: 'End a session',
  description: 'Its instances leave: consumers learn that they left deliberately.',
  permission: 'user',
  problems: ['lease-not-found'],
  params: sessionParams,
  responses: { 204: empty('It has ended, and its instances are gone.') },
  example: { params: { session: '7587848943239472138' } },
  async handler({ caller, signal }, { params: { session } }) {
    const lease = BigInt(session)
    const { ttlSeconds, keys } = await caller.etcd.leases.timeToLive(lease, { keys: true, signal })
    if (ttlSeconds < 0) throw noSession(session)
    const onLease = caller.registry.onLease(lease)
    for (const { service, id } of instancesIn(keys)) await onLease.leave(service, id, { signal })
    await caller.etcd.leases.revoke(lease, { signal })
    return { status: 204 }
  },
})

/** A lease that only heartbeats keep alive. */
export async function grantSession(
  { caller, signal }: Pick<OperationContext, 'caller' | 'signal'>,
  ttlSeconds: number,
): Promise<{ readonly session: bigint; readonly granted: number }> {
  const lease = await caller.etcd.leases.grant({ ttlSeconds, keepAlive: false, signal })
  const granted = lease.ttlSeconds
  // This process forgets it: neither renewed nor revoked by it.
  await lease.close()
  return { session: lease.id, granted }
}

function instancesIn(keys: readonly string[]): { readonly service: string; readonly id: string }[] {
  return keys.flatMap((key) => {
    const [service, id, ...rest] = key.startsWith(servicesPrefix) ? key.slice(servicesPrefix.length).split('/') : []
    return service !== undefined && id !== undefined && rest.length === 0 ? [{ service, id }] : []
  })
}

function noSession(session: string): WaypostError {
  return new WaypostError('lease-not-found', `There is no session ${session}: it has ended, or its heartbeats stopped.`)
}
