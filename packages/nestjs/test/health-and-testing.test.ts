import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { configToken, serviceToken, WaypostConfigModule, WaypostModule } from '@waypost/nestjs'
import { WaypostHealthIndicator, WaypostHealthModule } from '@waypost/nestjs/terminus'
import { WaypostTestingModule } from '@waypost/nestjs/testing'
import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { type ServiceView, Waypost } from 'waypost'
import { z } from 'zod'
import { start, world } from './applications.test-support.ts'

describe('the health indicator', () => {
  it('tells the link, the registration and the age of its lease, and that the store is away', async () => {
    const { store } = await world()

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true, ttlSeconds: 5, timeoutMs: 300 }),
        WaypostModule.registerOnListen({ service: 'user', id: 'a' }),
        WaypostHealthModule.register(),
      ],
    })
    class App {}

    const app = await start(App)
    const health = app.get(WaypostHealthIndicator, { strict: false })
    const connected = await until('it is connected', async () => {
      const { waypost } = await health.check('waypost')
      return waypost.connected && waypost
    })
    expect(connected).toMatchObject({ status: 'up', endpoint: store.url, registration: 'unregistered' })
    await app.listen(0, '127.0.0.1')
    const registered = await until('it is registered', async () => {
      const { waypost } = await health.check('waypost')
      return waypost.registration === 'registered' && waypost
    })
    expect(registered.leaseAgeSeconds).toBeGreaterThanOrEqual(0)
    expect(registered.leaseAgeSeconds).toBeLessThanOrEqual(5)
    await store.close({ graceMs: 0 })
    const away = await until('it is noticed', async () => {
      const { waypost } = await health.check('waypost', { timeoutMs: 100 })
      return waypost.staleSince !== undefined && waypost
    })
    expect(away).toMatchObject({ status: 'up', connected: false })
    expect(await health.check('waypost', { downAfterMs: 0, timeoutMs: 100 })).toMatchObject({
      waypost: { status: 'down' },
    })
  })
})

describe('the testing module', () => {
  it('is a real store in this process, with documents and instances', async () => {
    const schema = z.object({ db: z.object({ pool: z.number() }) })
    const module = await Test.createTestingModule({
      imports: [
        WaypostTestingModule.forRoot({
          app: 'order',
          documents: { 'order/application.yaml': 'db: { pool: 5 }' },
          instances: [{ service: 'user', id: 'a', host: '127.0.0.1', port: 3000 }],
        }),
        WaypostModule.forServices(['user']),
        WaypostConfigModule.forFeature(schema),
      ],
    }).compile()
    await module.init()
    const waypost = module.get(Waypost)
    expect(module.get(configToken(schema)).current).toEqual({ db: { pool: 5 } })
    expect(module.get<ServiceView>(serviceToken('user')).instances).toMatchObject([{ id: 'a', port: 3000 }])
    const url = waypost.etcd.endpoints[0] ?? ''
    expect((await fetch(`${url}/health`)).status).toBe(200)
    await module.close()
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  })
})
