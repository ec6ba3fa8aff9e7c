import 'reflect-metadata'
import { Injectable, Module } from '@nestjs/common'
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule'
import { WaypostModule } from '@waypost/nestjs'
import { ClusterCron, WaypostCoordinationModule } from '@waypost/nestjs/coordination'
import { until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import type { ScheduledRun } from 'waypost'
import { start, world } from './applications.test-support.ts'

it('lists cluster crons in the registry of @nestjs/schedule, beside its own, which go on', async () => {
  const { store } = await world()
  const runs: string[] = []
  let own = 0

  @Injectable()
  class Work {
    @ClusterCron('0 3 1 1 *', { name: 'yearly' })
    yearly({ id }: ScheduledRun): void {
      runs.push(id)
    }

    @Cron('* * * * * *', { name: 'own' })
    each(): void {
      own += 1
    }
  }

  @Module({
    imports: [
      WaypostModule.forRoot({ endpoints: store.url, env: {}, isGlobal: true }),
      WaypostCoordinationModule.forRoot(),
      ScheduleModule.forRoot(),
    ],
    providers: [Work],
  })
  class App {}

  const app = await start(App)
  await app.init()
  const registry = app.get(SchedulerRegistry)
  await until('Both are listed', () => registry.getCronJobs().size === 2)
  expect(new Set(registry.getCronJobs().keys())).toEqual(new Set(['yearly', 'own']))
  const listed = registry.getCronJob('yearly')
  expect(listed.cronTime.source).toBe('0 3 1 1 *')
  await until('It leads', () => listed.isActive)
  expect(Reflect.get(await listed.nextDate(), 'toISOString')).toBeTypeOf('function')
  expect(await listed.lastDate()).toBeUndefined()
  // As for its own: runs it now, in whichever instance leads.
  await listed.fireOnTick()
  await until('It has run', () => runs.length === 1)
  await until('The other goes on', () => own > 0)
  await app.close()
})
