import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { next, pageOf, paging } from '../shared/paging.ts'
import { leaseOf, leaseParams } from './parameters.ts'

const lease = {
  lease: Type.String({ description: 'In hexadecimal.' }),
  ttlSeconds: Type.Integer({ description: 'Its TTL.' }),
  grantedTtlSeconds: Type.Integer(),
} as const

export const listLeases = defineOperation({
  id: 'keys.leases',
  method: 'GET',
  path: '/v1/leases',
  tag: 'Keys',
  summary: 'List leases',
  description: 'With login on, the store asks for the right to read all keys that end with one of them.',
  permission: [{ access: 'read', prefix: '/' }],
  query: object(paging),
  responses: { 200: json('A page of leases.', object({ leases: Type.Array(object(lease)), next })) },
  example: {},
  async handler({ caller: { etcd }, signal }, { query }) {
    const ids = (await etcd.leases.list({ signal })).map((id) => BigInt.asUintN(64, id).toString(16).padStart(16, '0'))
    const page = pageOf(ids, (id) => id, query)
    const leases = await Promise.all(
      page.items.map(async (id) => {
        const { ttlSeconds, grantedTtlSeconds } = await etcd.leases.timeToLive(leaseOf(id), { signal })
        return { lease: id.replace(/^0+(?=.)/, ''), ttlSeconds, grantedTtlSeconds }
      }),
    )
    return { status: 200, body: { leases: leases.filter(({ ttlSeconds }) => ttlSeconds >= 0), next: page.next } }
  },
})

export const readLease = defineOperation({
  id: 'keys.lease',
  method: 'GET',
  path: '/v1/leases/{lease}',
  tag: 'Keys',
  summary: 'Read a lease',
  description:
    'Its remaining time, and the keys that end with it. With authentication on, this needs permission to read these keys.',
  permission: 'user',
  problems: ['lease-not-found'],
  params: leaseParams,
  responses: { 200: json('The lease.', object({ ...lease, keys: Type.Array(Type.String()) })) },
  example: { params: { lease: '7b' } },
  async handler({ caller: { etcd }, signal }, { params }) {
    const { ttlSeconds, grantedTtlSeconds, keys } = await etcd.leases.timeToLive(leaseOf(params.lease), {
      keys: true,
      signal,
    })
    if (ttlSeconds < 0) throw new WaypostError('lease-not-found', `There is no lease ${params.lease}.`)
    return { status: 200, body: { lease: params.lease, ttlSeconds, grantedTtlSeconds, keys } }
  },
})

export const revokeLease = defineOperation({
  id: 'keys.revokeLease',
  method: 'DELETE',
  path: '/v1/leases/{lease}',
  tag: 'Keys',
  summary: 'End a lease',
  description: 'Deletes the keys that are attached to it. This needs permission to write them.',
  permission: 'user',
  problems: ['lease-not-found'],
  params: leaseParams,
  responses: { 204: empty('It is revoked, and its keys are deleted.') },
  example: { params: { lease: '7b' } },
  async handler({ caller: { etcd }, signal }, { params }) {
    await etcd.leases.revoke(leaseOf(params.lease), { signal })
    return { status: 204 }
  },
})
