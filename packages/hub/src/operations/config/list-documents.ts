import type { ListedDocument } from '@waypost/config/admin'
import Type, { type Static } from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json, type Sendable } from '../../operation/responses.ts'
import { digits, object, oneOf, timestamp } from '../../operation/schemas.ts'
import { contains, next, pageOf, paging, search } from '../shared/paging.ts'
import { readAll } from './permissions.ts'

/** A document in a list. */
export const listedDocument = object({
  path: Type.String(),
  release: Type.Integer({ description: 'The release that it is at; 0 when none was made of it.' }),
  author: Type.Optional(Type.String({ description: 'Of that release.' })),
  at: Type.Optional(timestamp),
  changedByHand: Type.Boolean({ description: 'Somebody has changed it by hand since its release.' }),
  revision: digits('The revision at which it was last written.'),
  schema: Type.Optional(Type.String({ description: 'The scope of the schema that it must satisfy.' })),
  canaries: Type.Array(Type.String(), { description: 'The names of its canaries.' }),
  draft: Type.Optional(oneOf(['draft', 'submitted', 'approved', 'rejected'], 'The state of its draft.')),
})

export function listedDocumentJson({ revision, ...rest }: ListedDocument): Sendable<Static<typeof listedDocument>> {
  return { ...rest, revision: String(revision) }
}

export const listDocuments = defineOperation({
  id: 'config.list',
  method: 'GET',
  path: '/v1/config/documents',
  tag: 'Configuration',
  summary: 'List documents',
  description:
    'With `folder`: what lies directly in it, folders and documents, a level of the tree. Else all documents that `pattern` ' +
    'matches (`*` is anything within one part of a path, `**` any number of parts).',
  permission: readAll,
  query: object({
    folder: Type.Optional(
      Type.String({
        maxLength: 1_024,
        description: "A folder with a trailing slash, such as `order/`; `''`: the top.",
      }),
    ),
    pattern: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1_024, description: 'Such as `order/**`. Default all.' }),
    ),
    search,
    ...paging,
  }),
  responses: {
    200: json(
      'A page of the list, by path.',
      object({
        folders: Type.Array(
          object({
            path: Type.String({ description: 'With its slash at the end.' }),
            documents: Type.Integer({ description: 'How many documents are below it, at any depth.' }),
          }),
        ),
        documents: Type.Array(listedDocument),
        next,
      }),
    ),
  },
  example: { query: { folder: 'order/' } },
  async handler({ caller: { config }, signal }, { query }) {
    const { folder, pattern = '**', search: wanted, limit = 100, cursor } = query
    if (folder !== undefined) {
      const page = await config.documents.folder(folder, { limit, after: cursor, signal })
      const { folders, documents } = page
      return {
        status: 200,
        body: {
          folders: folders.filter(({ path }) => contains(wanted, path)),
          documents: documents.filter(({ path }) => contains(wanted, path)).map(listedDocumentJson),
          ...(page.next === undefined ? {} : { next: page.next }),
        },
      }
    }
    const paths = (await config.documents.paths(pattern, { signal })).filter((path) => contains(wanted, path))
    const page = pageOf(paths, (path) => path, { limit, cursor })
    const documents = await config.documents.describe(page.items, { signal })
    return {
      status: 200,
      body: {
        folders: [],
        documents: documents.map(listedDocumentJson),
        ...(page.next === undefined ? {} : { next: page.next }),
      },
    }
  },
})
