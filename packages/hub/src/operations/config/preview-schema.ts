import type { AffectedProcesses, PublishedRelease, PublishPreview } from '@waypost/config/admin'
import Type, { type Static } from 'typebox'
import type { Sendable } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import { diffFields, keyDifference } from './history.ts'

/** What is wrong with a document. */
const problem = object({
  code: Type.String(),
  message: Type.String({ description: 'A sentence with document, line, column and reason.' }),
  path: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  keyPath: Type.Optional(Type.String({ description: 'The key that does not fit the schema.' })),
})

/** Live processes for which a change comes to the same. */
export const affectedSchema = object({
  app: Type.String(),
  profile: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  instances: Type.Array(Type.String()),
  changes: Type.Array(keyDifference, { description: 'What would change for these processes. Secrets are `[secret]`.' }),
  breaks: Type.Array(problem, { description: 'Why they would reject it; empty if they would accept it.' }),
})

export const previewSchema = object({
  documents: Type.Array(
    object({
      path: Type.String(),
      release: Type.Integer({ description: 'The release that it would be.' }),
      unchanged: Type.Boolean({ description: 'No release would be made.' }),
      ...diffFields,
    }),
  ),
  problems: Type.Array(problem, { description: 'Why it would be refused, apart from live processes.' }),
  affected: Type.Array(affectedSchema, { description: 'Which processes would change, and which would reject it.' }),
  needsApproval: Type.Boolean({ description: 'A policy requires an approval first.' }),
})

export function previewJson(preview: PublishPreview): Sendable<Static<typeof previewSchema>> {
  const { documents, problems, affected, needsApproval } = preview
  return {
    documents: documents.map((document) => ({ ...document })),
    problems,
    affected: affected.map(affectedJson),
    needsApproval,
  }
}

export function affectedJson(affected: AffectedProcesses): Sendable<Static<typeof affectedSchema>> {
  return { ...affected }
}

export const publishedSchema = object({
  path: Type.String(),
  release: Type.Integer(),
  revision: digits('The revision at which the document was written.'),
  checksum: Type.Optional(Type.String({ description: 'Absent when the document was deleted.' })),
  unchanged: Type.Boolean({ description: 'The document is unchanged: no release was made.' }),
})

export function publishedJson({ revision, ...rest }: PublishedRelease): Sendable<Static<typeof publishedSchema>> {
  return { ...rest, revision: String(revision) }
}
