import type { ReadTree } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { bytes, json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { changeDocuments } from './change-documents.ts'
import { contentFields, contentJson, type GivenContent, givenBytes, shownContent } from './document-content.ts'
import { importSource, readImportSource, skippedEntries } from './import-source.ts'
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
  responses: {
    200: bytes(
      'The documents by path.',
      'application/json; charset=utf-8',
      object({ documents: Type.Record(Type.String(), object(shownContent)) }),
    ),
  },
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
    'would do. Up to 42 documents are one transaction; more are several. Either `documents` or `source` is given: with ' +
    '`source` what Nacos, Apollo or Consul has exported is read as `waypost config import --from` does, and the answer ' +
    'says in `skipped` what was left out of it.',
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
    documents: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 1_024 }), object(contentFields), { description: 'By path.' }),
    ),
    source: Type.Optional(importSource),
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
      'What was released, or would be released.',
      object({
        releases: Type.Optional(Type.Array(publishedSchema)),
        unchanged: Type.Optional(Type.Integer({ description: 'How many documents are unchanged.' })),
        preview: Type.Optional(previewSchema),
        skipped: Type.Optional(skippedEntries),
      }),
    ),
  },
  example: { body: { documents: { 'order/application.yaml': { content: 'timeout: 30\n' } } } },
  async handler(context, { body }) {
    const { prefix = '', deleteOthers, dryRun = false, author: given, comment, validate, bypassApproval } = body
    const { documents, skipped } = await readGiven(body)
    // Deleting what could not be read of the source would be a loss.
    const isPartial = skipped?.some(({ harmless }) => harmless !== true) || (skipped && documents.size === 0)
    if (deleteOthers && !dryRun && isPartial) {
      throw new WaypostError(
        'failed-precondition',
        'Part of the source could not be read, or there is nothing in it: nothing is deleted on the strength of that.',
      )
    }
    const { signal } = context
    if (dryRun) {
      const options = { prefix, deleteOthers, validate, signal, dryRun: true } as const
      return {
        status: 200,
        body: { preview: previewJson(await context.caller.config.documents.import(documents, options)), skipped },
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
    return { status: 200, body: { releases: releases.map(publishedJson), unchanged, skipped } }
  },
})

interface Given {
  readonly documents?: Readonly<Record<string, GivenContent>> | undefined
  readonly source?: Parameters<typeof readImportSource>[0] | undefined
}

/** `skipped` is absent when the documents were given as such. */
async function readGiven({ documents, source }: Given): Promise<Partial<ReadTree> & Pick<ReadTree, 'documents'>> {
  if ((documents === undefined) === (source === undefined)) {
    throw new WaypostError('invalid-argument', 'Give either documents or source.')
  }
  if (source !== undefined) return await readImportSource(source)
  const entries = Object.entries(documents ?? {})
  return { documents: new Map(entries.map(([path, content]) => [path, givenBytes(content)])) }
}
