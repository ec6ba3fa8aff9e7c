import { configKey } from '@waypost/config'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { changeDocuments } from './change-documents.ts'
import { contentFields, givenContent } from './document-content.ts'
import { authorship, expectedRelease, pathParams, publishing } from './parameters.ts'
import { publishDocument as permission, validateDocument } from './permissions.ts'
import { previewJson, previewSchema, publishedJson, publishedSchema } from './preview-schema.ts'

const problems = ['conflict', 'invalid-document', 'failed-precondition', 'too-large', 'permission-denied'] as const
/** A document of 1 MiB, as JSON with escapes. */
const bodyLimitBytes = 8 * 1024 * 1024

export const publishDocument = defineOperation({
  id: 'config.publish',
  method: 'PUT',
  path: '/v1/config/documents/{path}',
  tag: 'Configuration',
  summary: 'Release a document',
  description:
    'Document, release and audit are one transaction. A conflict (409) carries `conflicts`: what is there, what both ' +
    'started from, and a merge. `invalid-document` (422) says whom it would break; `failed-precondition` (412) that a ' +
    'policy asks for approval.',
  permission,
  problems,
  bodyLimitBytes,
  params: pathParams,
  body: object({ ...contentFields, expectedRelease, ...publishing }),
  responses: { 200: json('It is released.', publishedSchema) },
  example: { params: { path: 'order/application.yaml' }, body: { content: 'timeout: 30\n' } },
  async handler(context, { params: { path }, body }) {
    const { content, encoding, expectedRelease: expected, author: given, comment, validate, bypassApproval } = body
    const bytes = givenContent({ content, encoding })
    const asked = { paths: [path], author: given, bypassApproval }
    const published = await changeDocuments(context, asked, ({ config, author, address }) =>
      config.releases.publish(path, bytes, {
        author,
        address,
        comment,
        validate,
        bypassApproval,
        expectedRelease: expected,
        signal: context.signal,
      }),
    )
    return { status: 200, body: publishedJson(published) }
  },
})

export const deleteDocument = defineOperation({
  id: 'config.delete',
  method: 'DELETE',
  path: '/v1/config/documents/{path}',
  tag: 'Configuration',
  summary: 'Delete a document as a release',
  description: 'A rollback restores it.',
  permission,
  problems,
  params: pathParams,
  query: object({ expectedRelease, ...publishing }),
  responses: { 200: json('It is deleted, or did not exist.', publishedSchema) },
  example: { params: { path: 'order/application.yaml' } },
  async handler(context, { params: { path }, query }) {
    const { expectedRelease: expected, author: given, comment, validate, bypassApproval } = query
    const asked = { paths: [path], author: given, bypassApproval }
    const published = await changeDocuments(context, asked, ({ config, author, address }) =>
      config.releases.unpublish(path, {
        author,
        address,
        comment,
        validate,
        bypassApproval,
        expectedRelease: expected,
        signal: context.signal,
      }),
    )
    return { status: 200, body: publishedJson(published) }
  },
})

export const validateDocumentChange = defineOperation({
  id: 'config.validate',
  method: 'POST',
  path: '/v1/config/documents/{path}/validate',
  tag: 'Configuration',
  summary: 'Preview a release',
  description: 'Which processes would change, and which would reject it. Writes nothing.',
  permission: validateDocument,
  problems: ['conflict', 'too-large'],
  bodyLimitBytes,
  params: pathParams,
  body: object({
    content: Type.Optional(contentFields.content),
    encoding: contentFields.encoding,
    delete: Type.Optional(Type.Boolean({ description: 'Instead of content: what deleting it would do.' })),
    expectedRelease,
  }),
  responses: { 200: json('What it would do.', previewSchema) },
  example: { params: { path: 'order/application.yaml' }, body: { content: 'timeout: 30\n' } },
  async handler({ caller: { config }, signal }, { params: { path }, body }) {
    configKey(path)
    const { content = '', encoding, delete: deletes = false, expectedRelease: expected } = body
    const options = { expectedRelease: expected, signal, dryRun: true } as const
    const preview = deletes
      ? await config.releases.unpublish(path, options)
      : await config.releases.publish(path, givenContent({ content, encoding }), options)
    return { status: 200, body: previewJson(preview) }
  },
})

export const rollbackDocument = defineOperation({
  id: 'config.rollback',
  method: 'POST',
  path: '/v1/config/documents/{path}/rollback',
  tag: 'Configuration',
  summary: 'Roll back to an earlier release',
  description: 'A new release with the content of an old one. An earlier release needs no new approval.',
  permission,
  problems: [...problems, 'not-found', 'data-loss'],
  params: pathParams,
  body: object({
    release: Type.Integer({ minimum: 1, description: 'The release to restore.' }),
    expectedRelease,
    validate: publishing.validate,
    ...authorship,
  }),
  responses: { 200: json('It is released.', publishedSchema) },
  example: { params: { path: 'order/application.yaml' }, body: { release: 1 } },
  async handler(
    context,
    { params: { path }, body: { release, expectedRelease: expected, validate, author: given, comment } },
  ) {
    const published = await changeDocuments(context, { paths: [path], author: given }, ({ config, author, address }) =>
      config.releases.rollback(path, release, {
        author,
        address,
        comment,
        validate,
        expectedRelease: expected,
        signal: context.signal,
      }),
    )
    return { status: 200, body: publishedJson(published) }
  },
})

const change = object({
  path: Type.String({ minLength: 1, maxLength: 1_024 }),
  content: Type.Optional(contentFields.content),
  encoding: contentFields.encoding,
  delete: Type.Optional(Type.Boolean({ description: 'Instead of content: deletes it.' })),
  expectedRelease,
})

export const publishAll = defineOperation({
  id: 'config.publishAll',
  method: 'POST',
  path: '/v1/config/releases',
  tag: 'Configuration',
  summary: 'Release several documents in one transaction',
  description: 'All or none. With `dryRun` the answer says what it would do.',
  permission: [
    { access: 'read', prefix: '/config/' },
    { access: 'write', prefix: '/config/' },
    { access: 'read', prefix: '/waypost/config/' },
    { access: 'write', prefix: '/waypost/config/' },
    { access: 'read', prefix: '/waypost/audit/' },
    { access: 'write', prefix: '/waypost/audit/' },
  ],
  problems,
  bodyLimitBytes,
  body: object({
    changes: Type.Array(change, { minItems: 1, maxItems: 42 }),
    dryRun: Type.Optional(Type.Boolean({ description: 'Writes nothing. Default false.' })),
    ...publishing,
  }),
  responses: {
    200: json(
      'What was released, or would be released.',
      object({
        bundle: Type.Optional(Type.String({ description: 'Shared by the releases.' })),
        revision: Type.Optional(digits('The revision at which all were written.')),
        releases: Type.Optional(Type.Array(publishedSchema)),
        preview: Type.Optional(previewSchema),
      }),
    ),
  },
  example: { body: { changes: [{ path: 'order/application.yaml', content: 'timeout: 30\n' }] } },
  async handler(context, { body }) {
    const { dryRun = false, author: given, comment, validate, bypassApproval } = body
    const changes = body.changes.map((each) => {
      const { path, expectedRelease: expected } = each
      if (each.delete === true) return { path, delete: true as const, expectedRelease: expected }
      const { content = '', encoding } = each
      return { path, content: givenContent({ content, encoding }), expectedRelease: expected }
    })
    const { signal } = context
    if (dryRun) {
      const preview = await context.caller.config.releases.publishAll(changes, { validate, signal, dryRun: true })
      return { status: 200, body: { preview: previewJson(preview) } }
    }
    const asked = { paths: changes.map(({ path }) => path), author: given, bypassApproval }
    const { bundle, revision, releases } = await changeDocuments(context, asked, ({ config, author, address }) =>
      config.releases.publishAll(changes, { author, address, comment, validate, bypassApproval, signal }),
    )
    return { status: 200, body: { bundle, revision: String(revision), releases: releases.map(publishedJson) } }
  },
})
