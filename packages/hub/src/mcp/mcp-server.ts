import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, type CallToolResult, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { problemOf, problemText } from '../http/problem.ts'
import type { OperationContext } from '../operation/operation-context.ts'
import { packageVersion } from '../version.ts'
import { inputOf, type Tool } from './tools.ts'

/** An assistant's memory is bounded. */
const maxResultLength = 200_000

/** Answers one request, with the rights of its caller. */
export function mcpServer(tools: ReadonlyMap<string, Tool>, context: OperationContext): Server {
  const server = new Server(
    { name: 'waypost', version: packageVersion() },
    {
      capabilities: { tools: {} },
      instructions:
        'Waypost is a configuration centre and service registry. Everything runs with the rights of the user whose login is used. Revisions are strings of digits.',
    },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...tools.values()].map(({ listed }) => listed) }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }): Promise<CallToolResult> => {
    const tool = tools.get(params.name)
    if (tool === undefined) return failure(`There is no tool ${params.name}.`)
    try {
      const { body } = await tool.operation.run(context, inputOf(tool.operation, params.arguments ?? {}))
      return { content: [{ type: 'text', text: shown(body) }] }
    } catch (error) {
      return failure(problemText(problemOf(error, context.requestId)))
    }
  })
  return server
}

function failure(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] }
}

function shown(body: unknown): string {
  if (body === undefined) return 'Done.'
  const text = JSON.stringify(body)
  if (text.length <= maxResultLength) return text
  return `${text.slice(0, maxResultLength)}… cut off here. Ask for less: with a filter or a smaller limit.`
}
