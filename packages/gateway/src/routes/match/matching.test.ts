import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RouteSpec } from '../../document/routes-document.ts'
import { compileRoutes } from '../build/compile-routes.ts'
import { issuesOf, policyParts, request, tableOf } from '../build/table.test-support.ts'
import type { CompiledTable } from '../compiled-table.ts'
import { takes } from './entry.ts'
import { fitsPath } from './fits-path.ts'
import { fitsHost } from './route-index.ts'

const target = { service: 'a' }

function routes(specs: Record<string, RouteSpec>): CompiledTable {
  const given = Object.entries(specs).map(([name, spec]) => [name, { target, ...spec }] as const)
  return tableOf({ routes: Object.fromEntries(given) })
}

function nameOf(table: CompiledTable, line: string, headers?: Record<string, string>): string | undefined {
  return table.match(request(line, headers))?.route.name
}

describe('paths', () => {
  const table = routes({
    exact: { path: { exact: '/users/me' } },
    slash: { path: { exact: '/users/' } },
    template: { path: { template: '/users/{id}' } },
    orders: { path: { template: '/users/{id}/orders' } },
    mine: { path: { template: '/users/me/{what}' } },
    files: { path: { template: '/files/{path*}' } },
    prefix: { path: { prefix: '/api' } },
    longer: { path: { prefix: '/api/v2/' } },
    regex: { path: { regex: '/v[0-9]+/.*' } },
    encoded: { path: { exact: '/caf\u00e9' } },
  })

  it.each([
    ['/users/me', 'exact'],
    ['/users/%6de', 'exact'],
    ['/x/../users/me', 'exact'],
    ['/Users/me', undefined],
    ['/users/', 'slash'],
    ['/users', undefined],
    ['/users/7', 'template'],
    ['/users/7/', undefined],
    ['/users/7/orders', 'orders'],
    ['/users/me/orders', 'mine'],
    ['/files/a/b/c', 'files'],
    ['/files/', undefined],
    ['/files', undefined],
    ['/api', 'prefix'],
    ['/api/', 'prefix'],
    ['/api/v1/x', 'prefix'],
    ['/apis', undefined],
    ['/api/v2', 'longer'],
    ['/api/v2/x', 'longer'],
    ['/v1/x', 'regex'],
    ['/v1', undefined],
    ['/x/v1/', undefined],
    ['/caf%c3%a9', 'encoded'],
    ['/', undefined],
  ])('%s goes to %s', (path, name) => {
    expect(nameOf(table, `GET https://h${path}`)).toBe(name)
  })

  it('says what its names stand for', () => {
    const paths = routes({
      a: { path: { template: '/u/{id}/f/{rest*}' } },
      b: { path: { regex: '/v(?P<version>\\d+)/(?P<what>.*)' } },
    })
    expect(paths.match(request('GET https://h/u/a%20b/f/x/y'))?.params).toEqual({ id: 'a%20b', rest: 'x/y' })
    expect(paths.match(request('GET https://h/v12/x/y'))?.params).toEqual({ version: '12', what: 'x/y' })
  })

  it('takes no time with an expression that others stumble over', () => {
    const evil = routes({ evil: { path: { regex: '/(a+)+b' } } })
    expect(nameOf(evil, `GET https://h/${'a'.repeat(16_000)}`)).toBeUndefined()
  })
})

describe('hosts', () => {
  const table = routes({
    all: {},
    exact: { hosts: ['Shop.example.com'] },
    below: { hosts: ['*.example.com'] },
    deeper: { hosts: ['*.eu.example.com'] },
  })

  it.each([
    ['shop.example.com', 'exact'],
    ['other.example.com', 'below'],
    ['a.b.example.com', 'below'],
    ['a.eu.example.com', 'deeper'],
    ['eu.example.com', 'below'],
    ['example.com', 'all'],
    ['badexample.com', 'all'],
    ['', 'all'],
  ])('%s goes to %s', (host, name) => {
    expect(nameOf(table, `GET https://${host}/`)).toBe(name)
  })
})

describe('methods, headers and query', () => {
  it('decide among routes of one path', () => {
    const table = routes({
      any: {},
      post: { methods: ['POST'] },
      get: { methods: ['GET'] },
      beta: { headers: { 'X-Beta': 'yes' } },
      betaPost: { headers: { 'x-beta': { present: true } }, methods: ['POST'] },
      query: { query: { v: { oneOf: ['1', '2'] } } },
      canary: { headers: { cookie: { regex: '.*canary=1.*' } }, query: { v: { prefix: '3' } } },
    })
    expect(nameOf(table, 'PATCH https://h/')).toBe('any')
    expect(nameOf(table, 'POST https://h/')).toBe('post')
    expect(nameOf(table, 'HEAD https://h/')).toBe('get')
    expect(nameOf(table, 'PATCH https://h/', { 'x-beta': 'yes' })).toBe('beta')
    expect(nameOf(table, 'PATCH https://h/', { 'x-beta': 'no' })).toBe('any')
    expect(nameOf(table, 'POST https://h/', { 'x-beta': 'no' })).toBe('betaPost')
    expect(nameOf(table, 'PATCH https://h/?a=1&v=2')).toBe('query')
    expect(nameOf(table, 'PATCH https://h/?v=%33x', { cookie: 'a=b; canary=1' })).toBe('canary')
  })

  it('come after the priority', () => {
    const table = routes({
      exact: { hosts: ['h'], path: { exact: '/a' }, methods: ['GET'] },
      maintenance: { priority: 1 },
    })
    expect(nameOf(table, 'GET https://h/a')).toBe('maintenance')
  })
})

describe('a preflight request', () => {
  const headers = { origin: 'https://app', 'access-control-request-method': 'PUT' }
  const policies = { web: { cors: { origins: ['https://app'] } } }

  it('goes to the route of the request that it asks for', () => {
    const table = tableOf({
      policies,
      routes: { put: { methods: ['PUT'], policies: ['web'], target }, rest: { target } },
    })
    expect(nameOf(table, 'OPTIONS https://h/', headers)).toBe('put')
    expect(nameOf(table, 'OPTIONS https://h/')).toBe('rest')
  })

  it('is like any other where there is no policy for it', () => {
    const table = tableOf({ routes: { put: { methods: ['PUT'], target }, rest: { methods: ['OPTIONS'], target } } })
    expect(nameOf(table, 'OPTIONS https://h/', headers)).toBe('rest')
  })
})

describe('a document', () => {
  it.each<[RouteSpec, string]>([
    [
      { path: { regex: '(a)\\1' } },
      'routes.r.path.regex: The regular expression cannot be used: invalid escape sequence: `\\1`',
    ],
    [
      { path: { regex: '(?=a)' } },
      'routes.r.path.regex: The regular expression cannot be used: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      { path: { template: '/a/x{id}' } },
      'routes.r.path.template: In a template a name takes a whole segment, such as /{id}/; x{id} does not',
    ],
    [{ path: { template: '/{a}/{a}' } }, 'routes.r.path.template: The name {a} occurs twice in the template'],
    [
      { path: { template: '/{a*}/b' } },
      'routes.r.path.template: {a*} takes all remaining segments, so it must be last',
    ],
    [{ path: { exact: '/a/../../b' } }, 'routes.r.path.exact: No request has this path: The path leads above its root'],
    [
      { headers: { x: { regex: '[' } } },
      'routes.r.headers.x: The regular expression cannot be used: missing closing ]: `[`',
    ],
    [{ policies: ['staf'] }, 'routes.r.policies.0: There is no policy staf; perhaps staff is meant'],
    [
      { rewrite: { path: '/{x}' } },
      'routes.r.rewrite.path: There is nothing to put in place of {x}; the path has no names',
    ],
    [{ stripPrefix: true }, 'routes.r.stripPrefix: Only a route with path.prefix has a prefix to replace'],
    [{ requestHeaders: { set: { Host: 'x' } } }, 'routes.r.requestHeaders.set.Host: The gateway itself sets host'],
    [{ sticky: { cookie: 'x' } }, 'routes.r.sticky: Sticky needs a split or a canary'],
  ])('with %j is refused with a reason', (spec, issue) => {
    const policies = { staff: { addresses: { allow: ['10.0.0.0/8'] } } }
    expect(issuesOf({ policies, routes: { r: { target, ...spec } } })).toEqual([issue])
  })

  it.each([
    [
      { jwt: { issuer: 'i', audience: 'a', jwksUrl: 'https://x/', algorithms: ['HS256'] } },
      'HS256 needs a secret, not public keys',
    ],
    [
      { jwt: { issuer: 'i', audience: 'a', secret: 's'.repeat(32), algorithms: ['RS256'] } },
      'RS256 needs public keys, not a secret',
    ],
    [{ addresses: { allow: ['10.0.0.0/40'] } }, '10.0.0.0/40 is neither an address nor a network'],
    [
      { cors: { origins: ['*'], credentials: true } },
      'With credentials the origins must be named; * would let every page act for its visitors',
    ],
  ])('with the policy %j is refused with a reason', (policy, message) => {
    expect(issuesOf({ policies: { p: policy } })).toEqual([`policies.p: ${message}`])
  })

  it('with two routes for the same requests is refused, and overlaps are reported', () => {
    const same = { path: { template: '/a/{x}' }, methods: ['GET'] }
    expect(
      issuesOf({ routes: { one: { ...same, target }, two: { ...same, path: { template: '/a/{y}' }, target } } }),
    ).toEqual(['routes.two: It takes exactly the requests that one takes, and gets none'])
    const both = { hosts: ['x', 'y'], target }
    expect(issuesOf({ routes: { one: { hosts: ['x'], target }, two: both } })).toEqual([])
    expect(issuesOf({ routes: { one: { hosts: ['x', 'y', 'z'], target }, two: both } })).toHaveLength(1)
    const { ambiguities } = compileRoutes(
      {
        routes: {
          a: { headers: { x: '1' }, target },
          b: { headers: { x: '2' }, target },
          c: { headers: { y: '1' }, target },
          d: { methods: ['GET'], target },
          e: { methods: ['PUT'], target },
        },
      },
      policyParts,
    ) as { ambiguities: readonly { winner: string; loser: string }[] }
    expect(ambiguities.map(({ winner, loser }) => `${winner} ${loser}`)).toEqual(['a c', 'b c'])
  })
})

it('finds the route that comparing all of them finds', () => {
  const segment = fc.constantFrom('a', 'b', '{x}', 'c%20d')
  const path = fc.oneof(
    fc.constant(undefined),
    fc.array(segment, { maxLength: 3 }).map((parts) => ({ template: named(parts) })),
    fc.array(segment, { maxLength: 2 }).map((parts) => ({ template: `${named(parts)}/{rest*}` })),
    fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 3 }).map((parts) => ({ prefix: `/${parts.join('/')}` })),
    fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 3 }).map((parts) => ({ exact: `/${parts.join('/')}` })),
    fc.constantFrom({ regex: '/a/.*' }, { regex: '/a/b/?c' }, { regex: '/(a|b)/a' }, { regex: '/a|/b' }),
  )
  const spec = fc.record(
    {
      hosts: fc.subarray(['h', 'x.h', '*.h', '*.x.h', '*'], { minLength: 1 }),
      path,
      methods: fc.subarray(['GET', 'POST', 'OPTIONS'], { minLength: 1 }),
      headers: fc.constantFrom({ k: '1' }, { k: { present: true } }, { k: '1', l: { present: false } }),
      query: fc.constantFrom({ q: '1' }, { q: { regex: '[0-9]+' } }),
      priority: fc.integer({ min: -1, max: 1 }),
    },
    { requiredKeys: ['path'] },
  )
  const asked = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'),
    host: fc.constantFrom('h', 'x.h', 'y.h', 'y.x.h', 'z'),
    path: fc
      .array(fc.constantFrom('a', 'b', 'c%20d', '', '%61'), { maxLength: 4 })
      .map((parts) => `/${parts.join('/')}`),
    query: fc.constantFrom('', '?q=1', '?q=x'),
    headers: fc.constantFrom({}, { k: '1' }, { k: '2', l: '' }),
  })
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 12 }), fc.array(asked, { maxLength: 12 }), (specs, requests) => {
      const given = specs.map((each, index) => [`r${index}`, withoutUndefined({ target, ...each })] as const)
      const compiled = compileRoutes({ routes: Object.fromEntries(given) }, policyParts)
      if (compiled.issues) return
      for (const { method, host, path, query, headers } of requests) {
        const facts = request(`${method} https://${host}${path}${query}`, headers as Record<string, string>)
        const { table } = compiled
        const wanted = table.entries.find(
          (entry) =>
            fitsHost(entry.host, facts.host) &&
            fitsPath(entry.conditions.path, facts.path) &&
            takes(entry.conditions, facts, facts.method),
        )
        expect(table.match(facts)?.route.name).toBe(wanted?.route.name)
      }
    }),
    { numRuns: 200 },
  )
})

/** Names each `{x}` of its own. */
function named(parts: readonly string[]): string {
  return `/${parts.map((part, index) => (part === '{x}' ? `{x${index}}` : part)).join('/')}`
}

function withoutUndefined(spec: object): RouteSpec {
  return { target, ...Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) }
}
