import type { Draft } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import { empty, json, type Sendable } from '../../operation/responses.ts'
import { digits, object, oneOf, timestamp } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'
import { changeDocuments } from './change-documents.ts'
import { contentFields, contentJson, givenContent, shownContent } from './document-content.ts'
import { authorship, pathParams, publishing } from './parameters.ts'
import { publishDraft as publishPermission, writeDraft } from './permissions.ts'
import { publishedJson, publishedSchema } from './preview-schema.ts'

const draft = {
  path: Type.String(),
  base: Type.Integer({ description: 'The release that it is a change of; 0 when there was none.' }),
  author: Type.String(),
  comment: Type.Optional(Type.String()),
  at: timestamp,
  state: oneOf(['draft', 'submitted', 'approved'], 'Its state.'),
  approvals: Type.Array(object({ by: Type.String(), at: timestamp, comment: Type.Optional(Type.String()) })),
  deletes: Type.Boolean({ description: 'It proposes to delete the document.' }),
  revision: digits('The revision of its last change.'),
} as const

const draftSchema = object({ ...draft, ...shownContent })
const listedSchema = object(draft)

function listedJson({
  bytes,
  revision,
  content: _,
  ...rest
}: Draft & { readonly content?: unknown }): Sendable<Static<typeof listedSchema>> {
  return { ...rest, deletes: bytes === undefined, revision: String(revision) }
}

function draftJson(found: Draft): Sendable<Static<typeof draftSchema>> {
  return { ...listedJson(found), ...contentJson(found.bytes) }
}

export const listDrafts = defineOperation({
  id: 'config.drafts',
  method: 'GET',
  path: '/v1/config/drafts',
  tag: 'Configuration',
  summary: 'List drafts',
  permission: [{ access: 'read', prefix: '/waypost/config/drafts/' }],
  query: object({
    state: Type.Optional(oneOf(['draft', 'submitted', 'approved'], 'Only those.')),
    search,
    ...paging,
  }),
  responses: {
    200: json(
      'A page of drafts, by path.',
      object({
        drafts: Type.Array(listedSchema),
        damaged: Type.Array(object({ key: Type.String(), reason: Type.String() })),
        next,
      }),
    ),
  },
  example: {},
  async handler({ caller: { config }, signal }, { query }) {
    const { drafts, damaged } = await config.drafts.list({ signal })
    const matching = drafts.filter(
      ({ path, state, author }) =>
        (query.state === undefined || state === query.state) && contains(query.search, path, author),
    )
    const page = pageOf(matching, ({ path }) => path, query)
    return { status: 200, body: { drafts: page.items.map(listedJson), damaged, next: page.next } }
  },
})

export const readDraft = defineOperation({
  id: 'config.draft',
  method: 'GET',
  path: '/v1/config/documents/{path}/draft',
  tag: 'Configuration',
  summary: 'Read the draft of a document',
  permission: [{ access: 'read', key: '/waypost/config/drafts/{path}' }],
  problems: ['not-found', 'data-loss'],
  params: pathParams,
  responses: { 200: json('The draft.', draftSchema) },
  example: { params: { path: 'order/application.yaml' } },
  async handler({ caller: { config }, signal }, { params: { path } }) {
    const found = await config.drafts.get(path, { signal })
    if (found === undefined) throw new WaypostError('not-found', `${path} has no draft.`)
    return { status: 200, body: draftJson(found) }
  },
})

const expectedRevision = Type.Optional(
  digits(
    'The revision of the draft that was read: a conflict if it has changed since. Required to take over a draft of somebody else.',
  ),
)

export const saveDraft = defineOperation({
  id: 'config.saveDraft',
  method: 'PUT',
  path: '/v1/config/documents/{path}/draft',
  tag: 'Configuration',
  summary: 'Save a draft',
  description: 'It does not have to parse yet. A submitted or approved draft becomes a draft again.',
  permission: writeDraft,
  problems: ['conflict', 'too-large'],
  bodyLimitBytes: 8 * 1024 * 1024,
  params: pathParams,
  body: object({
    content: Type.Optional(contentFields.content),
    encoding: contentFields.encoding,
    delete: Type.Optional(Type.Boolean({ description: 'Instead of content: proposes to delete the document.' })),
    base: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The release that it is based on. Default the present one.' }),
    ),
    revision: expectedRevision,
    ...authorship,
  }),
  responses: { 200: json('It is saved.', draftSchema) },
  example: { params: { path: 'order/application.yaml' }, body: { content: 'timeout: 30\n', author: 'mei' } },
  async handler(context, { params: { path }, body }) {
    const { content = '', encoding, delete: deletes = false, base, revision, comment } = body
    const given = deletes ? undefined : givenContent({ content, encoding })
    const saved = await changeDocuments(
      context,
      { paths: [path], author: body.author },
      ({ config, author, address }) =>
        config.drafts.save(path, given, {
          ...signedBy(author, address),
          base,
          comment,
          ...at(revision),
          signal: context.signal,
        }),
    )
    return { status: 200, body: draftJson(saved) }
  },
})

const stepBody = object({ revision: expectedRevision, ...authorship })

/** Submitting, approving and rejecting are one kind of operation: they change the state of a draft. */
function draftStep(verb: 'submit' | 'approve' | 'reject', summary: string, description: string) {
  return defineOperation({
    id: `config.${verb}Draft`,
    method: 'POST',
    path: `/v1/config/documents/{path}/draft/${verb}`,
    tag: 'Configuration',
    summary,
    description,
    permission: writeDraft,
    problems: ['not-found', 'conflict', 'failed-precondition', 'permission-denied', 'invalid-document'],
    params: pathParams,
    body: stepBody,
    responses: { 200: json('The draft as it is now.', draftSchema) },
    example: { params: { path: 'order/application.yaml' }, body: { author: 'mei' } },
    async handler(context: OperationContext, { params: { path }, body: { revision, comment, author: given } }) {
      const right = verb === 'submit' ? 'publish' : 'approve'
      const changed = await changeDocuments(
        context,
        { right, paths: [path], author: given },
        ({ config, author, address }) =>
          config.drafts[verb](path, { ...signedBy(author, address), comment, ...at(revision), signal: context.signal }),
      )
      return { status: 200, body: draftJson(changed) }
    },
  })
}

export const submitDraft = draftStep(
  'submit',
  'Submit a draft for approval',
  'It must parse and fit the stored schema.',
)

export const approveDraft = draftStep(
  'approve',
  'Approve a draft',
  'Of somebody else. With the number of approvals that its policy requires, at least one, it is approved.',
)

export const rejectDraft = draftStep(
  'reject',
  'Return a draft to its author',
  'The comment is the reason; the audit records it.',
)

export const publishDraft = defineOperation({
  id: 'config.publishDraft',
  method: 'POST',
  path: '/v1/config/documents/{path}/draft/publish',
  tag: 'Configuration',
  summary: 'Release a draft',
  description: 'And delete it, in one transaction. Fails with `failed-precondition` while it lacks approvals.',
  permission: publishPermission,
  problems: ['not-found', 'conflict', 'failed-precondition', 'invalid-document'],
  params: pathParams,
  body: object({ revision: expectedRevision, ...publishing }),
  responses: { 200: json('It is released.', publishedSchema) },
  example: { params: { path: 'order/application.yaml' }, body: { author: 'mei' } },
  async handler(context, { params: { path }, body }) {
    const { revision, author: given, comment, validate, bypassApproval } = body
    const asked = { paths: [path], author: given, bypassApproval }
    const published = await changeDocuments(context, asked, ({ config, author, address }) =>
      config.drafts.publish(path, {
        author,
        address,
        comment,
        validate,
        bypassApproval,
        ...at(revision),
        signal: context.signal,
      }),
    )
    return { status: 200, body: publishedJson(published) }
  },
})

export const discardDraft = defineOperation({
  id: 'config.discardDraft',
  method: 'DELETE',
  path: '/v1/config/documents/{path}/draft',
  tag: 'Configuration',
  summary: 'Discard a draft',
  permission: writeDraft,
  problems: ['not-found', 'conflict'],
  params: pathParams,
  query: object({ revision: expectedRevision, ...authorship }),
  responses: { 204: empty('It is gone.') },
  example: { params: { path: 'order/application.yaml' }, query: { author: 'mei' } },
  async handler(context, { params: { path }, query: { revision, comment, author: given } }) {
    await changeDocuments(context, { paths: [path], author: given }, ({ config, author, address }) =>
      config.drafts.discard(path, { ...signedBy(author, address), comment, ...at(revision), signal: context.signal }),
    )
    return { status: 204 }
  },
})

/** Drafts are somebody's: where nobody logs in, the request says whose. */
function signedBy(author: string | undefined, address: string): { readonly author: string; readonly address: string } {
  if (author !== undefined) return { author, address }
  throw new WaypostError('invalid-argument', '`author` is required, because authentication is off in this store.')
}

function at(revision: string | undefined): { readonly revision?: bigint } {
  return revision === undefined ? {} : { revision: BigInt(revision) }
}
