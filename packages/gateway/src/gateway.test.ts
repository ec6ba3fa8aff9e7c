import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Coordination } from '@waypost/coordination'
import { Registry } from '@waypost/registry'
import { startStore } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUpstream } from './data-plane.test-support.ts'
import { createGateway } from './gateway.ts'

type Store = Awaited<ReturnType<typeof startStore>>

let store: Store
let etcd: EtcdClient
let waypost: { registry: Registry; config: ConfigCenter; coordination: Coordination }

beforeAll(async () => {
  store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url, logger: false })
  waypost = { registry: new Registry(etcd), config: new ConfigCenter(etcd), coordination: new Coordination(etcd) }
})

afterAll(async () => {
  await Promise.all([waypost.registry.close(), waypost.config.close(), waypost.coordination.close()])
  await etcd.close()
  await store.close()
})

const routes = (text: string): Promise<unknown> => waypost.config.releases.publish('gateway/routes.yaml', text)

describe('a gateway on a store', () => {
  it('follows routes and instances, and refuses bad routes while the last good ones go on', async () => {
    const notices: string[] = []
    await using gateway = await createGateway({ waypost, onNotice: (message) => notices.push(message) })
    const port = await gateway.listen({ port: 0 })
    const url = `http://127.0.0.1:${port}`
    expect((await fetch(url)).status).toBe(404)
    await routes('routes:\n  shop:\n    path: { prefix: /shop }\n    target: { service: shop }\n')
    await expect.poll(async () => (await fetch(`${url}/shop`)).status).toBe(503)
    await using upstream = await startUpstream((request, response) => response.end(`shop ${request.url}`))
    await waypost.registry.register({ service: 'shop', id: 's1', host: '127.0.0.1', port: Number(upstream.port) })
    await expect.poll(async () => (await fetch(`${url}/shop/a?b=1`)).text()).toBe('shop /shop/a?b=1')
    await etcd.kv.put('/config/gateway/routes.yaml', 'routes: { shop: { nonsense: 1 } }')
    await expect.poll(() => notices.join('\n')).toMatch(/last good ones stay/)
    expect((await fetch(`${url}/shop`)).status).toBe(200)
    expect(gateway.status()).toMatchObject({
      routes: [{ name: 'shop', kind: 'proxy', services: ['shop'] }],
      services: [{ service: 'shop', isReady: true, instances: [{ id: 's1', status: 'up' }] }],
      document: { problems: expect.arrayContaining([expect.stringContaining('nonsense')]) },
    })
    const page = gateway.metrics()
    expect(page).toMatch(/waypost_gateway_requests_total\{route="shop",status="200"\} \d+/)
    expect(page).toMatch(/waypost_gateway_tries_total\{service="shop",instance="s1",result="ok"\} \d+/)
    expect(page).toMatch(/waypost_gateway_request_duration_seconds_bucket\{route="shop",le="\+Inf"\} \d+/)
  })

  it('serves a server that is there already, with middleware in front, and writes a log', async () => {
    let lines = ''
    await using upstream = await startUpstream((request, response) => response.end(String(request.headers['x-by'])))
    await using registration = await waypost.registry.register({
      service: 'inner',
      host: '127.0.0.1',
      port: Number(upstream.port),
    })
    expect(registration.key).toContain('/services/inner/')
    await using gateway = await createGateway({
      waypost,
      routes: { routes: { inner: { path: { prefix: '/' }, target: { service: 'inner' } } } },
      accessLog: { write: (more) => (lines += more) },
      middleware: [
        {
          name: 'own',
          kind: 'own',
          identityHeaders: [],
          check: ({ path }) =>
            path === '/secret'
              ? { kind: 'answer', answer: { status: 403, code: 'own-rule', detail: 'No.' } }
              : { kind: 'continue', requestHeaders: { 'x-by': 'middleware' } },
          close: () => {},
        },
      ],
    })
    const server = createServer((request, response) => {
      if (request.url === '/own') response.end('own')
      else gateway.handler(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      expect(await (await fetch(`${url}/own`)).text()).toBe('own')
      await expect.poll(async () => (await fetch(`${url}/x`)).text()).toBe('middleware')
      expect((await fetch(`${url}/secret`)).status).toBe(403)
      await expect.poll(() => lines).toMatch(/"path":"\/secret".*"status":403,"code":"own-rule"/)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('refuses options and routes that are wrong', async () => {
    await expect(Reflect.apply(createGateway, undefined, [{ waypost, route: 'x' }])).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('Did you mean routes?'),
    })
    const routes = JSON.parse('{"routes":{"a":{"pathh":1}}}')
    await expect(createGateway({ waypost, routes })).rejects.toMatchObject({ code: 'invalid-document' })
    await expect(createGateway({ waypost, trustedProxies: ['10.0.0.0/99'] })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })
})
