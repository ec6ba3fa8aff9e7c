import 'reflect-metadata'
import { Controller, Get, Injectable, Logger, Module } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import {
  InjectConfig,
  InjectHttpClient,
  InjectWaypost,
  type ServiceHttpClient,
  WaypostConfigModule,
  WaypostModule,
} from '@waypost/nestjs'
import { WaypostTestingModule } from '@waypost/nestjs/testing'
import { until } from '@waypost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { Waypost } from 'waypost'
import { z } from 'zod'
import { closeLater, type Platform, start, world } from './applications.test-support.ts'

@Controller('shop')
class ShopController {
  readonly client: ServiceHttpClient
  readonly waypost: Waypost

  constructor(@InjectHttpClient('user') client: ServiceHttpClient, @InjectWaypost() waypost: Waypost) {
    this.client = client
    this.waypost = waypost
  }

  @Get('fetch')
  async fetch(): Promise<string> {
    return (await this.client.fetch('/')).text()
  }

  @Get('call')
  call(): Promise<string> {
    return this.waypost.registry.callFactory('user')(async ({ id }) => id)
  }

  @Get('broken')
  broken(): never {
    throw new Error('a mistake of the application')
  }
}

describe('a call without an instance', () => {
  it.each<Platform>(['express', 'fastify'])('is answered with 503 and the code, on %s', async (platform) => {
    const { store } = await world()

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
        WaypostModule.forServices(['user']),
      ],
      controllers: [ShopController],
    })
    class App {}

    const app = await start(App, platform)
    await app.listen(0, '127.0.0.1')
    const url = await app.getUrl()
    for (const path of ['fetch', 'call']) {
      const response = await fetch(`${url}/shop/${path}`)
      expect(response.status).toBe(503)
      expect(await response.json()).toEqual({
        statusCode: 503,
        code: 'no-instance',
        message: 'No instance can take the call.',
      })
    }
    expect((await fetch(`${url}/shop/broken`)).status).toBe(500)
  })
})

describe('what an application says twice', () => {
  const twice = (...imports: ReturnType<typeof WaypostModule.forRoot>[]) => {
    @Module({ imports })
    class App {}
    return start(App).then((app) => app.init())
  }

  it('is refused when two stores of one name differ', async () => {
    const one = WaypostModule.forRoot({ endpoints: 'http://127.0.0.1:1', env: {} })
    const other = WaypostModule.forRoot({ endpoints: 'http://127.0.0.1:2', env: {} })
    await expect(twice(one, other)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('called twice for the store without a name, with different options'),
    })
    const named = WaypostModule.forRoot({ endpoints: 'http://127.0.0.1:2', env: {}, name: 'audit' })
    await twice(one, WaypostModule.forRoot({ endpoints: 'http://127.0.0.1:1', env: {} }), named)
  })

  it('is refused when one service would be registered twice', async () => {
    const store = WaypostModule.forRoot({ endpoints: 'http://127.0.0.1:1', env: {}, isGlobal: true })
    const user = () => WaypostModule.registerOnListen({ service: 'user' })
    await expect(twice(store, user(), user())).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('registerOnListen is called twice for the service user'),
    })
    await twice(store, user(), WaypostModule.registerOnListen({ service: 'order' }))
  })
})

describe('messages of Nest', () => {
  it('show the names that the application writes', async () => {
    @Injectable()
    class NeedsConfig {
      readonly config: unknown
      constructor(@InjectConfig() config: unknown) {
        this.config = config
      }
    }

    @Module({ imports: [WaypostConfigModule], providers: [NeedsConfig] })
    class App {}

    const message = await start(App).then(
      (app) => app.init().then(String, String),
      (error: unknown) => String(error),
    )
    expect(message).toContain('WaypostConfigModule')
    expect(message).not.toMatch(/_Waypost|ListenersModule/)
  })
})

describe('a test that replaces the store', () => {
  it('overrides the module that the application imports', async () => {
    const store = WaypostModule.forRoot({ endpoints: 'http://127.0.0.1:1', env: {}, isGlobal: true })

    @Module({
      imports: [store, WaypostModule.forServices(['user'])],
      controllers: [ShopController],
    })
    class App {}

    const instances = [{ service: 'user', id: 'a', host: '127.0.0.1', port: 3000 }]
    const module = await Test.createTestingModule({ imports: [App] })
      .overrideModule(store)
      .useModule(WaypostTestingModule.forRoot({ instances }))
      .compile()
    closeLater(() => module.close())
    await module.init()
    expect(await module.get(ShopController).call()).toBe('a')
    expect(module.get(Waypost).etcd.endpoints).not.toEqual(['http://127.0.0.1:1'])
  })
})

describe('what the store and the configuration have to say', () => {
  afterEach(() => Logger.overrideLogger(false))

  it("goes to Nest's logger, rejected configurations included", async () => {
    const lines: string[] = []
    const collect = (message: unknown): number => lines.push(String(message))
    const { store, outside } = await world()
    await outside.etcd.kv.put('/config/order/application.yaml', 'pool: 5')

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, app: 'order', isGlobal: true }),
        WaypostConfigModule.forFeature(z.object({ pool: z.number() })),
      ],
    })
    class App {}

    await start(App)
    Logger.overrideLogger({ log: collect, error: collect, warn: collect, debug: () => {}, verbose: () => {} })
    await outside.etcd.kv.put('/config/order/application.yaml', 'pool: many')
    await until('the rejection is logged', () => lines.some((line) => line.includes('rejected')))
    await store.close({ graceMs: 0 })
    await until('the loss of the store is logged', () => lines.some((line) => line.includes('lost')))
  })
})
