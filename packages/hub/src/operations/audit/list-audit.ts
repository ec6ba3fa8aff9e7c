import type { AuditEntry } from '@waypost/config/admin'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json, type Sendable } from '../../operation/responses.ts'
import { digits, object, timestamp } from '../../operation/schemas.ts'
import { contains, search } from '../shared/paging.ts'

const entrySchema = object({
  at: timestamp,
  author: Type.Optional(Type.String()),
  address: Type.Optional(Type.String({ description: 'The network address that it was asked from.' })),
  process: Type.Optional(Type.String({ description: 'The process that wrote it.' })),
  action: Type.String({ description: '`publish`, `draft.approve`, `canary.create`, `service.drain`, …' }),
  detail: Type.Optional(Type.String()),
  paths: Type.Array(Type.String(), { description: 'The documents that it is about.' }),
  instances: Type.Array(Type.String(), { description: 'The instances that it is about, as `<service>/<id>`.' }),
  comment: Type.Optional(Type.String()),
  sequence: Type.Optional(
    Type.Integer({ description: 'Its place in the chain; absent when it was written beside it.' }),
  ),
  revision: digits('The revision of what was done, which orders the entries.'),
})

function entryJson({ previous: _, revision, ...rest }: AuditEntry): Sendable<Static<typeof entrySchema>> {
  return { ...rest, revision: String(revision) }
}

const batchSize = 500
/** The most entries that are looked at for one page. */
const maxLooked = 20_000

export const listAudit = defineOperation({
  id: 'audit.list',
  method: 'GET',
  path: '/v1/audit',
  tag: 'Audit',
  summary: 'Show who did what',
  description:
    'The newest first. A page may have fewer entries than asked for although `next` says that there are more.',
  permission: [{ access: 'read', prefix: '/waypost/audit/' }],
  query: object({
    path: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1_024, description: 'Only entries about this document.' }),
    ),
    instance: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 511,
        description: 'Only entries about this instance, `<service>/<id>`, or all of a service, `<service>/`.',
      }),
    ),
    author: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Only entries of this user.' })),
    action: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'Only this action; `draft.`: all that begin with it.' }),
    ),
    after: Type.Optional(
      Type.String({ minLength: 1, maxLength: 40, description: 'Only entries at this time or later, ISO 8601.' }),
    ),
    search,
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000, description: 'The maximum number of entries. Default 100.' }),
    ),
    before: Type.Optional(digits('Only entries before this revision: `next` of the page before.')),
  }),
  responses: {
    200: json(
      'A page of the audit.',
      object({
        entries: Type.Array(entrySchema),
        damaged: Type.Array(object({ key: Type.String(), reason: Type.String() })),
        next: Type.Optional(digits('`before` of the next page. Absent on the last.')),
      }),
    ),
  },
  example: { query: { limit: '10' } },
  async handler({ caller: { config }, signal }, { query }) {
    const { path, instance, author, action, after, search: wanted, limit = 100 } = query
    const fits = (entry: AuditEntry): boolean =>
      (author === undefined || entry.author === author) &&
      (action === undefined || entry.action === action || (action.endsWith('.') && entry.action.startsWith(action))) &&
      (after === undefined || entry.at >= after) &&
      contains(wanted, entry.author, entry.action, entry.detail, entry.comment, ...entry.paths, ...entry.instances)
    const found: AuditEntry[] = []
    const damaged: { key: string; reason: string }[] = []
    let before = query.before === undefined ? undefined : BigInt(query.before)
    for (let looked = 0; looked < maxLooked; looked += batchSize) {
      const page = await config.audit.list({ path, instance, before, limit: batchSize, signal })
      damaged.push(...page.damaged)
      for (const entry of page.entries.filter(fits)) {
        const last = found.at(-1)
        if (found.length === limit && last !== undefined) {
          return { status: 200, body: { entries: found.map(entryJson), damaged, next: String(last.revision) } }
        }
        found.push(entry)
      }
      before = page.next
      if (before === undefined) return { status: 200, body: { entries: found.map(entryJson), damaged } }
    }
    return {
      status: 200,
      body: { entries: found.map(entryJson), damaged, next: before === undefined ? undefined : String(before) },
    }
  },
})
