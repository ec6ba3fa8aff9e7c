import type { RequestFacts } from '../../request/request-facts.ts'
import { headerOf } from '../../request/request-values.ts'
import type { Route } from '../route.ts'
import type { PathPattern } from './path-pattern.ts'
import type { ValueTest } from './value-rule.ts'

/** What a route asks of a header or a parameter. */
export interface Condition {
  readonly name: string
  readonly test: ValueTest
  /** In words. */
  readonly text: string
}

/** Which requests a route takes. */
export interface RouteConditions {
  readonly priority: number
  readonly path: PathPattern
  /** `undefined`: all. */
  readonly methods: ReadonlySet<string> | undefined
  readonly headers: readonly Condition[]
  readonly query: readonly Condition[]
}

/** A route for one of its hosts. */
export interface Entry {
  readonly route: Route
  readonly conditions: RouteConditions
  /** `''`: every host; `*.example.com`: all below. */
  readonly host: string
  /** Its place among all entries of the table: the lowest that takes a request is the one. */
  rank: number
}

/** Whether the route takes the request, as far as method, headers and query go. */
export function takes({ methods, headers, query }: RouteConditions, request: RequestFacts, method: string): boolean {
  if (methods !== undefined && !methods.has(method)) return false
  for (const { name, test } of headers) if (!test(headerOf(request, name))) return false
  if (query.length === 0) return true
  const parameters = new URLSearchParams(request.search)
  return query.every(({ name, test }) => test(parameters.get(name) ?? undefined))
}
