import 'reflect-metadata'
import { createServer } from 'node:http'
import { Injectable, Module } from '@nestjs/common'
import {
  InjectHttpClient,
  InjectService,
  InjectWaypost,
  type ServiceHttpClient,
  serviceToken,
  WaypostModule,
  type WaypostModuleOptions,
} from '@waypost/nestjs'
import { startStore, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { EtcdClient, Registry, type ServiceView, Waypost } from 'waypost'
import { registerOnListen } from 'waypost/http'
import { closeLater, start, type World, world } from './applications.test-support.ts'

function serve({ outside }: World, service: string, id: string): void {
  const server = createServer((request, response) => response.end(`${id} ${request.method} ${request.url}`))
  server.listen(0, '127.0.0.1')
  const instance = registerOnListen(outside.registry, server, { service, id })
  closeLater(async () => {
    await instance.drain()
    server.close()
  })
}

describe('an application that uses services', () => {
  it('is given their live instances and HTTP clients', async () => {
    const made = await world()
    serve(made, 'user', 'a')
    serve(made, 'Billing', 'bill')

    @Injectable()
    class Shop {
      @InjectService('user') readonly users!: ServiceView
      readonly userClient: ServiceHttpClient
      readonly billingClient: ServiceHttpClient
      constructor(
        @InjectHttpClient('user') userClient: ServiceHttpClient,
        @InjectHttpClient('Billing') billingClient: ServiceHttpClient,
      ) {
        this.userClient = userClient
        this.billingClient = billingClient
      }
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: made.store.url, env: {}, isGlobal: true }),
        WaypostModule.forServices(['user', 'Billing']),
      ],
      providers: [Shop],
    })
    class App {}

    const app = await start(App)
    await app.init()
    const shop = app.get(Shop)
    await until('it is found', () => shop.users.instances.length === 1)
    expect(await (await shop.userClient.fetch('/users/7?x=1')).text()).toBe('a GET /users/7?x=1')
    expect(await (await shop.billingClient.fetch('/', { method: 'POST', body: 'x' })).text()).toBe('bill POST /')
    serve(made, 'user', 'b')
    await until('it is live', () => shop.users.instances.length === 2)
    await app.close()
    expect(shop.users.instances.length).toBe(2)
    await expect(shop.userClient.fetch('/')).rejects.toThrow()
  })

  it('starts while the store is away; finds them, and is found, when it comes', async () => {
    const { store } = await world()
    await store.close()
    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true, timeoutMs: 200 }),
        WaypostModule.forServices(['shop'], { timeoutMs: 50 }),
        WaypostModule.registerOnListen({ service: 'shop' }),
      ],
    })
    class App {}
    const app = await start(App)
    await app.listen(0, '127.0.0.1')
    expect((await fetch(await app.getUrl())).status).toBe(404)
    const shops: ServiceView = app.get(serviceToken('shop'))
    expect(shops.instances).toEqual([])
    const back = await startStore({ port: store.port })
    await until('it finds itself', () => shops.instances.length === 1)
    await app.close()
    await back.close()
  })
})

describe('several stores', () => {
  it('are told apart by name, and made by factories, classes and providers that exist', async () => {
    const [main, audit, third] = [await world(), await world(), await world()]

    @Injectable()
    class Settings {
      createWaypostOptions(): WaypostModuleOptions {
        return { endpoints: audit.store.url, env: {} }
      }
    }

    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}

    @Injectable()
    class User {
      readonly stores: Waypost[]
      readonly registry: Registry
      readonly etcd: EtcdClient
      constructor(
        main: Waypost,
        @InjectWaypost('audit') auditStore: Waypost,
        @InjectWaypost('third') thirdStore: Waypost,
        @InjectWaypost('audit again') auditAgain: Waypost,
        registry: Registry,
        etcd: EtcdClient,
      ) {
        this.stores = [main, auditStore, thirdStore, auditAgain]
        this.registry = registry
        this.etcd = etcd
      }
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: main.store.url, env: {} }),
        WaypostModule.forRootAsync({ name: 'audit', useClass: Settings }),
        WaypostModule.forRootAsync({
          name: 'third',
          useFactory: async () => ({ endpoints: third.store.url, env: {} }),
        }),
        WaypostModule.forRootAsync({ name: 'audit again', imports: [SettingsModule], useExisting: Settings }),
      ],
      providers: [User],
    })
    class App {}

    const app = await start(App)
    await app.init()
    const { stores, registry, etcd } = app.get(User)
    expect(stores.map((waypost) => waypost.etcd.endpoints[0])).toEqual(
      [main, audit, third, audit].map(({ store }) => store.url),
    )
    expect([registry, etcd]).toEqual([stores[0]?.registry, stores[0]?.etcd])
    await app.close()
    for (const waypost of stores) await expect(waypost.config.get('x')).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('what is wrong with a module', () => {
  const failure = async (root: object) => (await start(root).then(() => 'it started', String)) as string
  const opened = (options: WaypostModuleOptions = {}) => WaypostModule.forRoot({ env: {}, isGlobal: true, ...options })

  it('is said when the application starts, with what to write', async () => {
    @Injectable()
    class NeedsUsers {
      @InjectService('user') readonly users!: ServiceView
    }
    @Module({ imports: [opened()], providers: [NeedsUsers] })
    class NoServices {}
    expect(await failure(NoServices)).toContain(
      "write WaypostModule.forServices(['user']) in the imports of this module",
    )

    @Injectable()
    class NeedsAudit {
      @InjectWaypost('audit') readonly audit!: Waypost
    }
    @Module({ imports: [opened()], providers: [NeedsAudit] })
    class NoAudit {}
    expect(await failure(NoAudit)).toContain("write WaypostModule.forRoot({ name: 'audit', isGlobal: true })")

    @Module({ imports: [WaypostModule.registerOnListen({ service: 'user' })] })
    class NoStore {}
    expect(await failure(NoStore)).toContain(
      'write WaypostModule.forRoot({ isGlobal: true }) in the imports of the root',
    )

    @Module({ imports: [opened({ endpoints: 'ftp://x' })] })
    class BadEndpoint {}
    expect(await failure(BadEndpoint)).toContain('ftp://x')

    expect(() => WaypostModule.registerOnListen({ service: 'a/b' })).toThrow('contains a slash')
    expect(() => WaypostModule.registerOnListen({ service: 'user', weight: -1 })).toThrow('weight')
    expect(() => Reflect.apply(WaypostModule.registerOnListen, undefined, [{}])).toThrow(
      "registerOnListen({ service: 'user' })",
    )
    expect(() => Reflect.apply(WaypostModule.register, undefined, [{ service: 'user' }])).toThrow('port: 3000')
    expect(() => WaypostModule.forServices([])).toThrow("forServices(['user'])")
  })
})
