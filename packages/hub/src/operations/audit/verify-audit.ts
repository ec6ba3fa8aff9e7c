import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object, oneOf } from '../../operation/schemas.ts'
import { authorship } from '../config/parameters.ts'
import { writeAs } from '../strict/writer.ts'

const end = object({ sequence: Type.Integer(), hash: Type.String() })

export const verifyAudit = defineOperation({
  id: 'audit.verify',
  method: 'GET',
  path: '/v1/audit/verification',
  tag: 'Audit',
  summary: 'Check that nothing of the audit was deleted or changed',
  description:
    'Each entry carries the hash of the one before. `end`, kept outside of the store and given back as `known`, proves ' +
    'later that nothing up to it was changed.',
  permission: [{ access: 'read', prefix: '/waypost/audit/' }],
  timeoutMs: 120_000,
  query: object({
    known: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,15}:[0-9a-f]{64}$',
        description: 'An `end` of before, as `<sequence>:<hash>`.',
        'x-expected': '`<sequence>:<hash>`',
      }),
    ),
  }),
  responses: {
    200: json(
      'What was found.',
      object({
        chained: Type.Integer({ description: 'Entries in the chain.' }),
        older: Type.Integer({ description: 'Entries that are older than the chain: nothing proves them.' }),
        end: Type.Optional(end),
        pruned: Type.Array(
          object({
            from: Type.Integer(),
            to: Type.Integer(),
            previous: Type.String(),
            hash: Type.String(),
            at: Type.Optional(Type.String()),
            by: Type.Optional(Type.String()),
          }),
        ),
        faults: Type.Array(
          object({
            kind: oneOf(['missing', 'changed', 'extra', 'unchained', 'damaged', 'end', 'known'], 'What is wrong.'),
            key: Type.Optional(Type.String()),
            from: Type.Optional(Type.Integer()),
            to: Type.Optional(Type.Integer()),
            message: Type.String(),
          }),
          { description: 'Empty when everything is intact.' },
        ),
      }),
    ),
  },
  example: {},
  async handler({ caller: { config }, signal }, { query: { known } }) {
    const [sequence, hash] = known?.split(':') ?? []
    const noted = sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash }
    return { status: 200, body: await config.audit.verify({ known: noted, signal, timeoutMs: 110_000 }) }
  },
})

export const pruneAudit = defineOperation({
  id: 'audit.prune',
  method: 'DELETE',
  path: '/v1/audit',
  tag: 'Audit',
  summary: 'Delete old entries of the audit',
  description: 'The rest can still be verified: the chain records what was deleted, when and by whom.',
  permission: [
    { access: 'read', prefix: '/waypost/audit/' },
    { access: 'write', prefix: '/waypost/audit/' },
  ],
  timeoutMs: 120_000,
  query: object({
    olderThanDays: Type.Number({
      minimum: 1,
      maximum: 100_000,
      description: 'The age above which entries are deleted.',
    }),
    author: authorship.author,
  }),
  responses: { 200: json('They are gone.', object({ pruned: Type.Integer() })) },
  example: { query: { olderThanDays: '730' } },
  async handler(context, { query: { olderThanDays, author: given } }) {
    const asked = { right: 'govern', subjects: [''], author: given } as const
    const pruned = await writeAs(context, asked, ({ config, author }) =>
      config.audit.prune(olderThanDays, { author, signal: context.signal, timeoutMs: 110_000 }),
    )
    return { status: 200, body: { pruned } }
  },
})
