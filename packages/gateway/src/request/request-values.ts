import { cookieOf } from './cookies.ts'
import type { RequestFacts } from './request-facts.ts'

/** The first value of a header; its name in lower case. */
export function headerOf({ headers }: RequestFacts, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value[0] : value
}

/** The first value of a parameter of the query, decoded. */
export function parameterOf({ search }: RequestFacts, name: string): string | undefined {
  return search === '' ? undefined : (new URLSearchParams(search).get(name) ?? undefined)
}

/** The value of a cookie. */
export function requestCookie(request: RequestFacts, name: string): string | undefined {
  return cookieOf(headerOf(request, 'cookie'), name)
}
