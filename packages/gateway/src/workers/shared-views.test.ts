import { EtcdClient } from '@waypost/client'
import { Registry } from '@waypost/registry'
import { type ContractStore, patienceMs, stores } from '@waypost/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTarget } from '../gateway.ts'
import type { ToWorker } from './messages.ts'
import { SharedViews, type ViewReader } from './shared-views.ts'

let store: ContractStore
let etcd: EtcdClient

beforeAll(async () => {
  const flavour = stores().find(({ name }) => name === 'embedded-memory')
  if (flavour === undefined) throw new Error('There is no embedded store.')
  store = await flavour.start()
  etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
})

afterAll(async () => {
  await etcd.close()
  await store.close()
})

/** A worker that keeps what it is told. */
class Reader implements ViewReader {
  readonly told: ToWorker[] = []

  tell(message: ToWorker): void {
    this.told.push(message)
  }

  /** The ids of changes that say that an instance is leaving. */
  get leaving(): number[] {
    return this.told.flatMap((message) =>
      message.type === 'changes' && message.present.some(({ status }) => status === 'leaving') ? message.id : [],
    )
  }
}

it('lets an instance stop only when every worker goes by its leaving, or is gone', async () => {
  await using instances = new Registry(etcd)
  await using registry = new Registry(etcd)
  const errors: unknown[] = []
  const views = new SharedViews(
    (target, passOn) => openTarget(registry, undefined, { ...target, protocol: 'auto' }, passOn),
    (error) => errors.push(error),
  )
  const registration = await instances.register({ service: 'shop', id: 'a', host: '127.0.0.1', port: 1 })
  const [first, second, third] = [new Reader(), new Reader(), new Reader()]
  const target = { key: 'shop', service: 'shop', where: undefined, balance: {} }
  for (const reader of [first, second, third]) views.follow(target, reader)
  for (const reader of [first, second, third]) {
    await expect.poll(() => reader.told, { timeout: patienceMs }).toMatchObject([{ type: 'instances', key: 'shop' }])
  }
  await expect.poll(() => views.all[0]?.view?.subscription, { timeout: patienceMs }).toBe('confirming')

  let isConfirmed = false
  const draining = registration.drain({ graceMs: 0, confirmTimeoutMs: patienceMs }).then((report) => {
    isConfirmed = true
    return report
  })
  await expect.poll(() => third.leaving, { timeout: patienceMs }).toHaveLength(1)
  const [id = 0] = third.leaving
  views.seen(id, first)
  views.seen(id, first)
  views.leave(third)
  // What confirms would have gone out before this was answered.
  const [subscriber] = await registry.operate('shop').subscribers()
  await instances.operate('shop').subscribers()
  expect(isConfirmed).toBe(false)
  views.seen(id, second)
  const report = await draining
  expect(report).toMatchObject({ unconfirmed: [], confirmed: [expect.anything()] })
  expect(subscriber?.seen.instances).toBeLessThan(report.revision ?? 0n)
  await views.close()
  expect(errors).toEqual([])
})
