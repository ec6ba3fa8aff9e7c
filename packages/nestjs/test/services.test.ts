import 'reflect-metadata'
import { createServer } from 'node:http'
import { type DynamicModule, Injectable, Module } from '@nestjs/common'
import {
  InjectHttpClient,
  InjectService,
  InjectWaypost,
  LiveValue,
  type ServiceHttpClient,
  serviceToken,
  WaypostConfigModule,
  WaypostModule,
  type WaypostModuleOptions,
} from '@waypost/nestjs'
import { startStore, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { connect, EtcdClient, Registry, type ServiceView, Waypost } from 'waypost'
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
    for (const elsewhere of ['//example.org/users', 'http://example.org/', 'https://user/', '\\\\example.org/']) {
      await expect(shop.userClient.fetch(elsewhere)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
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

describe.each(['global', 'imported'])('a store with a name that is %s', (how) => {
  it('is the one that features use which name it', async () => {
    const [main, audit] = [await world(), await world()]
    await audit.outside.config.documents.putRaw('order/application.yaml', 'db: { pool: 5 }')
    serve(audit, 'user', 'a')
    const isGlobal = how === 'global'
    const options = { name: 'audit', app: 'order', endpoints: audit.store.url, env: {}, isGlobal }
    const auditStore = WaypostModule.forRoot(options)
    const named = { connection: 'audit', ...(isGlobal ? {} : { imports: [auditStore] }) }

    @Injectable()
    class Reader {
      @InjectService('user', { connection: 'audit' }) readonly users!: ServiceView
      @InjectHttpClient('user', { connection: 'audit' }) readonly client!: ServiceHttpClient
      @LiveValue('db.pool') readonly pool!: number
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: main.store.url, env: {}, isGlobal: true }),
        ...(isGlobal ? [auditStore] : []),
        WaypostModule.forServices(['user'], named),
        WaypostModule.registerOnListen({ service: 'web', ...named }),
        WaypostConfigModule.forFeature(undefined, named),
      ],
      providers: [Reader],
    })
    class App {}

    const app = await start(App)
    await app.listen(0, '127.0.0.1')
    const reader = app.get(Reader)
    expect(reader.pool).toBe(5)
    await until('it is found', () => reader.users.instances.length === 1)
    expect(await (await reader.client.fetch('/x')).text()).toBe('a GET /x')
    const servicesOf = async ({ outside }: World) => (await outside.registry.services()).map(({ service }) => service)
    await until('it is registered', async () => (await servicesOf(audit)).includes('web'))
    expect(await servicesOf(main)).toEqual([])
    await app.close()
    expect(await servicesOf(audit)).toEqual(['user'])
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

    @Module({ imports: [WaypostModule] })
    class Bare {}
    expect(await failure(Bare)).toContain('write WaypostModule.forRoot({ isGlobal: true }) instead of WaypostModule by')

    @Module({ imports: [opened(), WaypostModule] })
    class BareBesideGlobal {}
    expect(await failure(BareBesideGlobal)).toBe('it started')
  })

  it.each<[string, object, string]>([
    ['nothing to make options with', {}, 'useFactory: () => ({ endpoints })'],
    ['two ways to make them', { useFactory: () => ({}), useClass: class {} }, 'takes one of useFactory'],
    ['a class without the method', { useClass: class Settings {} }, 'Settings has no method createWaypostOptions()'],
    ['no options made', { useFactory: () => undefined }, 'returned no options'],
    [
      'an option that is none',
      { useFactory: () => ({ endpoint: 'http://x' }) },
      'no option endpoint; it has app, auth',
    ],
    ['a store that opens', { useFactory: () => ({ waypost: connect() }) }, '{ waypost: await connect() }'],
  ])('is said of forRootAsync: %s', async (_, options, message) => {
    const root = async (): Promise<string> => {
      const module: DynamicModule = Reflect.apply(WaypostModule.forRootAsync, WaypostModule, [options])
      return failure({ module: class App {}, imports: [module] })
    }
    expect(await root().catch(String)).toContain(message)
  })

  it('is said at once of names and options that cannot be', () => {
    const written =
      (call: (...args: never) => unknown, ...args: unknown[]) =>
      () =>
        Reflect.apply(call, undefined, args)
    expect(written(WaypostModule.forRoot, { endpoint: 'http://x' })).toThrow('no option endpoint; it has app, auth')
    expect(written(WaypostModule.forRoot, null)).toThrow('takes an object of options, not null')
    expect(written(WaypostModule.forServices, ['user'], { timeout: 1 })).toThrow('no option timeout; it has balance')
    expect(written(WaypostModule.registerOnListen, { service: 'user', ttl: 5 })).toThrow('no option ttl; it has')
    expect(written(InjectService, undefined)).toThrow("as in @InjectService('user'), not undefined")
    expect(written(InjectHttpClient, '')).toThrow("as in @InjectHttpClient('user'), not ''")
    expect(() => WaypostModule.registerOnListen({ service: 'a/b' })).toThrow('contains a slash')
    expect(() => WaypostModule.registerOnListen({ service: 'user', weight: -1 })).toThrow('weight')
    expect(() => Reflect.apply(WaypostModule.registerOnListen, undefined, [{}])).toThrow(
      "registerOnListen({ service: 'user' })",
    )
    expect(() => Reflect.apply(WaypostModule.register, undefined, [{ service: 'user' }])).toThrow('port: 3000')
    expect(() => WaypostModule.forServices([])).toThrow("forServices(['user'])")
  })
})
