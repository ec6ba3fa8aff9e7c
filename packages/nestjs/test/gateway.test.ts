import 'reflect-metadata'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Body, Controller, Get, Injectable, Module, Post } from '@nestjs/common'
import type { Policy } from '@waypost/gateway'
import { WaypostModule } from '@waypost/nestjs'
import { GatewayHealth, GatewayHost, WaypostGatewayModule } from '@waypost/nestjs/gateway'
import { patienceMs, until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import type { Waypost } from 'waypost'
import { closeLater, type Platform, start, world } from './applications.test-support.ts'

const routes = 'routes:\n  users:\n    path: { prefix: /api }\n    stripPrefix: true\n    target: { service: user }\n'

/** An instance that says what it was asked; of `/slow`, when it is let go. */
async function startUser({ registry, config }: Waypost): Promise<{ letGo(): void; waiting: number }> {
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const say = (): unknown => response.end(`${request.method} ${request.url} ${body}`)
      if (request.url === '/slow') waiting.push(say)
      else say()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(async () => {
    server.closeAllConnections()
    server.close()
  })
  await config.set('gateway/routes.yaml', routes)
  await registry.register({ service: 'user', id: 'u', host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  return {
    letGo: () => {
      for (const say of waiting.splice(0)) say()
    },
    get waiting() {
      return waiting.length
    },
  }
}

it.each<Platform>(['express', 'fastify'])(
  'answers paths of the server of %s, body and all, beside controllers',
  async (platform) => {
    const { store, outside } = await world()
    await startUser(outside)

    @Controller()
    class Own {
      @Get('own')
      own(): string {
        return 'a controller'
      }

      @Post('own')
      posted(@Body() body: { readonly a: number }): string {
        return `a controller got ${body.a}`
      }
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
        WaypostGatewayModule.forRoot({ paths: ['/api/'], timeoutMs: patienceMs }),
      ],
      controllers: [Own],
    })
    class App {}

    const app = await start(App, platform)
    await app.listen(0, '127.0.0.1')
    const url = await app.getUrl()
    const headers = { 'content-type': 'application/json' }
    const post = async (path: string): Promise<string> =>
      (await fetch(url + path, { method: 'POST', headers, body: '{"a":1}' })).text()
    expect(await post('/api/orders?x=1')).toBe('POST /orders?x=1 {"a":1}')
    expect(await (await fetch(`${url}/api`)).text()).toBe('GET / ')
    expect(await (await fetch(`${url}/own`)).text()).toBe('a controller')
    expect(await post('/own')).toBe('a controller got 1')
    expect((await fetch(`${url}/apis`)).status).toBe(404)
  },
)

it('listens on a port of its own, asks injected rules, says how it is, and drains with the application', async () => {
  const { store, outside } = await world()
  const user = await startUser(outside)

  @Injectable()
  class Rules {
    readonly policy: Policy = {
      name: 'own',
      kind: 'own',
      identityHeaders: ['x-user'],
      check: ({ path }) =>
        path.endsWith('secret')
          ? { kind: 'answer', answer: { status: 403, code: 'own-rule', detail: 'Not here.', headers: {}, body: '' } }
          : { kind: 'continue' },
      close: () => {},
    }
  }

  @Module({ providers: [Rules], exports: [Rules] })
  class RulesModule {}

  @Module({
    imports: [
      WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
      WaypostGatewayModule.forRootAsync({
        imports: [RulesModule],
        inject: [Rules],
        useFactory: ({ policy }: Rules) => ({ listen: { port: 0 }, timeoutMs: patienceMs, middleware: [policy] }),
      }),
    ],
  })
  class App {}

  const app = await start(App)
  await app.init()
  const host = app.get(GatewayHost, { strict: false })
  const health = app.get(GatewayHealth, { strict: false })
  const url = `http://127.0.0.1:${host.port}`
  expect(await (await fetch(`${url}/api/orders`)).text()).toBe('GET /orders ')
  expect((await fetch(`${url}/api/secret`)).status).toBe(403)
  expect(health.check('gateway')).toMatchObject({ gateway: { status: 'up', routes: 1, release: 1, problems: [] } })
  const slow = fetch(`${url}/api/slow`)
  await until('the request is under way', () => user.waiting === 1)
  const closed = app.close()
  await until('it drains', () => health.check('gateway').gateway.status === 'down')
  // Nobody connects any more; what is under way is answered.
  const refused = connect(host.port ?? 0, '127.0.0.1')
  expect(await new Promise((resolve) => refused.once('error', resolve))).toMatchObject({ code: 'ECONNREFUSED' })
  user.letGo()
  expect(await (await slow).text()).toBe('GET /slow ')
  await closed
})

it('says what is wrong with its options when the application is built', () => {
  expect(() => WaypostGatewayModule.forRoot({})).toThrow('Say where the gateway serves')
  expect(() => WaypostGatewayModule.forRoot({ paths: ['api'] })).toThrow('begins with a slash; api does not')
  const misspelt = { listen: { port: 0 }, rotes: 'x' }
  expect(() => WaypostGatewayModule.forRoot(misspelt)).toThrow('has no option rotes')
})
