import type { ConfigObject } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import { empty, json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { type Writer, writeAs } from '../strict/writer.ts'
import { authorship } from './parameters.ts'
import { writeRules } from './permissions.ts'

const scope = Type.String({
  maxLength: 1_024,
  description: "A path, a folder with a trailing slash, or `''` for everything. The most specific one applies.",
})
const scopeQuery = object({ scope })

/** Rules are somebody's to set: a right of its own in the strict mode. */
function govern<T>(
  context: OperationContext,
  subject: string,
  author: string | undefined,
  write: (writer: Writer) => Promise<T>,
): Promise<T> {
  return writeAs(context, { right: 'govern', subjects: [subject], author }, write)
}

export const listSchemas = defineOperation({
  id: 'config.schemas',
  method: 'GET',
  path: '/v1/config/schemas',
  tag: 'Configuration',
  summary: 'List the JSON Schemas of documents',
  permission: [{ access: 'read', prefix: '/waypost/config/schemas/' }],
  responses: { 200: json('The scopes that have one.', object({ scopes: Type.Array(Type.String()) })) },
  example: {},
  handler: async ({ caller: { config }, signal }) => ({
    status: 200,
    body: { scopes: await config.schemas.list({ signal }) },
  }),
})

export const readSchema = defineOperation({
  id: 'config.schema',
  method: 'GET',
  path: '/v1/config/schema',
  tag: 'Configuration',
  summary: 'Read a JSON Schema',
  description: 'Of exactly this scope; with `path` the one that applies to a document.',
  permission: [{ access: 'read', prefix: '/waypost/config/schemas/' }],
  problems: ['not-found', 'invalid-document'],
  query: object({
    scope: Type.Optional(scope),
    path: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024, description: 'A document.' })),
  }),
  responses: {
    200: json('The schema.', object({ scope: Type.String(), schema: Type.Record(Type.String(), Type.Unknown()) })),
  },
  example: { query: { scope: 'order/' } },
  async handler({ caller: { config }, signal }, { query: { scope: wanted = '', path } }) {
    if (path !== undefined) {
      const found = await config.schemas.find(path, { signal })
      if (found === undefined) throw new WaypostError('not-found', `No schema is in force for ${path}.`)
      return { status: 200, body: found }
    }
    const schema = await config.schemas.get(wanted, { signal })
    if (schema === undefined) throw new WaypostError('not-found', `There is no schema of ${wanted || 'everything'}.`)
    return { status: 200, body: { scope: wanted, schema } }
  },
})

export const setSchema = defineOperation({
  id: 'config.setSchema',
  method: 'PUT',
  path: '/v1/config/schema',
  tag: 'Configuration',
  summary: 'Set the JSON Schema of a scope',
  description: 'It is for documents as they are written, before layers are merged.',
  permission: writeRules('schemas'),
  query: scopeQuery,
  body: object({
    schema: Type.Record(Type.String(), Type.Unknown(), {
      description: 'JSON Schema 2020-12, or draft-07 by `$schema`.',
    }),
    ...authorship,
  }),
  responses: { 204: empty('It is in force.') },
  example: { query: { scope: 'order/' }, body: { schema: { type: 'object' } } },
  async handler(context, { query: { scope: subject }, body: { schema, comment, author: given } }) {
    await govern(context, subject, given, ({ config, author, address }) =>
      config.schemas.set(subject, asObject(schema), { author, address, comment, signal: context.signal }),
    )
    return { status: 204 }
  },
})

export const deleteSchema = defineOperation({
  id: 'config.deleteSchema',
  method: 'DELETE',
  path: '/v1/config/schema',
  tag: 'Configuration',
  summary: 'Delete the JSON Schema of a scope',
  permission: writeRules('schemas'),
  query: object({ scope, ...authorship }),
  responses: { 200: json('There is none.', object({ deleted: Type.Boolean() })) },
  example: { query: { scope: 'order/' } },
  async handler(context, { query: { scope: subject, comment, author: given } }) {
    const deleted = await govern(context, subject, given, ({ config, author, address }) =>
      config.schemas.delete(subject, { author, address, comment, signal: context.signal }),
    )
    return { status: 200, body: { deleted } }
  },
})

const policy = {
  approvals: Type.Integer({
    minimum: 0,
    maximum: 100,
    description: 'How many people other than the author must approve; 0: anybody may publish.',
  }),
  approvers: Type.Optional(Type.Array(Type.String(), { description: 'Who may approve. Absent: everybody.' })),
} as const

export const listPolicies = defineOperation({
  id: 'config.policies',
  method: 'GET',
  path: '/v1/config/policies',
  tag: 'Configuration',
  summary: 'List which documents need approval',
  permission: [{ access: 'read', prefix: '/waypost/config/policies/' }],
  problems: ['invalid-document'],
  responses: {
    200: json('The policies, by scope.', object({ policies: Type.Array(object({ scope: Type.String(), ...policy })) })),
  },
  example: {},
  handler: async ({ caller: { config }, signal }) => ({
    status: 200,
    body: { policies: await config.policies.list({ signal }) },
  }),
})

export const setPolicy = defineOperation({
  id: 'config.setPolicy',
  method: 'PUT',
  path: '/v1/config/policy',
  tag: 'Configuration',
  summary: 'Require approval for the documents of a scope',
  permission: writeRules('policies'),
  problems: ['not-found'],
  query: scopeQuery,
  body: object({
    ...policy,
    evenIfUnknown: Type.Optional(
      Type.Boolean({ description: 'Also if the document or the user does not exist. Default false.' }),
    ),
    ...authorship,
  }),
  responses: { 204: empty('It is in force.') },
  example: { query: { scope: 'order/' }, body: { approvals: 1, evenIfUnknown: true } },
  async handler(context, { query: { scope: subject }, body }) {
    const { approvals, approvers, evenIfUnknown, comment } = body
    await govern(context, subject, body.author, ({ config, author, address }) =>
      config.policies.set(
        subject,
        { approvals, approvers },
        { author, address, comment, evenIfUnknown, signal: context.signal },
      ),
    )
    return { status: 204 }
  },
})

export const deletePolicy = defineOperation({
  id: 'config.deletePolicy',
  method: 'DELETE',
  path: '/v1/config/policy',
  tag: 'Configuration',
  summary: 'Delete the policy of a scope',
  permission: writeRules('policies'),
  query: object({ scope, ...authorship }),
  responses: { 200: json('There is none.', object({ deleted: Type.Boolean() })) },
  example: { query: { scope: 'order/' } },
  async handler(context, { query: { scope: subject, comment, author: given } }) {
    const deleted = await govern(context, subject, given, ({ config, author, address }) =>
      config.policies.delete(subject, { author, address, comment, signal: context.signal }),
    )
    return { status: 200, body: { deleted } }
  },
})

/** What came as JSON has JSON's types. */
function asObject(value: Readonly<Record<string, unknown>>): ConfigObject {
  const parsed: ConfigObject = JSON.parse(JSON.stringify(value))
  return parsed
}
