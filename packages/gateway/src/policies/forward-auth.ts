import { messageOf } from '@waypost/core'
import type { ForwardAuthSpec } from '../document/policy-spec.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import { unavailable } from './decisions.ts'
import { fetchWithin, firstBytes } from './fetch-within.ts'
import { headerText } from './header-text.ts'
import type { Policy, PolicyContext, PolicyDecision } from './policy.ts'
import type { PolicyParts } from './policy-parts.ts'

/** A larger refusal is cut off. */
const maxBodyBytes = 64 * 1024

/** What of a refusal is given to the client. */
const relayed = ['content-type', 'location', 'www-authenticate', 'set-cookie', 'cache-control', 'retry-after']

const defaultRequestHeaders = ['authorization', 'cookie']

/** Asks another program whether a request may go on. */
export function forwardAuthPolicy(name: string, spec: ForwardAuthSpec, parts: PolicyParts): Policy {
  const { url, timeoutMs = 5_000 } = spec
  const sent = (spec.requestHeaders ?? defaultRequestHeaders).map((header) => header.toLowerCase())
  const identityHeaders = (spec.identityHeaders ?? []).map((header) => header.toLowerCase())
  const closing = new AbortController()

  const ask = async (request: RequestFacts, context: PolicyContext): Promise<PolicyDecision> => {
    try {
      const init: RequestInit = { headers: headersFor(request, sent), redirect: 'manual' }
      const limits = { timeoutMs, signals: [context.signal, closing.signal] }
      return await fetchWithin(parts, url, init, limits, async (response) => {
        if (!response.ok) return refusal(response)
        await response.body?.cancel()
        return allowed(name, response, identityHeaders)
      })
    } catch (error) {
      parts.onNotice(`The policy ${name} got no answer from ${new URL(url).origin}: ${messageOf(error)}`)
      return unavailable('auth-unavailable', 'The authorization service does not answer.')
    }
  }

  return { name, kind: 'forwardAuth', identityHeaders, check: ask, close: () => closing.abort() }
}

function headersFor(request: RequestFacts, names: readonly string[]): Headers {
  const headers = new Headers()
  for (const name of names) {
    const value = request.headers[name]
    if (value !== undefined) headers.set(name, typeof value === 'string' ? value : value.join(', '))
  }
  headers.set('x-forwarded-method', request.method)
  headers.set('x-forwarded-proto', request.scheme)
  headers.set('x-forwarded-host', request.host)
  headers.set('x-forwarded-uri', request.path + request.search)
  headers.set('x-forwarded-for', request.clientAddress)
  return headers
}

function allowed(name: string, response: Response, identityHeaders: readonly string[]): PolicyDecision {
  const requestHeaders: Record<string, string> = {}
  for (const header of identityHeaders) {
    const value = response.headers.get(header)
    if (value !== null) requestHeaders[header] = headerText(value)
  }
  const [subject = ''] = Object.values(requestHeaders)
  return {
    kind: 'continue',
    requestHeaders,
    identity: { subject, policy: name, scopes: [], claims: requestHeaders },
  }
}

async function refusal(response: Response): Promise<PolicyDecision> {
  const headers: Record<string, string | readonly string[]> = {}
  for (const header of relayed) {
    const value = header === 'set-cookie' ? response.headers.getSetCookie() : response.headers.get(header)
    if (value !== null && value.length > 0) headers[header] = value
  }
  const body = await firstBytes(response, maxBodyBytes)
  const { status } = response
  return { kind: 'answer', answer: { status, code: 'auth-refused', detail: 'The request was refused.', headers, body } }
}
