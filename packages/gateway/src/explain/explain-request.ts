import type { Answer } from '../request/answer.ts'
import { readHost } from '../request/host.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import { readRequestTarget } from '../request/request-target.ts'
import { headerOf, parameterOf } from '../request/request-values.ts'
import type { CompiledTable } from '../routes/compiled-table.ts'
import type { Entry } from '../routes/match/entry.ts'
import { fitsPath } from '../routes/match/fits-path.ts'
import { paramsOf } from '../routes/match/path-pattern.ts'
import { fitsHost } from '../routes/match/route-index.ts'
import type { ChosenTarget, Route, RouteParams } from '../routes/route.ts'

/** A request that somebody asks about. */
export interface AskedRequest {
  /** In any case. */
  readonly method: string
  /** `https://shop.example.com/api/x?y=z`, or a path alone. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly clientAddress?: string | undefined
}

/** Why a route does not take the request; the later the step, the nearer it came. */
export interface Rejection {
  readonly route: string
  readonly step: 'host' | 'path' | 'method' | 'headers' | 'query' | 'order'
  /** A sentence without its full stop. */
  readonly reason: string
}

export type ExplainedRequest =
  | { readonly kind: 'refused'; readonly answer: Answer }
  | { readonly kind: 'unmatched'; readonly request: RequestFacts; readonly others: readonly Rejection[] }
  | {
      readonly kind: 'matched'
      readonly request: RequestFacts
      readonly route: Route
      readonly params: RouteParams
      /** What the route asked for and found. */
      readonly because: readonly string[]
      /** Of a route that proxies: where the request goes now; another time a split may decide otherwise. */
      readonly chosen: ChosenTarget | undefined
      /** The path and query that the instance gets. */
      readonly sentPath: string | undefined
      /** Of a route that answers by itself. */
      readonly answer: Answer | undefined
      readonly others: readonly Rejection[]
    }

const steps = ['order', 'query', 'headers', 'method', 'path', 'host'] as const

/** Says which route takes a request and why, and why the others do not. Nothing is sent, and no policy is asked. */
export function explainRequest(table: CompiledTable, asked: AskedRequest): ExplainedRequest {
  const request = factsOf(table, asked)
  if ('status' in request) return { kind: 'refused', answer: request }
  const winner = table.findEntry(request)
  const others = rejections(table, request, winner)
  if (winner === undefined) return { kind: 'unmatched', request, others }
  const { route, conditions } = winner
  const params = paramsOf(conditions.path, request.path)
  const { action } = route
  const isProxy = action.kind === 'proxy'
  return {
    kind: 'matched',
    request,
    route,
    params,
    because: reasonsOf(winner),
    chosen: isProxy ? action.choose(request, Math.random()) : undefined,
    sentPath: isProxy ? action.rewrite(request, params) : undefined,
    answer: isProxy ? undefined : action.answer(request, params),
    others,
  }
}

function factsOf(table: CompiledTable, asked: AskedRequest): RequestFacts | Answer {
  const target = readRequestTarget(asked.url, table.pathRules)
  if ('status' in target) return target
  const given = Object.entries(asked.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  const headers: Record<string, string> = Object.fromEntries(given)
  const host = readHost(target.authority ?? headers.host ?? '')
  if (host === undefined) return { status: 400, code: 'bad-host', detail: 'The Host of the request is malformed.' }
  return {
    method: asked.method.toUpperCase(),
    scheme: /^http:/i.test(asked.url) ? 'http' : 'https',
    host,
    path: target.path,
    search: target.search,
    headers: { host, ...headers },
    clientAddress: asked.clientAddress ?? '127.0.0.1',
    certificate: undefined,
  }
}

/** One for each route, the nearest first. */
function rejections(table: CompiledTable, request: RequestFacts, winner: Entry | undefined): readonly Rejection[] {
  const nearest = new Map<string, Rejection>()
  for (const entry of table.entries) {
    if (entry.route === winner?.route) continue
    const rejection = rejectionOf(entry, request, winner)
    const known = nearest.get(rejection.route)
    if (known === undefined || steps.indexOf(rejection.step) < steps.indexOf(known.step)) {
      nearest.set(rejection.route, rejection)
    }
  }
  return [...nearest.values()].sort((a, b) => steps.indexOf(a.step) - steps.indexOf(b.step))
}

function rejectionOf(entry: Entry, request: RequestFacts, winner: Entry | undefined): Rejection {
  const { host, conditions } = entry
  const route = entry.route.name
  const { path, methods, headers, query } = conditions
  if (!fitsHost(host, request.host)) {
    return { route, step: 'host', reason: `it is for ${host}, not for ${request.host || 'no host'}` }
  }
  if (!fitsPath(path, request.path)) return { route, step: 'path', reason: `its path is ${path.id}` }
  if (methods && !methods.has(request.method)) {
    return { route, step: 'method', reason: `it takes ${[...methods].join(', ')}` }
  }
  const header = headers.find(({ name, test }) => !test(headerOf(request, name)))
  if (header) {
    const value = headerOf(request, header.name)
    return {
      route,
      step: 'headers',
      reason: `the header ${header.name} must be ${header.text}, and is ${shown(value)}`,
    }
  }
  const parameter = query.find(({ name, test }) => !test(parameterOf(request, name)))
  if (parameter) {
    const value = parameterOf(request, parameter.name)
    const reason = `the parameter ${parameter.name} must be ${parameter.text}, and is ${shown(value)}`
    return { route, step: 'query', reason }
  }
  return {
    route,
    step: 'order',
    reason: `it would take the request, but ${winner ? whyLater(entry, winner) : 'is not asked'}`,
  }
}

function shown(value: string | undefined): string {
  return value === undefined ? 'not there' : JSON.stringify(value)
}

/** By the steps of `compareEntries`. */
function whyLater(loser: Entry, winner: Entry): string {
  const [theirs, ours] = [loser.conditions, winner.conditions]
  const name = winner.route.name
  if (theirs.priority !== ours.priority) return `${name} has the higher priority (${ours.priority})`
  if (loser.host !== winner.host) return `${name} is for a narrower host (${winner.host || 'every host'})`
  if (theirs.path.id !== ours.path.id) return `${name} has the more specific path (${ours.path.id})`
  if ((theirs.methods === undefined) !== (ours.methods === undefined)) return `${name} names methods`
  if (theirs.headers.length !== ours.headers.length) return `${name} has more rules for headers`
  if (theirs.query.length !== ours.query.length) return `${name} has more rules for the query`
  return `only the names decide between it and ${name}: the two are ambiguous`
}

function reasonsOf({ host, conditions }: Entry): readonly string[] {
  const { path, methods, headers, query, priority } = conditions
  return [
    ...(priority === 0 ? [] : [`its priority is ${priority}`]),
    host === '' ? 'it is for every host' : `it is for ${host}`,
    path.kind === 'any' ? 'it takes every path' : `its path is ${path.id}`,
    ...(methods ? [`it takes ${[...methods].join(', ')}`] : []),
    ...headers.map(({ name, text }) => `the header ${name} is ${text}`),
    ...query.map(({ name, text }) => `the parameter ${name} is ${text}`),
  ]
}
