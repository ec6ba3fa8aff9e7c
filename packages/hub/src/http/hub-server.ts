import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { WaypostError } from '@waypost/core'
import { nearestName } from '@waypost/core/options'
import { RequestGuard } from '@waypost/rpc/server'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { HubServices } from '../hub-services.ts'
import type { Operation } from '../operation/operation.ts'
import { answerOperation } from './answer-operation.ts'
import { sendProblem, sourceAddress } from './exchange.ts'
import { HubMetrics } from './hub-metrics.ts'
import { problemOf } from './problem.ts'
import { traceIdOf } from './trace-context.ts'

export interface HubServerParts {
  readonly hub: HubServices
  readonly operations: readonly Operation[]
}

/** A path as Fastify writes it: `{name}` is `:name`, and a colon of its own is two. */
export function routePath(path: string): string {
  return path.replaceAll(':', '::').replace(/\{(\w+)\}/g, ':$1')
}

/** The HTTP server without a port: requests are handed to what `requestHandler` returns. */
export function hubServer({ hub, operations }: HubServerParts): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = hub.logger
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    // What is too long is refused by the operations, which say so.
    routerOptions: { maxParamLength: 16_384, ignoreTrailingSlash: false, caseSensitive: true },
    frameworkErrors: (error, request, reply) => {
      const message = error.code === 'FST_ERR_BAD_URL' ? 'The path is not a valid URL path.' : error.message
      sendProblem(reply, problemOf(new WaypostError('invalid-argument', message), request.id))
    },
  })
  // Bodies are read by the operations, which know their limits.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  const parts = { hub, metrics: new HubMetrics(hub.metrics) }
  app.addHook('onResponse', (request, reply, done) => {
    const operation = operationOf(request.routeOptions.config)
    const isEvents = String(reply.getHeader('content-type')).startsWith('text/event-stream')
    if (!isEvents) parts.metrics.answered(operation, reply.statusCode, reply.elapsedTime / 1_000)
    logRequest(hub, request, reply, operation)
    done()
  })
  const guard = new RequestGuard({
    isPrivate: () => hub.settings.isLoopback,
    allowedHosts: hub.settings.allowedHosts,
    allowedOrigins: hub.settings.allowedOrigins,
  })
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    const refusal = guard.refusalOf(request.raw)
    if (refusal !== undefined) {
      const error = new WaypostError('permission-denied', refusal, { details: { reason: 'foreign-host-or-origin' } })
      sendProblem(reply, problemOf(error, request.id))
    } else if (!guard.shareWith(request.raw, reply.raw)) done()
    else reply.hijack()
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id)
    if (problem.status >= 500) request.log.error({ err: error, url: request.url }, problem.detail)
    sendProblem(reply, problem)
  })
  for (const operation of operations) {
    app.route({
      method: operation.method,
      url: routePath(operation.path),
      config: { operation: operation.id },
      handler: async (request, reply) => {
        await answerOperation(operation, parts, request, reply)
        return reply
      },
    })
  }
  const methods = methodsByPath(operations)
  for (const [path, allowed] of methods) {
    const others = (['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] as const).filter((method) => !allowed.includes(method))
    app.route({
      method: others,
      url: path,
      handler: async (request) => {
        const allow = allowed.join(', ')
        throw new WaypostError(
          'invalid-argument',
          `${request.url.split('?')[0]} takes ${allow}, not ${request.method}.`,
          {
            details: { httpStatus: 405, allow },
          },
        )
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const nearest = nearestName(
      path,
      operations.map((operation) => operation.path),
    )
    const hint = nearest === undefined ? ' GET /docs shows what there is.' : ` Did you mean ${nearest}?`
    const error = new WaypostError('not-found', `There is nothing at ${path.slice(0, 200)}.${hint}`)
    sendProblem(reply, problemOf(error, request.id))
  })
  return app
}

/** Reads are only of interest when something is looked for; changes and failures always are. */
function logRequest(hub: HubServices, request: FastifyRequest, reply: FastifyReply, operation: string): void {
  const { method } = request
  const level = reply.statusCode >= 500 ? 'warn' : method === 'GET' ? 'debug' : 'info'
  if (!hub.logger.isLevelEnabled(level)) return
  const traceId = traceIdOf(request.headers.traceparent)
  const facts = { operation, status: reply.statusCode, ms: Math.round(reply.elapsedTime), from: sourceAddress(request) }
  request.log[level]({ ...facts, ...(traceId === undefined ? {} : { traceId }) }, `${method} ${pathOf(request)}`)
}

/** Without the query, which may hold what is nobody's business. */
function pathOf({ url }: FastifyRequest): string {
  return url.split('?')[0] ?? ''
}

function operationOf(config: object): string {
  return 'operation' in config && typeof config.operation === 'string' ? config.operation : 'none'
}

/** What hands requests to the server, once `ready()` has resolved. */
export function requestHandler(app: FastifyInstance): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => app.routing(request, response)
}

function methodsByPath(operations: readonly Operation[]): Map<string, string[]> {
  const methods = new Map<string, string[]>()
  for (const { path, method } of operations) {
    const route = routePath(path)
    const known = methods.get(route) ?? []
    known.push(method)
    methods.set(route, known)
  }
  return methods
}

/** The caller's own id, when it is one; else a new one. */
function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID()
}
