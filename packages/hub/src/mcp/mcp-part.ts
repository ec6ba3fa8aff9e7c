import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { anySignal, WaypostError } from '@waypost/core'
import { sourceAddress } from '../http/exchange.ts'
import { parseJson, readBody } from '../http/json-body.ts'
import { operationList } from '../operations/operation-list.ts'
import type { HubPart } from '../parts/hub-part.ts'
import { mcpServer } from './mcp-server.ts'
import { toolsOf } from './tools.ts'

const maxBodyBytes = 1024 * 1024
const timeoutMs = 30_000

/**
 * Lets assistants use the hub's operations as tools, by the Model Context Protocol: one request, one answer, without a
 * session. Only the header `Authorization` says who asks: a page of another site can send a browser's cookie, but not
 * that.
 */
export const mcpPart: HubPart = {
  name: 'mcp',
  addRoutes(app, hub) {
    const { mcp } = hub.settings
    if (mcp === 'off') return
    const tools = toolsOf(operationList, mcp)
    app.post('/mcp', async (request, reply) => {
      const { authorization } = request.headers
      const caller = await hub.callers.find({ authorization }, sourceAddress(request))
      const parsedBody = parseJson(await readBody(request.raw, maxBodyBytes, hub.clock))
      const ended = new AbortController()
      const onClose = (): void => ended.abort()
      request.raw.socket.once('close', onClose)
      const signal = anySignal([ended.signal, AbortSignal.timeout(timeoutMs)])
      const server = mcpServer(tools, { caller, hub, signal, requestId: request.id })
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
      try {
        await server.connect(transport)
        const asked = new Request('http://hub/mcp', { method: 'POST', headers: headersOf(request.headers) })
        const answer = await transport.handleRequest(asked, { parsedBody })
        const text = await answer.text()
        return await reply.code(answer.status).headers(Object.fromEntries(answer.headers)).send(text)
      } finally {
        request.raw.socket.off('close', onClose)
        await server.close()
      }
    })
    app.route({
      method: ['GET', 'DELETE'],
      url: '/mcp',
      handler: async () => {
        throw new WaypostError('invalid-argument', 'There are no sessions: /mcp accepts POST only.', {
          details: { httpStatus: 405, allow: 'POST' },
        })
      },
    })
  },
}

/** Those that the protocol reads. */
function headersOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Headers {
  const read = new Headers()
  for (const name of ['accept', 'content-type', 'mcp-protocol-version']) {
    const value = headers[name]
    if (typeof value === 'string') read.set(name, value)
  }
  return read
}
