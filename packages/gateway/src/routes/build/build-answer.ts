import type { AnswerSpec, RedirectSpec } from '../../document/routes-document.ts'
import type { Answer } from '../../request/answer.ts'
import type { PathPattern } from '../match/path-pattern.ts'
import type { AnswerAction } from '../route.ts'
import { lengthOf } from './build-rewrite.ts'
import { compilePlaces } from './places.ts'

/** A fixed answer of the document. */
export function buildAnswer({ status = 200, headers = {}, body = '' }: AnswerSpec): Answer {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    status,
    ...(status >= 400 && { code: 'answered-by-route', detail: '' }),
    headers: { 'content-type': 'text/plain; charset=utf-8', ...Object.fromEntries(given) },
    body,
  }
}

/** A redirect of the document. Throws an `Error` with a sentence for its author. */
export function buildRedirect(spec: RedirectSpec, pattern: PathPattern): AnswerAction {
  const { to, status = 308, keepQuery = true } = spec
  const own = ['scheme', 'host', 'path', ...(pattern.kind === 'prefix' ? ['rest'] : [])]
  const fill = compilePlaces(to, [...own, ...pattern.names])
  const prefixLength = lengthOf(pattern)
  return {
    kind: 'answer',
    answer({ scheme, host, path, search }, params) {
      const filled = fill({ ...params, scheme, host: bracketed(host), path, rest: path.slice(prefixLength) })
      const query = keepQuery ? search : ''
      const location = query !== '' && filled.includes('?') ? `${filled}&${query.slice(1)}` : filled + query
      return { status, headers: { location: sameOrigin(location) } }
    },
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Browsers read a location that begins with two slashes as another host. */
function sameOrigin(location: string): string {
  return location.replace(/^\/{2,}/, '/')
}
