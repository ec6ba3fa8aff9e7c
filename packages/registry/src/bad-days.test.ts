import { rm } from 'node:fs/promises'
import { EtcdClient } from '@waypost/client'
import { type EtcdProcess, first, requireOrSkip, Stopwatch, startEtcd, until } from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RegistrationEvent } from './register/registration-event.ts'
import { Registry } from './registry.ts'

const isLong = process.env.WAYPOST_LONG !== undefined

describe.skipIf(!requireOrSkip('the registry on bad days', 'etcd'))('on bad days', () => {
  let store: EtcdProcess
  let etcd: EtcdClient
  let registry: Registry
  let consumer: EtcdClient
  let consumers: Registry

  beforeEach(async () => {
    store = await startEtcd()
    etcd = new EtcdClient({ endpoints: store.url, timeoutMs: 1000 })
    registry = new Registry(etcd, { ttlSeconds: 2 })
    consumer = new EtcdClient({ endpoints: store.url })
    consumers = new Registry(consumer)
  })

  afterEach(async () => {
    await Promise.all([registry.close(), consumers.close()])
    await Promise.all([etcd.close(), consumer.close()])
    await store.close()
  })

  async function freeze(): Promise<void> {
    store.pause()
    await until('the store is silent', () =>
      consumer.kv.get('/', { timeoutMs: 100 }).then(
        () => false,
        () => true,
      ),
    )
  }

  // The short form is in `test/outage.test.ts`.
  it.runIf(isLong)('outlives a store that is away for longer than the lease, and flaps for nobody', async () => {
    const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
    const view = await consumers.discover('user')
    const removals: string[] = []
    const following = (async () => {
      for await (const { removed } of view.changes()) removals.push(...removed.map(({ reason }) => reason))
    })()
    const feed = registration.events()
    await store.stop()
    expect(await first(feed, ({ type }) => type === 'lost')).toMatchObject({ reason: 'lease-lost' })
    await first(feed, ({ type }) => type === 'restore-failed')
    expect(view.instances).toHaveLength(1)
    expect(view.staleSince).toBeInstanceOf(Date)
    await store.restart()
    await first(feed, ({ type }) => type === 'restored')
    await until('the consumer follows again', () => view.staleSince === undefined)
    expect(view.instances.map(({ id }) => id)).toEqual(['a'])
    await view.close()
    await following
    expect(removals).toEqual([])
  })

  it('registers again in a store that was wiped', async () => {
    const registration = await registry.register({ service: 'user', id: 'a', port: 1 })
    const view = await consumers.discover('user')
    const feed = registration.events()
    await store.stop()
    await rm(store.dataDir, { recursive: true })
    await store.restart()
    await first(feed, ({ type }) => type === 'restored')
    await until('the consumer sees it', () => view.staleSince === undefined && view.instances.length === 1)
    expect((await consumer.kv.get(registration.key))?.lease).toBe(registration.lease)
  })

  it('can leave while the store is away, and is gone when it is back', async () => {
    const staying = await registry.register({ service: 'user', id: 'a', port: 1 })
    const leaving = await registry.register({ service: 'user', id: 'b', port: 2 })
    const events: RegistrationEvent[] = []
    leaving.onEvent((event) => events.push(event))
    await freeze()
    await expect(leaving.deregister()).rejects.toMatchObject({ code: 'outcome-unknown' })
    store.resume()
    const view = await consumers.discover('user')
    await until('only the other is left', () => view.instances.length === 1 && view.instances[0]?.id === 'a')
    expect(events.map(({ type }) => type)).toContain('left')
    await until('the other is well', () => staying.state === 'registered')
    const again = await registry.register({ service: 'user', id: 'b', port: 2 })
    await until('it is back', () => view.instances.length === 2)
    expect(again.state).toBe('registered')
  })

  it('closes in time while the store does not answer, and leaves nothing running', async () => {
    await registry.register({ service: 'user', id: 'a', port: 1 })
    await freeze()
    const stopwatch = new Stopwatch()
    await registry.close()
    await etcd.close()
    expect(stopwatch.stop()).toBeLessThan(2_800)
    store.resume()
    const view = await consumers.discover('user')
    await until('the lease has run out', () => view.instances.length === 0)
  })
})
