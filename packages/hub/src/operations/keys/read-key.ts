import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { keyFields, keyJson, keySchema, valueFields, valueJson } from './key-schema.ts'
import { atRevision, keyEncoding, keyOf, keyParams, revisionOf } from './parameters.ts'

export const readKey = defineOperation({
  id: 'keys.read',
  method: 'GET',
  path: '/v1/keys/{key}',
  tag: 'Keys',
  summary: 'Read a key',
  permission: [{ access: 'read', key: '{key}' }],
  problems: ['not-found', 'compacted', 'future-revision'],
  params: keyParams,
  query: object({ keyEncoding, revision: atRevision }),
  responses: {
    200: json(
      'The key.',
      object({
        ...keyFields,
        ...valueFields,
        json: Type.Optional(Type.Unknown({ description: 'The value, where it is JSON.' })),
        ttlSeconds: Type.Optional(Type.Integer({ description: 'The remaining time of its lease.' })),
        grantedTtlSeconds: Type.Optional(Type.Integer()),
      }),
    ),
  },
  example: { params: { key: '/services/user/a' } },
  async handler({ caller: { etcd }, signal }, { params, query }) {
    const key = keyOf(params.key, query.keyEncoding)
    const kv = await etcd.kv.get(key, { ...revisionOf(query.revision), signal })
    if (kv === undefined) throw new WaypostError('not-found', `There is no key ${params.key}.`)
    const lease = kv.lease === 0n ? undefined : await etcd.leases.timeToLive(kv.lease, { signal })
    const value = valueJson(kv.bytes)
    return {
      status: 200,
      body: {
        ...keyJson(kv),
        ...value,
        json: value.encoding === 'utf8' ? parsed(value.value) : undefined,
        ttlSeconds: lease?.ttlSeconds,
        grantedTtlSeconds: lease?.grantedTtlSeconds,
      },
    }
  },
})

/** Only what is more than a word or a number is of use as JSON. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const readKeyHistory = defineOperation({
  id: 'keys.history',
  method: 'GET',
  path: '/v1/keys/{key}/history',
  tag: 'Keys',
  summary: 'Read the earlier values of a key',
  description: 'Its values since it was last created, newest first, as far back as the store keeps its history.',
  permission: [{ access: 'read', key: '{key}' }],
  problems: ['not-found'],
  params: keyParams,
  query: object({
    keyEncoding,
    before: Type.Optional(digits('Only values before this revision: `next` of the page before.')),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'The maximum number of values. Default 20.' }),
    ),
  }),
  responses: {
    200: json(
      'The values.',
      object({
        values: Type.Array(keySchema),
        isCompacted: Type.Boolean({ description: 'Earlier history has been compacted.' }),
        next: Type.Optional(digits('`before` of the next page.')),
      }),
    ),
  },
  example: { params: { key: '/services/user/a' } },
  async handler({ caller: { etcd }, signal }, { params, query: { keyEncoding: encoding, before, limit = 20 } }) {
    const key = keyOf(params.key, encoding)
    const values: (ReturnType<typeof keyJson> & ReturnType<typeof valueJson>)[] = []
    let at = before === undefined ? undefined : BigInt(before) - 1n
    while (at === undefined || at > 0n) {
      let kv: Awaited<ReturnType<typeof etcd.kv.get>>
      try {
        kv = await etcd.kv.get(key, { ...(at === undefined ? {} : { revision: at }), signal })
      } catch (error) {
        if (!WaypostError.is(error, 'compacted')) throw error
        return { status: 200, body: { values, isCompacted: true } }
      }
      if (kv === undefined) break
      if (values.length === limit)
        return { status: 200, body: { values, isCompacted: false, next: String(kv.modRevision + 1n) } }
      values.push({ ...keyJson(kv), ...valueJson(kv.bytes, 65_536) })
      at = kv.modRevision - 1n
      if (kv.version === 1n) break
    }
    if (values.length === 0 && before === undefined)
      throw new WaypostError('not-found', `There is no key ${params.key}.`)
    return { status: 200, body: { values, isCompacted: false } }
  },
})
