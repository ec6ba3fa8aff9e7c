import { startStore } from '@waypost/testkit'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { connect } from './connect.ts'
import { waypostMetrics } from './prometheus.ts'

test('registrations, held instances and rejected configurations are gauges, until they are taken off', async () => {
  const store = await startStore()
  onTestFinished(() => store.close())
  const registry = new Registry()
  const metrics = waypostMetrics(registry)
  await using waypost = await connect({ endpoints: store.url, metrics: metrics.client, config: { onNotice: () => {} } })
  const unobserve = metrics.observe(waypost)
  const read = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await registry.metrics()).split('\n').flatMap((line) => {
        const [, name, value] = /^waypost_(\w+) (\d+)$/.exec(line) ?? []
        return name === undefined || name.startsWith('client_') ? [] : [[name, Number(value)]]
      }),
    )

  await waypost.config.set('order/application.yaml', 'timeout: 30')
  const live = await waypost.config.load({ app: 'order', schema: z.object({ timeout: z.number() }) })
  const registration = await waypost.registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 80 })
  await waypost.registry.discover('user')
  const well = {
    registrations: 1,
    lost_registrations: 0,
    instances: 1,
    held_instances: 0,
    stale_views: 0,
    configurations: 1,
    rejected_configurations: 0,
    stale_configurations: 0,
  }
  expect(await read()).toEqual(well)

  const rejected = new Promise((resolve) => live.onProblem(resolve))
  await waypost.config.documents.putRaw('order/application.yaml', 'timeout: soon')
  await rejected
  expect(await read()).toEqual({ ...well, rejected_configurations: 1 })
  await registration.deregister()
  expect((await read()).registrations).toBe(0)
  unobserve()
  expect((await read()).configurations).toBe(0)
})
