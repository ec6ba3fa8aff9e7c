import { del, modRevision } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { formatAddress, instanceKey, type RegisterOptions, readInstance } from '@waypost/registry'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import { json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { changeableFields, instanceParams, nameParams, registerPermission } from './parameters.ts'
import { grantSession, ttlField } from './sessions.ts'

const bodySchema = object({
  host: Type.Optional(
    Type.String({ description: 'The address at which others reach it. Default: the address of the caller.' }),
  ),
  ip: Type.Optional(Type.String({ description: 'The same as `host`.' })),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  scheme: Type.Optional(Type.String({ description: '`http`, `grpc`, …' })),
  ...changeableFields,
  session: Type.Optional(digits('The session that keeps it alive. Default: a new one.')),
  ttlSeconds: Type.Optional(ttlField),
})

const responses = {
  201: json(
    'It is registered.',
    object({
      service: Type.String(),
      id: Type.String(),
      address: Type.String(),
      session: digits('Send heartbeats to `/v1/sessions/{session}/heartbeat`.'),
      ttlSeconds: Type.Optional(Type.Number({ description: 'The TTL of a new session.' })),
      revision: digits('It is listed from this revision.'),
    }),
  ),
} as const

const description =
  'Without a session it starts one and returns its id; heartbeats then keep the instance. A process that registers ' +
  'again at the same address replaces the earlier one.'

export const registerInstance = defineOperation({
  id: 'names.register',
  method: 'PUT',
  path: '/v1/names/{name}/instances/{id}',
  tag: 'Names',
  summary: 'Register an instance',
  description,
  permission: registerPermission,
  problems: ['already-exists', 'lease-not-found'],
  params: instanceParams,
  body: bodySchema,
  responses,
  example: { params: { name: 'user', id: 'user-1' }, body: { host: '192.0.2.1', port: 3445, ttlSeconds: 30 } },
  handler: (context, { params, body }) => register(context, params.name, params.id, body),
})

export const registerUnnamed = defineOperation({
  id: 'names.registerUnnamed',
  method: 'POST',
  path: '/v1/names/{name}/instances',
  tag: 'Names',
  summary: 'Register an instance under its address',
  description: `Its id is \`host:port\`. ${description}`,
  permission: registerPermission,
  problems: ['already-exists', 'lease-not-found'],
  params: nameParams,
  body: bodySchema,
  responses,
  example: { params: { name: 'user' }, body: { ip: '192.0.2.1', port: 3445 } },
  handler: (context, { params, body }) => register(context, params.name, undefined, body),
})

async function register(
  context: OperationContext,
  service: string,
  id: string | undefined,
  { session, ttlSeconds, ip, ...fields }: Static<typeof bodySchema>,
) {
  const { caller, signal } = context
  if (ip !== undefined && fields.host !== undefined && ip !== fields.host) {
    throw new WaypostError('invalid-argument', 'Give host or ip, not two different ones.')
  }
  const host = fields.host ?? ip ?? plainAddress(caller.sourceAddress)
  const options = { ...fields, service, host, id: id ?? formatAddress(host, fields.port) }
  const begun = session === undefined ? await grantSession(context, ttlSeconds ?? 30) : undefined
  const lease = begun?.session ?? BigInt(session ?? 0)
  try {
    const { record, revision } = await onLease(context, lease, options)
    return {
      status: 201 as const,
      body: {
        service,
        id: record.id,
        address: formatAddress(record.host, record.port),
        session: String(lease),
        ttlSeconds: begun?.granted,
        revision: String(revision),
      },
    }
  } catch (error) {
    // Nobody will send heartbeats for it.
    if (begun !== undefined) await caller.etcd.leases.revoke(lease, { signal }).catch(() => {})
    throw error
  }
}

/** Whoever had the id at the same address is dead: two processes cannot listen there. */
async function onLease(
  { caller: { registry, etcd }, signal }: OperationContext,
  lease: bigint,
  options: RegisterOptions & { readonly id: string },
) {
  const target = registry.onLease(lease)
  try {
    return await target.register(options, { signal })
  } catch (error) {
    if (!WaypostError.is(error, 'already-exists')) throw error
    const key = instanceKey(options.service, options.id)
    const held = await etcd.kv.get(key, { signal })
    const { instance } = held ? readInstance(key, held.bytes, held.modRevision) : {}
    if (held === undefined || instance?.address !== formatAddress(String(options.host), options.port)) throw error
    await etcd.txn().if(modRevision(key).equals(held.modRevision)).do(del(key)).commit({ signal })
    return await target.register(options, { signal })
  }
}

/** An IPv4 address that came in over IPv6 as itself. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '')
}
