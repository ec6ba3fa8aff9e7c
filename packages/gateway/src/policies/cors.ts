import type { CorsSpec } from '../document/policy-spec.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import { headerOf } from '../request/request-values.ts'
import { goOn } from './decisions.ts'
import type { Policy, PolicyDecision } from './policy.ts'

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Cross-origin requests of browsers. Requests of origins that are not allowed go on without the headers that would let
 * a page read the answer: it is the browser that enforces the rule.
 *
 * Source: https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function corsPolicy(name: string, spec: CorsSpec): Policy {
  const { origins, methods = allMethods, requestHeaders, exposedHeaders = [], credentials = false } = spec
  const takesAll = origins.includes('*')
  if (takesAll && credentials)
    throw new Error('With credentials the origins must be named; * would let every page act for its visitors')
  const exact = new Set(origins.map((origin) => origin.toLowerCase()))
  const wildcards = origins.filter((origin) => origin.includes('://*.')).map(wildcardOf)
  const isAllowed = (origin: string): boolean => takesAll || exact.has(origin) || wildcards.some((fits) => fits(origin))
  const maxAge = String(spec.maxAgeSeconds ?? 600)
  const forOrigin = (origin: string): Record<string, string> => ({
    'access-control-allow-origin': takesAll ? '*' : origin,
    ...(credentials && { 'access-control-allow-credentials': 'true' }),
    ...(!takesAll && { vary: 'Origin' }),
  })
  const exposed: Record<string, string> =
    exposedHeaders.length > 0 ? { 'access-control-expose-headers': exposedHeaders.join(', ') } : {}
  const other: PolicyDecision = takesAll ? goOn : { kind: 'continue', responseHeaders: { vary: 'Origin' } }

  const preflight = (request: RequestFacts, origin: string): PolicyDecision => {
    const wanted = headerOf(request, 'access-control-request-headers')
    const headers = requestHeaders?.join(', ') ?? wanted
    return {
      kind: 'answer',
      answer: {
        status: 204,
        headers: {
          ...forOrigin(origin),
          'access-control-allow-methods': methods.join(', '),
          ...(headers !== undefined && { 'access-control-allow-headers': headers }),
          'access-control-max-age': maxAge,
          vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
        },
      },
    }
  }

  return {
    name,
    kind: 'cors',
    identityHeaders: [],
    check(request) {
      const origin = headerOf(request, 'origin')
      const isPreflight =
        request.method === 'OPTIONS' && headerOf(request, 'access-control-request-method') !== undefined
      if (origin === undefined) return other
      if (!isAllowed(origin.toLowerCase())) return isPreflight ? refusedPreflight : other
      if (isPreflight) return preflight(request, origin)
      return { kind: 'continue', responseHeaders: { ...forOrigin(origin), ...exposed } }
    },
    close() {},
  }
}

/** The browser reads the lack of headers as a refusal. */
const refusedPreflight: PolicyDecision = { kind: 'answer', answer: { status: 204, headers: { vary: 'Origin' } } }

function wildcardOf(origin: string): (origin: string) => boolean {
  const [scheme = '', rest = ''] = origin.toLowerCase().split('*')
  return (given) => given.length > scheme.length + rest.length && given.startsWith(scheme) && given.endsWith(rest)
}
