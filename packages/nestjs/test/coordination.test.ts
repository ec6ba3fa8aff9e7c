import 'reflect-metadata'
import { Injectable, Module } from '@nestjs/common'
import { FakeClock } from '@waypost/core/testing'
import { WaypostModule } from '@waypost/nestjs'
import {
  ClusterCron,
  CoordinationHealth,
  heldLock,
  InjectLeader,
  InjectQueue,
  LeaderView,
  OnLeader,
  QueueWorker,
  WaypostCoordinationModule,
  WithLock,
} from '@waypost/nestjs/coordination'
import { WaypostTestingModule } from '@waypost/nestjs/testing'
import { until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { type Job, type Leadership, Queue, type ScheduledRun } from 'waypost'
import { start, world } from './applications.test-support.ts'

it('runs crons, leaders and workers once in a fleet of two, and hands them over when one ends', async () => {
  const { store, outside } = await world()
  const crons: string[] = []
  const leaders: string[] = []
  const jobs: unknown[] = []

  function application(instance: string) {
    @Injectable()
    class Work {
      readonly queue: Queue
      readonly boss: LeaderView

      constructor(@InjectQueue('mail') queue: Queue, @InjectLeader('boss') boss: LeaderView) {
        this.queue = queue
        this.boss = boss
      }

      @ClusterCron('* * * * * *', { name: 'tick', overlap: 'allow-all' })
      tick({ id }: ScheduledRun): void {
        crons.push(id)
      }

      @OnLeader('boss', { value: instance })
      lead({ value }: Leadership): void {
        leaders.push(value)
      }

      @QueueWorker('mail', { concurrency: 2 })
      mail({ data }: Job<unknown>): void {
        jobs.push(data)
      }
    }

    @Module({
      imports: [
        WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
        WaypostCoordinationModule.forRoot({ queues: ['mail'], leaders: ['boss'] }),
      ],
      providers: [Work],
    })
    class App {}
    return { App, Work }
  }

  const { App: First, Work } = application('first')
  const first = await start(First)
  await first.init()
  await until('It leads', () => leaders.length === 1)
  const { App: Second, Work: OtherWork } = application('second')
  const second = await start(Second)
  await second.init()
  await first.get(Work).queue.add({ to: 'ada' })
  await until('The job is done', () => jobs.length === 1)
  await until('Crons run', () => crons.length >= 2)
  expect(first.get(Work).boss.isLeading).toBe(true)
  expect(second.get(OtherWork).boss.isLeading).toBe(false)
  expect(await second.get(OtherWork).boss.leader()).toMatchObject({ value: 'first' })
  const health = first.get(CoordinationHealth)
  expect(await health.queue('mail', { dead: 0 })).toMatchObject({ 'queue mail': { status: 'up', workers: 2 } })
  expect(await health.leader('boss')).toMatchObject({ 'leader of boss': { status: 'up', isLeading: true } })
  await first.close()
  await until('The other one leads', () => leaders.length === 2)
  const before = crons.length
  await until('Crons go on', () => crons.length > before)
  expect(new Set(crons).size).toBe(crons.length)
  expect(await outside.coordination.queue('mail').counts()).toMatchObject({ workers: 1 })
  await second.close()
  expect(await outside.coordination.leader('boss')).toBeUndefined()
})

it('runs methods under a lock named after their arguments', async () => {
  const { store } = await world()
  let inside = 0
  let most = 0

  @Injectable()
  class Orders {
    @WithLock((order: { readonly id: string }) => `orders/${order.id}`)
    async pay(order: { readonly id: string }): Promise<string> {
      most = Math.max(most, ++inside)
      expect(heldLock()?.token).toBeGreaterThan(0n)
      await new Promise((resolve) => setTimeout(resolve, 5))
      inside -= 1
      return order.id
    }
  }

  @Module({
    imports: [WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true })],
    providers: [Orders],
  })
  class App {}

  const app = await start(App)
  await app.init()
  const orders = app.get(Orders)
  expect(await Promise.all(['7', '7', '7'].map((id) => orders.pay({ id })))).toEqual(['7', '7', '7'])
  expect(most).toBe(1)
  expect(() => new Orders().pay({ id: '1' })).toThrow('works on instances that Nest has made')
})

it('lets a test move the clock of the crons', async () => {
  // An hour before: each step of the clock meets a real store.
  const clock = new FakeClock(Date.UTC(2026, 0, 1, 18))
  const runs: string[] = []

  @Injectable()
  class Reports {
    @ClusterCron('0 3 * * *', { timeZone: 'Asia/Shanghai' })
    nightly({ id }: ScheduledRun): void {
      runs.push(id)
    }
  }

  @Module({
    imports: [WaypostTestingModule.forRoot({ coordination: { clock } }), WaypostCoordinationModule.forRoot()],
    providers: [Reports],
  })
  class App {}

  const app = await start(App)
  await app.init()
  await until('The night', async () => {
    await clock.advance(600_000)
    return runs.length > 0
  })
  expect(runs[0]).toBe('Reports.nightly@2026-01-01T19:00:00.000Z')
})
