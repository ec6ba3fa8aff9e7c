import 'reflect-metadata'
import { request } from 'node:http'
import { Controller, Get, Injectable, Logger, Module, type OnModuleDestroy } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { InjectRegistrar, type Registrar, WaypostModule } from '@waypost/nestjs'
import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { Waypost } from 'waypost'
import { closeLater, type Platform, start, world } from './applications.test-support.ts'

const platforms: Platform[] = ['express', 'fastify']

describe.each(platforms)('an application on %s', (platform) => {
  it('is registered where it listens, and leaves before its modules are shut down', async () => {
    const { store, outside } = await world()
    const order: string[] = []
    let asked = (): void => {}
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve
    })
    let untilLeaving: Promise<unknown> = Promise.resolve()

    @Injectable()
    class Database implements OnModuleDestroy {
      async onModuleDestroy(): Promise<void> {
        order.push(`closed with ${(await outside.registry.services()).length} services`)
      }
    }

    @Controller()
    class Users {
      readonly registrar: Registrar
      constructor(@InjectRegistrar() registrar: Registrar, waypost: Waypost) {
        expect(waypost).toBeInstanceOf(Waypost)
        this.registrar = registrar
      }

      @Get()
      async list(): Promise<string> {
        asked()
        await untilLeaving
        order.push('answered')
        return this.registrar.registration?.record.id ?? 'nobody'
      }
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
        WaypostModule.registerOnListen({ service: 'user', id: 'a', version: '1.2.0' }),
      ],
      providers: [Database],
      controllers: [Users],
    })
    class App {}

    const app = await start(App, platform)
    const users = await outside.registry.discover('user')
    expect(users.instances).toEqual([])
    await app.listen(0, '127.0.0.1')
    const instance = await until('it is registered', () => users.instances[0])
    expect(instance).toMatchObject({ id: 'a', host: '127.0.0.1', version: '1.2.0', status: 'up' })
    expect(await app.getUrl()).toContain(`:${instance.port}`)

    const statuses: string[] = []
    const following = (async () => {
      for await (const { changed, removed } of users.changes()) {
        statuses.push(...changed.map(({ current }) => current.status), ...removed.map(({ reason }) => reason))
      }
    })()
    const answer = new Promise<number | undefined>((resolve, reject) =>
      request({ port: instance.port, host: '127.0.0.1' }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end(),
    )
    untilLeaving = until('it is leaving', () => users.instances[0]?.status === 'leaving')
    await isAsked
    await app.close()
    expect(await answer).toBe(200)
    expect(order).toEqual(['answered', 'closed with 0 services'])
    await users.close()
    await following
    expect(statuses).toEqual(['leaving', 'left'])
  })
})

describe('an application without an HTTP server', () => {
  it('is registered once it has started, at the port that is said', async () => {
    const { store, outside } = await world()
    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
        WaypostModule.register({ service: 'worker', host: '127.0.0.1', port: 4000 }),
      ],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false })
    closeLater(() => app.close())
    const workers = await outside.registry.discover('worker')
    expect(await until('it is registered', () => workers.instances[0])).toMatchObject({ port: 4000, status: 'up' })
    await app.close()
    await until('it is gone', () => workers.instances.length === 0)
  })

  it('is told what to write when nothing would be registered', async () => {
    const warnings: unknown[] = []
    @Module({
      imports: [
        WaypostModule.forRoot({ env: {}, isGlobal: true }),
        WaypostModule.registerOnListen({ service: 'worker' }),
      ],
    })
    class App {}
    const logger = { log() {}, error() {}, warn: (message: unknown) => warnings.push(message) }
    const app = await NestFactory.createApplicationContext(App, { logger })
    expect(warnings).toEqual([expect.stringContaining('WaypostModule.register({ service, port })')])
    await app.close()
    Logger.overrideLogger(false)
  })
})
