import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { propagation, type TextMapPropagator, trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { EtcdClient } from '@waypost/client'
import { configKey, encrypt, generateKey, parseKeyring } from '@waypost/config'
import { ConfigCenter } from '@waypost/config/admin'
import { Coordination } from '@waypost/coordination'
import { Registry } from '@waypost/registry'
import { patienceMs, startStore } from '@waypost/testkit'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routesCheck } from '../src/document/routes-check.ts'
import { routesCheckName } from '../src/document/routes-check-name.ts'
import { createGateway, type Gateway, openTarget } from '../src/gateway.ts'
import type { GatewayOptions } from '../src/gateway-options.ts'
import { openTelemetryTracer } from '../src/metrics/opentelemetry.ts'

const path = 'gateway/routes.yaml'
const ring = parseKeyring(generateKey('k1'))
const secret = randomBytes(32).toString('hex')
const apiKey = randomBytes(24).toString('base64url')
const sha256 = createHash('sha256').update(apiKey).digest('hex')

const endings: (() => Promise<unknown>)[] = []
let etcd: EtcdClient
let config: ConfigCenter

/** What the instance was sent last. */
let seen: Readonly<Record<string, unknown>> = {}

async function routesText(): Promise<string> {
  return `
policies:
  staff:
    jwt:
      issuer: https://login.example.com
      audience: shop
      secret: '${await encrypt(secret, ring, { path })}'
      claimHeaders: { x-user: sub, x-roles: roles }
      forward: false
  keys: { apiKey: { keys: { ci: { sha256: ${sha256}, scopes: [deploy] } }, idHeader: x-key } }
  people: { basic: { users: { mei: { password: '${await encrypt('a password', ring, { path })}' } }, userHeader: x-login } }
  inside: { addresses: { allow: [127.0.0.0/8] } }
  outside: { addresses: { deny: [127.0.0.0/8] } }
  pages: { cors: { origins: [https://app.example.com] } }
  few: { rate: { limit: 2, intervalMs: 60000, by: route } }
  all: { rate: { limit: 3, intervalMs: 60000, by: route, shared: true } }
identityHeaders: [x-tenant]
defaults: { }
routes:
  open: { path: { prefix: /open }, target: { service: shop } }
  staff: { path: { prefix: /staff }, policies: [staff], target: { service: shop } }
  keys: { path: { prefix: /keys }, policies: [keys], require: { scopes: [deploy] }, target: { service: shop } }
  people: { path: { prefix: /people }, policies: [people], target: { service: shop } }
  inside: { path: { prefix: /inside }, policies: [inside], target: { service: shop } }
  outside: { path: { prefix: /outside }, policies: [outside], target: { service: shop } }
  pages: { path: { prefix: /pages }, policies: [pages], target: { service: shop } }
  few: { path: { prefix: /few }, policies: [few], target: { service: shop } }
  all: { path: { prefix: /all }, policies: [all], target: { service: shop } }
  newest: { path: { prefix: /newest }, target: { service: shop, version: ^2.0 } }
  south: { path: { prefix: /south }, target: { service: shop, zone: south } }
  tagged: { path: { prefix: /tagged }, target: { service: shop, tags: [canary], metadata: { team: blue } } }
  future: { path: { prefix: /future }, target: { service: shop, version: ^3.0 } }
`
}

/** A gateway with a client of the store of its own, as another process has it. */
async function startGateway(options: Partial<GatewayOptions> = {}): Promise<{ gateway: Gateway; url: string }> {
  const own = new EtcdClient({ endpoints: etcd.endpoints, timeoutMs: patienceMs })
  const waypost = {
    registry: new Registry(own),
    config: new ConfigCenter(own, { keyring: ring }),
    coordination: new Coordination(own),
  }
  const gateway = await createGateway({ waypost, timeoutMs: patienceMs, onNotice: () => {}, ...options })
  const port = await gateway.listen({ port: 0 })
  endings.push(async () => {
    await gateway.close()
    await Promise.all([waypost.registry.close(), waypost.config.close(), waypost.coordination.close()])
    await own.close()
  })
  return { gateway, url: `http://127.0.0.1:${port}` }
}

let main: { readonly gateway: Gateway; readonly url: string }

beforeAll(async () => {
  const store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
  config = new ConfigCenter(etcd, { checks: { [routesCheckName]: routesCheck } })
  const registry = new Registry(etcd)
  const server = createServer((request, response) => {
    seen = request.headers
    response.end(`shop ${request.url}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await config.set(path, await routesText())
  const { port } = server.address() as AddressInfo
  const shop = { service: 'shop', host: '127.0.0.1', port }
  await registry.register({ ...shop, id: 's1', version: '1.4.0', zone: 'north' })
  await registry.register({ ...shop, id: 's2', version: '2.1.0', zone: 'north' })
  await registry.register({ ...shop, id: 's3', version: '1.4.0', zone: 'south' })
  await registry.register({
    ...shop,
    id: 's4',
    version: '1.4.0',
    zone: 'north',
    tags: ['canary'],
    metadata: { team: 'blue' },
  })
  endings.push(async () => {
    await Promise.all([registry.close(), config.close()])
    await etcd.close()
    await store.close()
    server.closeAllConnections()
    server.close()
  })
  main = await startGateway()
})

afterAll(async () => {
  for (const end of endings.reverse()) await end()
})

async function ask(route: string, headers: Record<string, string> = {}, url = main.url): Promise<number> {
  seen = {}
  const response = await fetch(`${url}/${route}`, { headers })
  await response.arrayBuffer()
  return response.status
}

function token(claims: Record<string, unknown>, key = secret): Promise<string> {
  return new SignJWT({ sub: 'mei', roles: ['buyer', 'admin'], ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('https://login.example.com')
    .setAudience('shop')
    .setExpirationTime('5m')
    .sign(Buffer.from(key))
}

describe('policies of a running gateway, with secrets from encrypted values', () => {
  it('tell the instance who a token is for, and keep what clients claim from it', async () => {
    const forged = { 'x-user': 'root', X_Roles: 'admin', 'x-tenant': 'other', 'x-key': 'ci', 'x-login': 'root' }
    expect(await ask('open', forged)).toBe(200)
    for (const name of Object.keys(forged)) expect(seen[name.toLowerCase()]).toBeUndefined()
    const authorization = `Bearer ${await token({})}`
    expect(await ask('staff', { ...forged, authorization })).toBe(200)
    expect(seen).toMatchObject({ 'x-user': 'mei', 'x-roles': 'buyer,admin' })
    expect([seen.authorization, seen['x-tenant'], seen.x_roles]).toEqual([undefined, undefined, undefined])
    expect(await ask('staff')).toBe(401)
    expect(
      await ask('staff', { authorization: `Bearer ${await token({}, 'another secret of enough characters')}` }),
    ).toBe(401)
    expect(seen).toEqual({})
  })

  it('let keys, passwords and addresses in that they know', async () => {
    expect(await ask('keys', { 'x-api-key': apiKey })).toBe(200)
    expect(seen).toMatchObject({ 'x-key': 'ci' })
    expect(seen['x-api-key']).toBeUndefined()
    expect(await ask('keys', { 'x-api-key': `${apiKey}x` })).toBe(401)
    const basic = (text: string): Record<string, string> => ({ authorization: `Basic ${btoa(text)}` })
    expect(await ask('people', basic('mei:a password'))).toBe(200)
    expect(seen).toMatchObject({ 'x-login': 'mei' })
    expect(await ask('people', basic('mei:another'))).toBe(401)
    expect(await ask('inside')).toBe(200)
    expect(await ask('outside')).toBe(403)
  })

  it('answer preflights, and let pages of others read nothing', async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${main.url}/pages`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } })
    const allowed = await preflight('https://app.example.com')
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect((await preflight('https://evil.example.com')).headers.get('access-control-allow-origin')).toBeNull()
  })

  it('forget a key that is taken back with the next request', async () => {
    const withKey = { 'x-api-key': apiKey }
    expect(await ask('keys', withKey)).toBe(200)
    const text = await routesText()
    await config.set(path, text.replace('sha256: ', 'disabled: true, sha256: '))
    await expect.poll(() => ask('keys', withKey)).toBe(401)
    expect(seen).toEqual({})
    await config.set(path, text)
    await expect.poll(() => ask('keys', withKey)).toBe(200)
  })

  it('count in one gateway, and with `shared` in all of them', async () => {
    const other = await startGateway()
    expect([await ask('few'), await ask('few'), await ask('few')]).toEqual([200, 200, 429])
    expect(await ask('few', {}, other.url)).toBe(200)
    const statuses: number[] = []
    for (let count = 0; count < 6; count++) statuses.push(await ask('all', {}, count % 2 ? other.url : main.url))
    expect(statuses.filter((status) => status === 200)).toHaveLength(3)
    expect(statuses.filter((status) => status === 429)).toHaveLength(3)
  })
})

describe('a target', () => {
  it('is the instances of a version, a zone, with tags and metadata, and no others', async () => {
    const answered = async (route: string): Promise<string[]> => {
      for (let count = 0; count < 8; count++) expect(await ask(route)).toBe(200)
      const tries = [
        ...main.gateway.metrics().matchAll(/tries_total\{service="shop",instance="(s\d)",result="ok"\} (\d+)/g),
      ]
      const before = known
      known = new Map(tries.map(([, id = '', count]) => [id, Number(count)]))
      return [...known].filter(([id, count]) => count > (before.get(id) ?? 0)).map(([id]) => id)
    }
    let known = new Map<string, number>()
    await answered('open')
    expect(await answered('newest')).toEqual(['s2'])
    expect(await answered('south')).toEqual(['s3'])
    expect(await answered('tagged')).toEqual(['s4'])
    expect(await ask('future')).toBe(503)
  })
})

it('prefers instances of its own zone for every target', async () => {
  const asked: unknown[] = []
  const registry = {
    discover: (service: string, options: unknown) => {
      asked.push(service, options)
      return new Promise<never>(() => {})
    },
  }
  void openTarget(registry, 'north', { key: 'k', service: 'shop', where: undefined, balance: {}, protocol: 'auto' })
  expect(asked).toMatchObject(['shop', { balance: { algorithm: 'peak-ewma', zone: 'north' } }])
})

/** `traceparent` as W3C defines it: what applications set up once for all of their libraries. */
const w3c: TextMapPropagator = {
  fields: () => ['traceparent'],
  inject(at, carrier, setter) {
    const span = trace.getSpanContext(at)
    if (span) setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-01`)
  },
  extract(at, carrier, getter) {
    const [, traceId, spanId] =
      /^00-([\da-f]{32})-([\da-f]{16})-/.exec(String(getter.get(carrier, 'traceparent'))) ?? []
    return traceId && spanId ? trace.setSpanContext(at, { traceId, spanId, traceFlags: 1, isRemote: true }) : at
  },
}

describe('traces', () => {
  it('go through the gateway: a span below the client’s, above the instance’s', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    propagation.setGlobalPropagator(w3c)
    try {
      const { url } = await startGateway({ tracer: openTelemetryTracer(provider.getTracer('test')) })
      const traceId = randomBytes(16).toString('hex')
      const spanId = randomBytes(8).toString('hex')
      expect(await ask('open?q=hidden', { traceparent: `00-${traceId}-${spanId}-01` }, url)).toBe(200)
      const sent = String(seen.traceparent)
      await expect.poll(() => exporter.getFinishedSpans()).toHaveLength(1)
      const [span] = exporter.getFinishedSpans()
      expect(span).toMatchObject({
        name: 'GET open',
        kind: 1,
        parentSpanContext: { traceId, spanId },
        attributes: {
          'http.request.method': 'GET',
          'http.route': 'open',
          'http.response.status_code': 200,
          'url.path': '/open',
          'waypost.service': 'shop',
          'waypost.tries': 1,
        },
      })
      expect(JSON.stringify(span?.attributes)).not.toContain('hidden')
      expect(sent).toBe(`00-${traceId}-${span?.spanContext().spanId}-01`)
      expect(await ask('nowhere', {}, url)).toBe(404)
      await expect.poll(() => exporter.getFinishedSpans()).toHaveLength(2)
      expect(exporter.getFinishedSpans()[1]?.attributes).toMatchObject({ 'error.type': 'no-route' })
    } finally {
      propagation.disable()
      await provider.shutdown()
    }
  })
})

it('counts refused routes, and latencies by route and instance', async () => {
  const { gateway, url } = await startGateway()
  expect(gateway.metrics()).toMatch(/waypost_gateway_routes_problems 0\n/)
  await etcd.kv.put(configKey(path), 'routes: { shop: { policies: [nobody], target: { service: shop } } }')
  await expect.poll(() => gateway.metrics()).toMatch(/waypost_gateway_routes_problems 1\n/)
  expect(gateway.metrics()).toMatch(/waypost_gateway_routes_refused_total 1\n/)
  expect(await ask('south', {}, url)).toBe(200)
  expect(gateway.status().document?.problems).toHaveLength(1)
  await config.set(path, await routesText())
  await expect.poll(() => gateway.metrics()).toMatch(/waypost_gateway_routes_problems 0\n/)
  const page = gateway.metrics()
  expect(page).toMatch(/waypost_gateway_routes_release \d/)
  expect(page).toMatch(/waypost_gateway_request_duration_seconds_bucket\{route="south",le="10"\} 1\n/)
  expect(page).toMatch(/waypost_gateway_try_duration_seconds_count\{service="shop",instance="s3"\} 1\n/)
})
