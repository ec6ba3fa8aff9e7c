import type { HttpRequest, HttpResponse, RequestGuard } from '@waypost/rpc/server'
import { etcdVersion } from '../etcd-version.ts'

/** Why the server cannot serve; undefined when it can. */
export type HealthCheck = () => string | undefined

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpHandlerParts {
  /** Stands in front of everything. Default: nobody is kept out. */
  readonly guard?: RequestGuard | undefined
  /** Called with a request that the guard refused. */
  readonly onRefused?: ((request: HttpRequest, reason: string) => void) | undefined
  readonly unhealthy: HealthCheck
  /** Answers what is asked under `/v3/`. */
  readonly gateway?: ((path: string, request: HttpRequest, response: HttpResponse) => Promise<void>) | undefined
  /** The metrics in Prometheus' text format. */
  readonly metrics?: (() => string) | undefined
}

/** Answers plain HTTP requests on the port that serves gRPC. */
export function httpHandler(parts: HttpHandlerParts): (request: HttpRequest, response: HttpResponse) => Promise<void> {
  return async (request, response) => {
    const refusal = parts.guard?.refusalOf(request)
    if (refusal !== undefined) {
      parts.onRefused?.(request, refusal)
      send(request, response, json(403, { error: refusal, message: refusal, code: permissionDenied }))
      return
    }
    if (parts.guard?.shareWith(request, response)) return
    const path = pathOf(request.url ?? '/')
    if (path.startsWith('/v3/') && parts.gateway) return parts.gateway(path, request, response)
    send(request, response, answerTo(request, path, parts))
  }
}

function send(request: HttpRequest, response: HttpResponse, answer: Answer): void {
  response.statusCode = answer.status
  response.setHeader('content-type', answer.contentType)
  response.setHeader('content-length', Buffer.byteLength(answer.body))
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  response.end(request.method === 'HEAD' ? '' : answer.body)
}

function answerTo(request: HttpRequest, path: string, parts: HttpHandlerParts): Answer {
  const route = routes.get(path)
  if (!route) return text(404, '404 page not found\n')
  if (request.method === 'GET' || request.method === 'HEAD') return route(parts)
  return { ...text(405, 'Method Not Allowed\n'), headers: { allow: 'GET, HEAD' } }
}

/** gRPC's code PERMISSION_DENIED, as the JSON gateway reports it. */
const permissionDenied = 7

const routes = new Map<string, (parts: HttpHandlerParts) => Answer>([
  [
    '/health',
    ({ unhealthy }) => {
      const unhealthyReason = unhealthy()
      return unhealthyReason === undefined
        ? json(200, { health: 'true', reason: '' })
        : json(503, { health: 'false', reason: unhealthyReason })
    },
  ],
  ['/livez', () => text(200, 'ok\n')],
  [
    '/readyz',
    ({ unhealthy }) => {
      const unhealthyReason = unhealthy()
      return unhealthyReason === undefined ? text(200, 'ok\n') : text(503, `${unhealthyReason}\n`)
    },
  ],
  [
    '/version',
    () =>
      json(200, {
        etcdserver: etcdVersion.server,
        etcdcluster: etcdVersion.cluster,
        storage: etcdVersion.storage,
      }),
  ],
  ['/metrics', ({ metrics }) => ({ ...text(200, metrics?.() ?? ''), contentType: metricsContentType })],
])

/** Source: Prometheus, "Exposition formats". */
const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/** A client that takes this server for a proxy sends the whole URL: RFC 9112, section 3.2.2. */
const absoluteForm = /^https?:\/\/[^/?]*/i

function pathOf(target: string): string {
  const [path = '/'] = target.replace(absoluteForm, '').split('?', 1)
  return path
}

function json(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}
