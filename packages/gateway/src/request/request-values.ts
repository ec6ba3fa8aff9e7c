import { cookieOf } from './cookies.ts'
import type { RequestFacts } from './request-facts.ts'

/** The first value of a header; its name in lower case. */
export function headerOf(request: RequestFacts, name: string): string | undefined {
  const { rawHeaders } = request
  if (rawHeaders !== undefined) {
    const at = findHeader(rawHeaders, name, 0)
    if (at === -1) return undefined
    // Of several, some are one value together.
    if (findHeader(rawHeaders, name, at + 2) === -1) return rawHeaders[at + 1]
  }
  const value = request.headers[name]
  return typeof value === 'object' ? value[0] : value
}

function findHeader(flat: readonly string[], name: string, from: number): number {
  for (let index = from; index < flat.length; index += 2) {
    const present = flat[index] ?? ''
    if (present.length === name.length && present.toLowerCase() === name) return index
  }
  return -1
}

/** The first value of a parameter of the query, decoded. */
export function parameterOf({ search }: RequestFacts, name: string): string | undefined {
  return search === '' ? undefined : (new URLSearchParams(search).get(name) ?? undefined)
}

/** The value of a cookie. */
export function requestCookie(request: RequestFacts, name: string): string | undefined {
  return cookieOf(headerOf(request, 'cookie'), name)
}
