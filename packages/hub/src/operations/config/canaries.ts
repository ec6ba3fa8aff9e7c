import type { Canary } from '@waypost/config/admin'
import Type, { type Static } from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json, type Sendable } from '../../operation/responses.ts'
import { digits, name, object, timestamp } from '../../operation/schemas.ts'
import { followRecomputed } from '../live/recomputed-source.ts'
import { changeDocuments } from './change-documents.ts'
import { contentFields, givenContent } from './document-content.ts'
import { authorship, expectedRelease, pathParams, publishing } from './parameters.ts'
import { promoteCanary as promotePermission, validateDocument, writeCanaries } from './permissions.ts'
import { affectedJson, affectedSchema, publishedJson, publishedSchema } from './preview-schema.ts'

const percent = Type.Number({ minimum: 0, maximum: 100, description: 'Of the live instances; of three, 34 % is one.' })

const rule = object(
  {
    percent: Type.Optional(percent),
    labels: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String()), { description: 'Each label must have one of its values.' }),
    ),
    zones: Type.Optional(Type.Array(Type.String())),
    instances: Type.Optional(Type.Array(Type.String())),
  },
  { description: 'The instances that get it: every given condition must match.' },
)

const limits = object(
  {
    maxRejected: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The most processes that may reject it. Default 0.' }),
    ),
    maxUnhealthy: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'The most health checks that may fail in a row, where a guard makes them.',
      }),
    ),
  },
  { description: 'When a guard aborts it.' },
)

const canarySchema = object({
  name: Type.String(),
  order: Type.Number({ description: 'The lowest comes first; the first that matches an instance wins.' }),
  rule,
  checksum: Type.String(),
  base: Type.Optional(Type.Integer({ description: 'The release that it is based on.' })),
  author: Type.Optional(Type.String()),
  comment: Type.Optional(Type.String()),
  at: timestamp,
  limits: Type.Optional(limits),
  seed: Type.String({ description: 'Chooses the instances; another canary with it chooses the same.' }),
})

function canaryJson({ content: _, ...rest }: Canary): Sendable<Static<typeof canarySchema>> {
  const { zones, instances, labels, percent: share } = rest.rule
  return { ...rest, rule: { percent: share, zones, instances, labels } }
}

const state = {
  canaries: Type.Array(canarySchema, { description: 'In their order.' }),
  progress: Type.Array(
    object({
      name: Type.String(),
      applied: Type.Integer({ description: 'Live processes that have it.' }),
      rejected: Type.Integer(),
      pending: Type.Integer(),
    }),
  ),
  processes: Type.Integer({ description: 'Live processes that use the document.' }),
} as const

export const readCanaries = defineLiveRead({
  id: 'config.canaries',
  path: '/v1/config/documents/{path}/canaries',
  tag: 'Configuration',
  summary: 'Show the canaries of a document and their progress',
  permission: [
    { access: 'read', key: '/config/{path}' },
    { access: 'read', prefix: '/waypost/config/' },
  ],
  params: pathParams,
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: { params: { path: 'order/application.yaml' } },
  async follow({ caller: { etcd, config }, hub, signal }, { params: { path } }) {
    const read = async (inner: AbortSignal): Promise<object> => {
      const [{ canaries }, status] = await Promise.all([
        config.canaries.list(path, { signal: inner }),
        config.consumers.status(path, { signal: inner }),
      ])
      return {
        canaries: canaries.map(canaryJson),
        progress: status.canaries.map(({ name: canary, counts }) => ({ name: canary, ...counts })),
        processes: status.processes.length,
      }
    }
    const ranges = [
      { key: `/waypost/config/canaries/${path}` },
      { prefix: `/waypost/config/applied/${path}/` },
      { prefix: '/waypost/config/consumers/' },
    ]
    return followRecomputed({ etcd, clock: hub.clock, ranges, read }, signal)
  },
})

const proposal = {
  name: name('Unique for the document.'),
  rule,
  ...contentFields,
  order: Type.Optional(Type.Number()),
  limits: Type.Optional(limits),
  seed: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
} as const

export const previewCanary = defineOperation({
  id: 'config.previewCanary',
  method: 'POST',
  path: '/v1/config/documents/{path}/canaries/preview',
  tag: 'Configuration',
  summary: 'Preview a canary',
  description: 'Who would get it, what would change for them, and who would reject it. Writes nothing.',
  permission: validateDocument,
  bodyLimitBytes: 8 * 1024 * 1024,
  params: pathParams,
  body: object(proposal),
  responses: { 200: json('What it would do.', object({ affected: Type.Array(affectedSchema) })) },
  example: {
    params: { path: 'order/application.yaml' },
    body: { name: 'try', rule: { percent: 10 }, content: 'timeout: 30\n' },
  },
  async handler({ caller: { config }, signal }, { params: { path }, body: { content, encoding, ...rest } }) {
    const affected = await config.canaries.preview(path, {
      ...rest,
      content: givenContent({ content, encoding }),
      signal,
    })
    return { status: 200, body: { affected: affected.map(affectedJson) } }
  },
})

export const createCanary = defineOperation({
  id: 'config.createCanary',
  method: 'POST',
  path: '/v1/config/documents/{path}/canaries',
  tag: 'Configuration',
  summary: 'Release a document to some instances first',
  description: 'It is validated, and needs approval, as a release does.',
  permission: writeCanaries,
  problems: ['already-exists', 'not-found', 'invalid-document', 'failed-precondition', 'too-large'],
  bodyLimitBytes: 8 * 1024 * 1024,
  params: pathParams,
  body: object({
    ...proposal,
    evenIfUnknown: Type.Optional(
      Type.Boolean({ description: 'Accept a rule with names that no live process has. Default false.' }),
    ),
    ...publishing,
  }),
  responses: { 201: json('It is in force.', canarySchema) },
  example: {
    params: { path: 'order/application.yaml' },
    body: { name: 'try', rule: { percent: 10 }, content: 'timeout: 30\n', evenIfUnknown: true },
  },
  async handler(context, { params: { path }, body }) {
    const { content, encoding, author: given, ...rest } = body
    const asked = { paths: [path], author: given, bypassApproval: body.bypassApproval }
    const bytes = givenContent({ content, encoding })
    const canary = await changeDocuments(context, asked, ({ config, author, address }) =>
      config.canaries.create(path, { ...rest, content: bytes, author, address, signal: context.signal }),
    )
    return { status: 201, body: canaryJson(canary) }
  },
})

const canaryParams = object({ ...pathParams.properties, canary: name('The name of the canary.') })
const example = { params: { path: 'order/application.yaml', canary: 'try' } } as const

export const raiseCanary = defineOperation({
  id: 'config.raiseCanary',
  method: 'POST',
  path: '/v1/config/documents/{path}/canaries/{canary}/raise',
  tag: 'Configuration',
  summary: 'Raise the percentage of a canary',
  description: 'No instance that has it loses it.',
  permission: writeCanaries,
  problems: ['not-found', 'invalid-document'],
  params: canaryParams,
  body: object({ percent, validate: publishing.validate, ...authorship }),
  responses: { 200: json('The canary as it is now.', canarySchema) },
  example: { ...example, body: { percent: 50 } },
  async handler(context, { params: { path, canary }, body: { percent: share, validate, comment, author: given } }) {
    const raised = await changeDocuments(context, { paths: [path], author: given }, ({ config, author, address }) =>
      config.canaries.raise(path, canary, share, { author, address, comment, validate, signal: context.signal }),
    )
    return { status: 200, body: canaryJson(raised) }
  },
})

export const promoteCanary = defineOperation({
  id: 'config.promoteCanary',
  method: 'POST',
  path: '/v1/config/documents/{path}/canaries/{canary}/promote',
  tag: 'Configuration',
  summary: 'Promote a canary',
  description:
    'Releases the document to everybody and ends the canary, in one transaction. A conflict if something else was released since the canary was created.',
  permission: promotePermission,
  problems: ['not-found', 'conflict', 'invalid-document', 'data-loss'],
  params: canaryParams,
  body: object({ expectedRelease, validate: publishing.validate, ...authorship }),
  responses: { 200: json('It is released.', publishedSchema) },
  example: { ...example, body: {} },
  async handler(
    context,
    { params: { path, canary }, body: { expectedRelease: expected, validate, comment, author: given } },
  ) {
    const published = await changeDocuments(context, { paths: [path], author: given }, ({ config, author, address }) =>
      config.canaries.promote(path, canary, {
        author,
        address,
        comment,
        validate,
        ...(expected === undefined ? {} : { expectedRelease: expected }),
        signal: context.signal,
      }),
    )
    return { status: 200, body: publishedJson(published) }
  },
})

export const abortCanary = defineOperation({
  id: 'config.abortCanary',
  method: 'DELETE',
  path: '/v1/config/documents/{path}/canaries/{canary}',
  tag: 'Configuration',
  summary: 'Abort a canary',
  description: 'Its instances get the released document again.',
  permission: writeCanaries,
  problems: ['not-found'],
  params: canaryParams,
  query: object(authorship),
  responses: { 204: empty('It is gone.') },
  example,
  async handler(context, { params: { path, canary }, query: { comment, author: given } }) {
    await changeDocuments(context, { paths: [path], author: given }, ({ config, author, address }) =>
      config.canaries.abort(path, canary, { author, address, comment, signal: context.signal }),
    )
    return { status: 204 }
  },
})
