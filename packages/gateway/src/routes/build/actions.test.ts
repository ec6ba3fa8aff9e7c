import { describe, expect, it } from 'vitest'
import type { RouteSpec } from '../../document/routes-document.ts'
import type { RequestFacts } from '../../request/request-facts.ts'
import type { ChosenTarget, ProxyAction, Route } from '../route.ts'
import { policyParts, request, tableOf } from './table.test-support.ts'

const target = { service: 'stable' }
const next = { service: 'next' }

function routeOf(spec: RouteSpec): Route {
  const [route] = tableOf({ routes: { r: spec } }).routes
  if (route === undefined) throw new Error('There is no route.')
  return route
}

function proxyOf(spec: RouteSpec): ProxyAction {
  const { action } = routeOf(spec)
  if (action.kind !== 'proxy') throw new Error('The route does not proxy.')
  return action
}

function choose(action: ProxyAction, random: number, asked: RequestFacts = request('GET https://h/')): ChosenTarget {
  return action.choose(asked, random)
}

describe('a split', () => {
  const split = [
    { weight: 90, target },
    { name: 'new', weight: 10, target: next },
    { weight: 0, target: { service: 'never' } },
  ]

  it('goes by weight', () => {
    const action = proxyOf({ split })
    const names = [0, 0.89, 0.91, 0.9999].map((random) => choose(action, random).target.service)
    expect(names).toEqual(['stable', 'stable', 'next', 'next'])
    expect(choose(action, 0.95).reason).toBe('split:new')
    expect(action.targets.map(({ service }) => service)).toEqual(['stable', 'next', 'never'])
  })

  it('keeps a client where it is, by a cookie that says nothing of the choice', () => {
    const action = proxyOf({ split, sticky: { cookie: 'side', maxAgeSeconds: 60 } })
    const first = choose(action, 0)
    expect(first.cookie).toMatch(/^side=[\w-]{16}; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure$/)
    const cookie = first.cookie?.split(';')[0] ?? ''
    for (const random of [0, 0.5, 0.99]) {
      const again = choose(action, random, request('GET https://h/', { cookie: `a=b; ${cookie}` }))
      expect(again).toEqual({ target: first.target, reason: first.reason })
    }
  })
})

describe('a canary', () => {
  it('takes those with a header or a cookie, and a share of the others', () => {
    const action = proxyOf({
      target,
      canary: { target: next, headers: { 'X-Canary': { oneOf: ['yes'] } }, cookies: { beta: '1' }, percent: 20 },
    })
    const reason = (random: number, headers = {}) => choose(action, random, request('GET https://h/', headers)).reason
    expect(reason(0.9, { 'x-canary': 'yes' })).toBe('canary')
    expect(reason(0.9, { cookie: 'a=1; beta=1' })).toBe('canary')
    expect([reason(0.19), reason(0.21), reason(0.9, { 'x-canary': 'no' })]).toEqual(['canary', 'target', 'target'])
  })

  it('loses nobody when its percentage rises', () => {
    const inside = (percent: number): Set<number> => {
      const action = proxyOf({ target, canary: { target: next, percent }, sticky: { header: 'x-user' } })
      const users = Array.from({ length: 2_000 }, (_, user) => user)
      return new Set(
        users.filter(
          (user) => choose(action, 0, request('GET https://h/', { 'x-user': `u${user}` })).reason === 'canary',
        ),
      )
    }
    const [few, more, all] = [inside(10), inside(50), inside(100)]
    expect(few.size).toBeGreaterThan(140)
    expect(few.size).toBeLessThan(260)
    expect([...few].every((user) => more.has(user))).toBe(true)
    expect(all.size).toBe(2_000)
  })
})

describe('the path that is sent', () => {
  it.each<[RouteSpec, string, string]>([
    [{}, '/a/b?c=d', '/a/b?c=d'],
    [{ path: { prefix: '/api' }, stripPrefix: true }, '/api/x?y', '/x?y'],
    [{ path: { prefix: '/api' }, stripPrefix: true }, '/api', '/'],
    [{ path: { prefix: '/api/' }, stripPrefix: true }, '/api/', '/'],
    [{ path: { prefix: '/' }, stripPrefix: true }, '/x', '/x'],
    [{ path: { prefix: '/api' }, rewrite: { prefix: '/v2/' } }, '/api/x', '/v2/x'],
    [{ path: { prefix: '/api' }, rewrite: { prefix: '/v2' } }, '/api', '/v2'],
    [
      { path: { template: '/u/{id}/{rest*}' }, rewrite: { path: '/{rest}/of/{id}' } },
      '/u/a%2Fb/x/y?z',
      '/x/y/of/a%2Fb?z',
    ],
    [{ path: { regex: '/(?P<a>.*)-(?P<b>.*)' }, rewrite: { path: '/{b}/{a}' } }, '/x-/..y', '/..y/x'],
    [{ path: { regex: '/a(?P<a>.*)' }, rewrite: { path: '/{a}' } }, '/a/evil', '/evil'],
    [{ path: { regex: '/x(?P<a>.*)' }, rewrite: { path: '/a/{a}/b' } }, '/x..', '/b'],
  ])('with %j for %s is %s', (spec, path, sent) => {
    const table = tableOf({ routes: { r: { target, ...spec } } })
    const asked = request(`GET https://h${path}`)
    const match = table.match(asked)
    expect(match?.route.action.kind === 'proxy' && match.route.action.rewrite(asked, match.params)).toBe(sent)
  })
})

describe('answers', () => {
  const answered = (spec: RouteSpec, line: string) => {
    const asked = request(line)
    const match = tableOf({ routes: { r: spec } }).match(asked)
    return match?.route.action.kind === 'answer' ? match.route.action.answer(asked, match.params) : undefined
  }

  it('are fixed', () => {
    expect(answered({ answer: { body: 'hi' } }, 'GET https://h/')).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'hi',
    })
    const html = { answer: { status: 503, headers: { 'Content-Type': 'text/html' }, body: '<p>' } }
    expect(answered(html, 'GET https://h/')).toMatchObject({ status: 503, headers: { 'content-type': 'text/html' } })
  })

  it.each<[RouteSpec['redirect'], string, string]>([
    [{ to: 'https://{host}{path}' }, 'GET http://h/a?b', 'https://h/a?b'],
    [{ to: 'https://new.dev/{rest}' }, 'GET http://h/old/x', 'https://new.dev//x'],
    [{ to: '/new{rest}?a=1' }, 'GET http://h/old/x?b=2', '/new/x?a=1&b=2'],
    [{ to: '{scheme}://www.{host}/', keepQuery: false }, 'GET http://h/old?b', 'http://www.h/'],
    [{ to: '/{rest}' }, 'GET http://h/old/evil.com', '/evil.com'],
  ])('redirect with %j', (redirect, line, location) => {
    const prefix = line.includes('/old') ? { path: { prefix: '/old' } } : {}
    if (redirect === undefined) throw new Error('There is no redirect.')
    expect(answered({ redirect, ...prefix }, line)).toEqual({ status: 308, headers: { location } })
  })
})

describe('settings', () => {
  it('of a route lie over the defaults', () => {
    const table = tableOf({
      defaults: {
        timeouts: { connectMs: 1, idleMs: 2 },
        retries: { attempts: 5, methods: ['GET'] },
        requestHeaders: { set: { 'X-A': '1', 'X-B': '1' } },
        policies: ['office'],
        limits: { bodyBytes: 10, rate: { limit: 5 } },
        host: 'instance',
      },
      policies: { office: { addresses: { allow: ['10.0.0.0/8'] } }, web: { cors: { origins: ['*'] } } },
      routes: {
        a: { hosts: ['a'], target },
        b: {
          hosts: ['b'],
          target,
          timeouts: { idleMs: 3 },
          retries: { attempts: 0 },
          requestHeaders: { set: { 'x-b': '2' }, remove: ['X-C'] },
          policies: ['office', 'web'],
          require: { scopes: ['s'] },
          host: 'inner.example.com',
          breaker: {},
        },
      },
    })
    const [a, b] = table.routes
    const proxy = (route: Route | undefined) => (route?.action.kind === 'proxy' ? route.action : undefined)
    expect(proxy(a)).toMatchObject({
      timeouts: { connectMs: 1, idleMs: 2, headersMs: 30_000 },
      retries: { attempts: 5, methods: new Set(['GET']), budgetShare: 0.2 },
      host: { kind: 'instance' },
      breaker: undefined,
    })
    expect(proxy(b)).toMatchObject({
      timeouts: { connectMs: 1, idleMs: 3 },
      retries: { attempts: 0, methods: new Set(['GET']) },
      host: { kind: 'name', name: 'inner.example.com' },
      breaker: { failureShare: 0.5, minRequests: 20 },
    })
    expect(b?.requestHeaders).toEqual({
      remove: ['x-c'],
      set: [
        ['x-a', '1'],
        ['x-b', '2'],
      ],
      add: [],
    })
    expect(a?.policies.map(({ name }) => name)).toEqual(['office', 'a.limits.rate'])
    expect(b?.policies.map(({ kind }) => kind)).toEqual(['cors', 'addresses', 'require', 'rate'])
    expect(b?.limits.maxBodyBytes).toBe(10)
  })

  it('that are equal make one target, and keep a policy with its state over changes', () => {
    const policies = { limit: { rate: { limit: 1 } }, gone: { rate: { limit: 2 } } }
    const same = { service: 'a', version: '^1', zone: 'z' }
    const before = tableOf({
      policies,
      routes: {
        a: { hosts: ['a'], target: same },
        b: { hosts: ['b'], target: { zone: 'z', version: '^1', service: 'a' } },
      },
    })
    expect(before.targets).toHaveLength(1)
    const after = tableOf({ policies: { limit: policies.limit, gone: { rate: { limit: 3 } } } }, policyParts, before)
    expect(after.policies[0]).toBe(before.policies[0])
    expect(after.policies[1]).not.toBe(before.policies[1])
    expect(after.version).not.toBe(before.version)
  })

  it('name the headers that clients cannot send, however they are spelt', () => {
    const table = tableOf({
      identityHeaders: ['X-Internal'],
      policies: { key: { apiKey: { keys: {}, idHeader: 'X-Client-Id' } } },
    })
    const names = ['x-client-id', 'x_client_id', 'x-client_id', 'x-internal', 'x-client', 'cookie']
    expect(names.map((name) => table.isIdentityHeader(name))).toEqual([true, true, true, true, false, false])
  })
})
