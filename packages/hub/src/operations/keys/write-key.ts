import { del, get, modRevision, put } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, object, oneOf } from '../../operation/schemas.ts'
import { keyEncoding, keyOf, keyParams, leaseOf } from './parameters.ts'

const expectedModRevision = Type.Optional(
  digits('Only if this is the revision of its last change; `0`: only if the key does not exist. Absent: always.'),
)

export const putKey = defineOperation({
  id: 'keys.put',
  method: 'PUT',
  path: '/v1/keys/{key}',
  tag: 'Keys',
  summary: 'Write a key',
  description:
    'With the caller’s own rights, below everything that Waypost checks. The history of configuration records a change of ' +
    'a document as made by hand.',
  permission: [
    { access: 'read', key: '{key}' },
    { access: 'write', key: '{key}' },
  ],
  problems: ['conflict', 'lease-not-found'],
  bodyLimitBytes: 4 * 1024 * 1024,
  params: keyParams,
  query: object({ keyEncoding }),
  body: object({
    value: Type.String({ description: 'The text, or the bytes as base64.' }),
    encoding: Type.Optional(oneOf(['utf8', 'base64'], 'Default `utf8`.')),
    expectedModRevision,
    lease: Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{1,16}$',
        description: 'Attaches it to this lease, in hexadecimal.',
        'x-expected': 'a lease in hexadecimal',
      }),
    ),
  }),
  responses: { 200: json('It is written.', object({ revision: digits('The revision of this change.') })) },
  example: { params: { key: '/notes/a' }, body: { value: 'hello' } },
  async handler({ caller: { etcd }, signal }, { params, query, body }) {
    const key = keyOf(params.key, query.keyEncoding)
    const value = body.encoding === 'base64' ? Buffer.from(body.value, 'base64') : body.value
    const write = put(key, value, body.lease === undefined ? {} : { lease: leaseOf(body.lease) })
    const { expectedModRevision: expected } = body
    const conditions = expected === undefined ? [] : [modRevision(key).equals(BigInt(expected))]
    const result = await etcd
      .txn()
      .if(...conditions)
      .do(write)
      .else(get(key))
      .commit({ signal })
    if (!result.succeeded) throw changed(params.key, expected, result.responses[0]?.modRevision)
    return { status: 200, body: { revision: String(result.revision) } }
  },
})

export const deleteKey = defineOperation({
  id: 'keys.delete',
  method: 'DELETE',
  path: '/v1/keys/{key}',
  tag: 'Keys',
  summary: 'Delete a key',
  description: 'Deleting a missing key succeeds, and the answer says so.',
  permission: [
    { access: 'read', key: '{key}' },
    { access: 'write', key: '{key}' },
  ],
  problems: ['conflict'],
  params: keyParams,
  query: object({ keyEncoding, expectedModRevision }),
  responses: {
    200: json(
      'It does not exist any more.',
      object({ revision: digits('The revision of this change.'), deleted: Type.Integer() }),
    ),
  },
  example: { params: { key: '/notes/a' } },
  async handler(
    { caller: { etcd }, signal },
    { params, query: { keyEncoding: encoding, expectedModRevision: expected } },
  ) {
    const key = keyOf(params.key, encoding)
    const conditions = expected === undefined ? [] : [modRevision(key).equals(BigInt(expected))]
    const result = await etcd
      .txn()
      .if(...conditions)
      .do(del(key))
      .else(get(key))
      .commit({ signal })
    if (!result.succeeded) throw changed(params.key, expected, result.responses[0]?.modRevision)
    return { status: 200, body: { revision: String(result.revision), deleted: result.responses[0]?.deleted ?? 0 } }
  },
})

export const deletePrefix = defineOperation({
  id: 'keys.deletePrefix',
  method: 'DELETE',
  path: '/v1/keys',
  tag: 'Keys',
  summary: 'Delete all keys with a prefix',
  permission: [
    { access: 'read', prefix: '{prefix}' },
    { access: 'write', prefix: '{prefix}' },
  ],
  problems: ['failed-precondition'],
  query: object({
    prefix: Type.String({ minLength: 1, maxLength: 8_192 }),
    expectedCount: Type.Integer({
      minimum: 0,
      description:
        'How many keys there are, as `keys.list` counts them: if the number differs now, nothing is deleted.',
    }),
  }),
  responses: {
    200: json(
      'They are deleted.',
      object({ revision: digits('The revision of this change.'), deleted: Type.Integer() }),
    ),
  },
  example: { query: { prefix: '/notes/', expectedCount: '0' } },
  async handler({ caller: { etcd }, signal }, { query: { prefix, expectedCount } }) {
    const count = Number(await etcd.kv.count({ prefix }, { signal }))
    if (count !== expectedCount) {
      throw new WaypostError(
        'failed-precondition',
        `${count} keys start with ${prefix}, not ${expectedCount}: list them again.`,
      )
    }
    const { revision, deleted } = await etcd.kv.delete({ prefix }, { signal })
    return { status: 200, body: { revision: String(revision), deleted } }
  },
})

function changed(key: string, expected: string | undefined, now: bigint | undefined): WaypostError {
  const state = now === undefined ? 'is not there' : `was changed at revision ${now}`
  return new WaypostError('conflict', `${key} ${state}; expected was ${expected ?? 'any'}. Read it again.`, {
    details: { revision: now ?? 0n },
  })
}
