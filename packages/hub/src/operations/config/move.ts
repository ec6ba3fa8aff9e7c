import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { bytes, json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { changeDocuments } from './change-documents.ts'
import { contentFields, contentJson, givenContent } from './document-content.ts'
import { publishing } from './parameters.ts'
import { previewJson, previewSchema, publishedJson, publishedSchema } from './preview-schema.ts'

const folder = Type.Optional(
  Type.String({
    maxLength: 1_024,
    description: 'Only documents whose path starts with this, such as `order/`. Default all.',
  }),
)

export const exportDocuments = defineOperation({
  id: 'config.export',
  method: 'GET',
  path: '/v1/config/export',
  tag: 'Configuration',
  summary: 'Export documents',
  description: 'All as of one revision, as JSON: what `config.import` takes.',
  permission: [{ access: 'read', prefix: '/config/' }],
  timeoutMs: 120_000,
  query: object({ prefix: folder }),
  responses: { 200: bytes('The documents by path.', 'application/json; charset=utf-8') },
  example: {},
  async handler({ caller: { config }, signal }, { query: { prefix = '' } }) {
    const documents = await config.documents.export(prefix, { signal })
    return {
      status: 200,
      headers: { 'content-disposition': 'attachment; filename="documents.json"' },
      body: written(documents),
    }
  },
})

/** One document after the other, so that none of it stands in the way of other requests. */
async function* written(documents: ReadonlyMap<string, Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"documents":{')
  let separator = '\n'
  for (const [path, content] of documents) {
    yield Buffer.from(`${separator}${JSON.stringify(path)}:${JSON.stringify(contentJson(content))}`)
    separator = ',\n'
  }
  yield Buffer.from('\n}}\n')
}

export const importDocuments = defineOperation({
  id: 'config.import',
  method: 'POST',
  path: '/v1/config/import',
  tag: 'Configuration',
  summary: 'Import documents',
  description:
    'Releases what differs, and nothing else. All of it is validated together first. With `dryRun` the answer says what it ' +
    'would do. Up to 42 documents are one transaction; more are several.',
  permission: [
    { access: 'read', prefix: '/config/' },
    { access: 'write', prefix: '/config/' },
    { access: 'read', prefix: '/waypost/config/' },
    { access: 'write', prefix: '/waypost/config/' },
    { access: 'read', prefix: '/waypost/audit/' },
    { access: 'write', prefix: '/waypost/audit/' },
  ],
  problems: ['conflict', 'invalid-document', 'failed-precondition', 'outcome-unknown', 'too-large'],
  bodyLimitBytes: 32 * 1024 * 1024,
  timeoutMs: 300_000,
  body: object({
    documents: Type.Record(Type.String({ minLength: 1, maxLength: 1_024 }), object(contentFields), {
      description: 'By path.',
    }),
    prefix: folder,
    deleteOthers: Type.Optional(
      Type.Boolean({
        description: 'Deletes, by releases, the documents below `prefix` that are not given. Default false.',
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'Writes nothing. Default false.' })),
    ...publishing,
  }),
  responses: {
    200: json(
      'What was released, or would be.',
      object({
        releases: Type.Optional(Type.Array(publishedSchema)),
        unchanged: Type.Optional(Type.Integer({ description: 'How many documents were so already.' })),
        preview: Type.Optional(previewSchema),
      }),
    ),
  },
  example: { body: { documents: { 'order/application.yaml': { content: 'timeout: 30\n' } } } },
  async handler(context, { body }) {
    const { prefix = '', deleteOthers, dryRun = false, author: given, comment, validate, bypassApproval } = body
    const documents = new Map<string, Uint8Array>()
    for (const [path, content] of Object.entries(body.documents)) documents.set(path, bytesOf(givenContent(content)))
    const { signal } = context
    if (dryRun) {
      const options = { prefix, deleteOthers, validate, signal, dryRun: true } as const
      return {
        status: 200,
        body: { preview: previewJson(await context.caller.config.documents.import(documents, options)) },
      }
    }
    // Deleting others is a change of all that lies below the prefix.
    const paths = deleteOthers ? [] : [...documents.keys()]
    const scopes = deleteOthers ? [prefix] : []
    const asked = { paths, scopes, author: given, bypassApproval }
    const { releases, unchanged } = await changeDocuments(context, asked, ({ config, author, address }) =>
      config.documents.import(documents, {
        prefix,
        deleteOthers,
        author,
        address,
        comment,
        validate,
        bypassApproval,
        signal,
      }),
    )
    return { status: 200, body: { releases: releases.map(publishedJson), unchanged } }
  },
})

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}
