import 'reflect-metadata'
import { Controller, Get, Injectable, Logger, Module } from '@nestjs/common'
import { ConfigModule, ConfigService, registerAs } from '@nestjs/config'
import { NestFactory } from '@nestjs/core'
import {
  type ConfigOf,
  configSource,
  InjectConfig,
  InjectCurrentConfig,
  type LiveConfigOf,
  LiveValue,
  OnConfigChange,
  WaypostConfigModule,
  WaypostModule,
} from '@waypost/nestjs'
import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { connect } from 'waypost'
import { z } from 'zod'
import { start, type World, world } from './applications.test-support.ts'

const schema = z.object({
  db: z.object({ url: z.string(), pool: z.number().int() }),
  greeting: z.string().default('hello'),
})
const path = 'order/application.yaml'
const text = (pool: number | string, greeting = 'hello') =>
  `db: { url: pg://db, pool: ${pool} }\ngreeting: ${greeting}\n`

async function configured(): Promise<World & { readonly root: ReturnType<typeof WaypostModule.forRoot> }> {
  const made = await world()
  await made.outside.config.documents.putRaw(path, text(5))
  const options = { endpoints: made.store.url, env: {}, app: 'order', isGlobal: true }
  return { ...made, root: WaypostModule.forRoot(options) }
}

describe('the configuration in an application', () => {
  it('is injected typed and live, as a whole, by path, and told to methods', async () => {
    const { outside, root } = await configured()

    @Injectable()
    class Orders {
      readonly updates: unknown[] = []
      readonly config: LiveConfigOf<typeof schema>
      @LiveValue('db.pool') readonly pool!: number
      @LiveValue(schema, 'greeting') readonly greeting!: string
      @LiveValue('not.there', { optional: true }) readonly absent: unknown

      constructor(@InjectConfig(schema) config: LiveConfigOf<typeof schema>) {
        this.config = config
      }

      @OnConfigChange('db')
      dbChanged({ current, previous }: { current: { pool: number }; previous: { pool: number } }): void {
        this.updates.push([previous.pool, current.pool])
        if (current.pool === 7) throw new Error('deliberately')
      }
    }

    @Module({ imports: [root, WaypostConfigModule.forFeature(schema)], providers: [Orders] })
    class App {}

    const app = await start(App)
    await app.init()
    const orders = app.get(Orders)
    expect([orders.config.current.db.pool, orders.pool, orders.greeting, orders.absent]).toEqual([
      5,
      5,
      'hello',
      undefined,
    ])
    await outside.config.documents.putRaw(path, text(6, 'good evening'))
    await until('it is live', () => orders.pool === 6 && orders.updates.length === 1)
    expect([orders.config.current.greeting, orders.greeting]).toEqual(['good evening', 'good evening'])
    await outside.config.documents.putRaw(path, text(6, 'hi'))
    await until('the greeting is live', () => orders.greeting === 'hi')
    await outside.config.documents.putRaw(path, text(7))
    await outside.config.documents.putRaw(path, text('many'))
    await outside.config.documents.putRaw(path, text(8))
    await until('a failed call does not end it', () => orders.pool === 8 && orders.updates.length >= 2)
    expect(orders.updates.at(-1)).toEqual([expect.any(Number), 8])
    expect(orders.updates).not.toContainEqual([6, 6])
  })

  it('is the same throughout a request, and the new one in the next', async () => {
    const { outside, root } = await configured()

    @Controller()
    class Greeter {
      readonly config: ConfigOf<typeof schema>
      constructor(@InjectCurrentConfig(schema) config: ConfigOf<typeof schema>) {
        this.config = config
      }

      @Get()
      async greet(): Promise<string> {
        const before = this.config.greeting
        if (before === 'hello') {
          await outside.config.documents.putRaw(path, text(5, 'good evening'))
          await until('the change is there', () => app.get(Watcher).greeting === 'good evening')
        }
        return `${before}, ${this.config.greeting}`
      }
    }

    @Injectable()
    class Watcher {
      @LiveValue('greeting') readonly greeting!: string
    }

    @Module({
      imports: [root, WaypostConfigModule.forFeature(schema)],
      controllers: [Greeter],
      providers: [Watcher],
    })
    class App {}

    const app = await start(App)
    await app.listen(0, '127.0.0.1')
    const ask = async () => (await fetch(await app.getUrl())).text()
    expect(await ask()).toBe('hello, hello')
    expect(await ask()).toBe('good evening, good evening')
  })

  it('is read before the application is built, and is then part of it and of ConfigService', async () => {
    const { outside } = await configured()
    const early = await connect({ endpoints: outside.etcd.endpoints, env: {} })
    const live = await early.config.load({ app: 'order', schema })

    @Module({
      imports: [
        ConfigModule.forRoot({ ignoreEnvFile: true, load: [registerAs('order', configSource(live))] }),
        WaypostModule.forRoot({ waypost: early, isGlobal: true }),
        WaypostConfigModule.forFeature(schema, { live }),
      ],
    })
    class App {}

    const app = await start(App)
    await app.init()
    const service = app.get(ConfigService)
    expect([service.get('order.db.pool'), service.get('order').greeting]).toEqual([5, 'hello'])
    await outside.config.documents.putRaw(path, text(9))
    await until('it is live', () => service.get('order.db.pool') === 9)
    expect(Object.keys(service.getOrThrow<object>('order'))).toEqual(['db', 'greeting'])
    expect(process.env['order.db.pool']).toBeUndefined()
    await app.close()
    await expect(early.config.get(path)).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('what is wrong with a configuration', () => {
  async function failure(root: object): Promise<string> {
    const app = await start(root).then(async (started) => started.init().then(() => 'it started', String), String)
    return app
  }

  it('is said when the application starts, with what to write', async () => {
    const { outside, root } = await configured()

    @Injectable()
    class NeedsConfig {
      @LiveValue('db.pool') readonly pool!: number
    }
    @Module({ imports: [root], providers: [NeedsConfig] })
    class NoFeature {}
    expect(await failure(NoFeature)).toContain(
      'write WaypostConfigModule.forFeature(schema) in the imports of this module',
    )

    @Injectable()
    class NeedsOther {
      @LiveValue('db.pol') readonly pool!: number
    }
    @Module({ imports: [root, WaypostConfigModule.forFeature(schema)], providers: [NeedsOther] })
    class NoSuchPath {}
    expect(await failure(NoSuchPath)).toContain(
      "has no db.pol, which NeedsOther.pool needs: set it, or write @LiveValue('db.pol', { optional: true })",
    )

    @Module({ imports: [root, WaypostConfigModule] })
    class Bare {}
    expect(await failure(Bare)).toContain('write WaypostConfigModule.forFeature(schema) in the imports of this module')

    @Module({ imports: [WaypostConfigModule.forFeature(schema)] })
    class NoRoot {}
    expect(await failure(NoRoot)).toContain(
      'write WaypostModule.forRoot({ isGlobal: true }) in the imports of the root module',
    )

    await outside.config.documents.putRaw(path, text('many'))
    @Module({ imports: [root, WaypostConfigModule.forFeature(schema)] })
    class BadDocument {}
    expect(await failure(BadDocument)).toContain('order/application.yaml')
  })

  it('is said at once of what is no schema, and of options that cannot be', async () => {
    const live = await (await configured()).outside.config.load({ app: 'order', schema })
    const forFeature =
      (...args: unknown[]) =>
      () =>
        Reflect.apply(WaypostConfigModule.forFeature, WaypostConfigModule, args)
    expect(forFeature('order')).toThrow('takes a schema of zod, valibot, arktype')
    expect(forFeature(null)).toThrow("forFeature(undefined, { app: 'order' })")
    expect(forFeature({ app: 'order' })).toThrow("forFeature(undefined, { app: 'order' })")
    expect(forFeature(schema, { aplication: 'order' })).toThrow('has no option aplication; it has app')
    expect(forFeature(schema, { live: Promise.resolve(live) })).toThrow('{ live: await waypost.config.load(')
    expect(forFeature(schema, { live, app: 'user' })).toThrow('is loaded already; leave out app')
  })

  it('is a warning when a method follows what is not there yet', async () => {
    const { outside, root } = await configured()
    const heard: unknown[] = []

    @Injectable()
    class Orders {
      @OnConfigChange('cache')
      cacheChanged({ current }: { current: unknown }): void {
        heard.push(current)
      }
    }
    @Module({ imports: [root, WaypostConfigModule.forFeature()], providers: [Orders] })
    class App {}

    const warnings: unknown[] = []
    const logger = { log() {}, error() {}, warn: (message: unknown) => warnings.push(message) }
    const app = await NestFactory.createApplicationContext(App, { logger })
    try {
      expect(warnings).toEqual([expect.stringContaining('Orders.cacheChanged follows cache, which the configuration')])
      await outside.config.documents.putRaw(path, 'cache: on')
      await until('it is called', () => heard.length === 1)
    } finally {
      await app.close()
      Logger.overrideLogger(false)
    }
  })
})
