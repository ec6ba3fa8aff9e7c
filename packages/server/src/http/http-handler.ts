import type { IncomingMessage, ServerResponse } from 'node:http'
import { etcdVersion } from '../rpc/etcd-version.ts'

/** Why the server cannot serve; undefined when it can. */
export type HealthCheck = () => string | undefined

interface Answer {
  readonly status: number
  readonly contentType: 'application/json' | 'text/plain; charset=utf-8'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers plain HTTP requests on the port that serves gRPC. */
export function httpHandler(unhealthy: HealthCheck): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const answer = answerTo(request, unhealthy)
    response.writeHead(answer.status, {
      'content-type': answer.contentType,
      'content-length': Buffer.byteLength(answer.body),
      ...answer.headers,
    })
    response.end(request.method === 'HEAD' ? undefined : answer.body)
  }
}

function answerTo(request: IncomingMessage, unhealthy: HealthCheck): Answer {
  const route = routes.get(pathOf(request.url ?? '/'))
  if (!route) return json(404, { error: 'not found', message: 'not found', code: notFound })
  if (request.method === 'GET' || request.method === 'HEAD') return route(unhealthy())
  return { ...text(405, 'Method Not Allowed\n'), headers: { allow: 'GET, HEAD' } }
}

/** gRPC's code NOT_FOUND, as the JSON gateway reports it. */
const notFound = 5

const routes = new Map<string, (illness: string | undefined) => Answer>([
  [
    '/health',
    (illness) =>
      illness === undefined
        ? json(200, { health: 'true', reason: '' })
        : json(503, { health: 'false', reason: illness }),
  ],
  ['/livez', () => text(200, 'ok\n')],
  ['/readyz', (illness) => (illness === undefined ? text(200, 'ok\n') : text(503, `${illness}\n`))],
  ['/version', () => json(200, { etcdserver: etcdVersion.server, etcdcluster: etcdVersion.cluster })],
])

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

function json(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}
