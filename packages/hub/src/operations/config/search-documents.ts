import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'

export const searchDocuments = defineOperation({
  id: 'config.search',
  method: 'GET',
  path: '/v1/config/search',
  tag: 'Configuration',
  summary: 'Search documents by their content',
  description:
    'The lines that contain a text. Encrypted values are searched as they are stored. Binary documents are skipped.',
  permission: [{ access: 'read', prefix: '/config/' }],
  query: object({
    text: Type.String({ minLength: 1, maxLength: 500, description: 'The text to search for, within one line.' }),
    pattern: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1_024, description: 'Only in documents that match. Default `**`.' }),
    ),
    ignoreCase: Type.Optional(Type.Boolean({ description: 'Whether case is ignored. Default false.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000, description: 'The maximum number of lines. Default 200.' }),
    ),
  }),
  responses: {
    200: json(
      'What was found, by path and line.',
      object({
        lines: Type.Array(
          object({
            path: Type.String(),
            line: Type.Integer({ description: 'From 1.' }),
            column: Type.Integer({ description: 'Of the first match in the line, from 1.' }),
            text: Type.String({ description: 'The line, cut to 500 characters.' }),
          }),
        ),
        isCut: Type.Boolean({ description: 'There are more than `limit`.' }),
      }),
    ),
  },
  example: { query: { text: 'timeout' } },
  async handler({ caller: { config }, signal }, { query: { text, pattern, ignoreCase, limit = 200 } }) {
    return { status: 200, body: await config.documents.search(text, { pattern, ignoreCase, limit, signal }) }
  },
})
