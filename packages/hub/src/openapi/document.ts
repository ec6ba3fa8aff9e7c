import { errorCodes, type WaypostErrorCode } from '@waypost/core'
import type { TSchema } from 'typebox'
import { statusOf } from '../http/problem.ts'
import type { Operation, Tag } from '../operation/operation.ts'
import { permissionText } from '../operation/permission.ts'

const tags: readonly { readonly name: Tag; readonly description: string }[] = [
  { name: 'Names', description: 'Services and their instances: register, find, follow, and steer traffic.' },
  { name: 'Configuration', description: 'Documents, releases, drafts, canaries, and what runs where.' },
  { name: 'Coordination', description: 'Locks, elections, queues and schedules.' },
  { name: 'Keys', description: 'The raw keys of the store.' },
  { name: 'Cluster', description: 'The members of the store, and their upkeep.' },
  { name: 'Access', description: 'Users, roles and permissions of the store.' },
  { name: 'Audit', description: 'Who did what.' },
  { name: 'Timeline', description: 'What happened when, and notices of it.' },
  { name: 'Discovery', description: 'Services in the form that other programs read.' },
  { name: 'Gateways', description: 'Gateways that run, their routes and what they carry.' },
  { name: 'Hub', description: 'Logins, and the hub itself.' },
]

/** Every operation may fail like this. */
const commonProblems: readonly WaypostErrorCode[] = ['invalid-argument', 'unavailable', 'deadline-exceeded']

/** The OpenAPI 3.1 document of the operations. */
export function openApiDocument(operations: readonly Operation[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const methods = { ...paths[operation.path], [operation.method.toLowerCase()]: operationObject(operation) }
    paths[operation.path] = methods
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Waypost hub',
      version,
      description: 'Names, configuration, coordination and upkeep of a Waypost store, for every language.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{}, { basic: [] }, { bearer: [] }, { session: [] }],
    tags: tags.filter(({ name }) => operations.some(({ tag }) => tag === name)),
    paths,
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'A user of the store.' },
        bearer: { type: 'http', scheme: 'bearer', description: 'A token from `POST /v1/login`.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'waypost_session',
          description: 'From `POST /v1/login`. Changes need the header `X-CSRF-Token` too.',
        },
      },
      schemas: { Problem: problemSchema },
    },
  }
}

function operationObject(operation: Operation): Record<string, unknown> {
  const { id, tag, summary, description = '', permission, body, example } = operation
  const text = [description, permissionText(permission)].filter((part) => part !== '').join('\n\n')
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: text,
    ...(permission === 'anyone' ? { security: [{}] } : {}),
    parameters: [
      ...parametersOf('path', operation.params, example?.params),
      ...parametersOf('query', operation.query, example?.query),
      ...(operation.live === undefined ? [] : liveHeaders),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: body, ...(example?.body === undefined ? {} : { example: example.body }) },
            },
          },
        }),
    responses: responsesOf(operation),
  }
}

const liveHeaders = [
  {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    schema: { type: 'string' },
    description: 'The `ETag` of the state that the caller has.',
  },
  {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    schema: { type: 'string' },
    description: 'With a stream: the id of the last event, to go on after it.',
  },
]

function parametersOf(
  place: 'path' | 'query',
  schema: Operation['params'],
  example: Readonly<Record<string, string>> | undefined,
): unknown[] {
  if (schema === undefined) return []
  const required: readonly string[] = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties).map(([name, property]: [string, TSchema]) => {
    const { description, ...rest } = { description: undefined, ...property }
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
      ...(example?.[name] === undefined ? {} : { example: example[name] }),
    }
  })
}

function responsesOf(operation: Operation): Record<string, unknown> {
  const responses: Record<string, unknown> = {}
  for (const [status, { description, schema, contentType, download }] of Object.entries(operation.responses)) {
    const content =
      schema !== undefined
        ? { 'application/json': { schema } }
        : contentType === undefined
          ? undefined
          : { [contentType]: { schema: download ?? { type: 'string', format: 'binary' } } }
    const isStream = status === '200' && operation.live !== undefined
    responses[status] = {
      description,
      ...(content === undefined
        ? {}
        : { content: { ...content, ...(isStream ? { 'text/event-stream': { schema: { type: 'string' } } } : {}) } }),
      ...(isStream
        ? { headers: { ETag: { schema: { type: 'string' }, description: 'The revision of the state.' } } }
        : {}),
    }
  }
  responses['431'] = problemResponse('`too-large`: the address and the headers together are larger than 64 KiB.')
  for (const [status, codes] of problemsByStatus(operation)) {
    responses[status] ??= problemResponse(codes.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join('\n\n'))
  }
  return responses
}

function problemResponse(description: string): object {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

function problemsByStatus({ permission, problems = [] }: Operation): Map<string, WaypostErrorCode[]> {
  const login: WaypostErrorCode[] = permission === 'anyone' ? [] : ['unauthenticated', 'permission-denied']
  const byStatus = new Map<string, WaypostErrorCode[]>()
  for (const code of new Set([...problems, ...login, ...commonProblems])) {
    const status = String(statusOf[code])
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return new Map([...byStatus].sort())
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId', 'retryable'],
  properties: {
    type: { type: 'string', description: 'Leads to what the code means.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    requestId: { type: 'string' },
    retryable: { type: 'boolean' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['in', 'pointer', 'detail'],
        properties: {
          in: { type: 'string', enum: ['path', 'query', 'body'] },
          pointer: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
}
