import type { TObject } from 'typebox'
import type { OperationInput } from '../operation/input.ts'
import type { Operation } from '../operation/operation.ts'
import type { McpMode } from './mcp-mode.ts'

/** An operation as a tool. */
export interface Tool {
  readonly operation: Operation
  readonly listed: {
    readonly name: string
    readonly title: string
    readonly description: string
    readonly inputSchema: { readonly type: 'object'; readonly [name: string]: unknown }
    readonly annotations: { readonly readOnlyHint: boolean; readonly destructiveHint: boolean }
  }
}

const drafting: ReadonlySet<string> = new Set(['config.saveDraft', 'config.submitDraft'])

/** Parameters by which live reads are waited for and followed: a tool is answered at once. */
const ofWaiting: ReadonlySet<string> = new Set(['wait', 'since', 'watch'])

/** By the names of the tools, which have no dots. */
export function toolsOf(operations: readonly Operation[], mode: McpMode): ReadonlyMap<string, Tool> {
  const tools = operations.filter((operation) => isTool(operation, mode)).map(toolOf)
  return new Map(tools.map((tool) => [tool.listed.name, tool]))
}

function isTool({ id, tag, method, permission, responses }: Operation, mode: McpMode): boolean {
  // Logins and the hub's own health are not for assistants.
  if (tag === 'Hub' || permission === 'anyone') return false
  const isJson = Object.values(responses).every(({ contentType }) => contentType === undefined)
  if (!isJson) return false
  return method === 'GET' || mode === 'write' || (mode === 'draft' && drafting.has(id))
}

function toolOf(operation: Operation): Tool {
  const { id, method, summary, description, params, query, body } = operation
  const properties: Record<string, unknown> = { ...params?.properties, ...withoutWaiting(query) }
  if (body !== undefined) properties.body = body
  const required = [...requiredOf(params), ...requiredOf(query), ...(body === undefined ? [] : ['body'])]
  return {
    operation,
    listed: {
      name: id.replaceAll('.', '_'),
      title: summary,
      description: description === undefined ? `${summary}.` : `${summary}. ${description}`,
      inputSchema: { type: 'object', properties, required, additionalProperties: false },
      annotations: { readOnlyHint: method === 'GET', destructiveHint: method === 'DELETE' },
    },
  }
}

function withoutWaiting(query: TObject | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query?.properties ?? {}).filter(([name]) => !ofWaiting.has(name)))
}

function requiredOf(schema: TObject | undefined): readonly string[] {
  const { required } = { required: [], ...schema }
  return Array.isArray(required) ? required.map(String) : []
}

/** The arguments of a call, as a request would have them: parameters of a path or query are text. */
export function inputOf({ params, query, body }: Operation, given: Readonly<Record<string, unknown>>): OperationInput {
  const inPath: Record<string, string> = {}
  const inQuery: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (name === 'body' && body !== undefined)) continue
    const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : String(value)
    if (params !== undefined && Object.hasOwn(params.properties, name)) inPath[name] = text
    // What neither knows is refused by the check of the query, which names it.
    else if (!(query !== undefined && ofWaiting.has(name))) inQuery[name] = text
  }
  return { params: inPath, query: inQuery, body: body === undefined ? undefined : given.body }
}
