import { del, EtcdClient, put } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { LateWatches, until } from '@waypost/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigCenter } from '../admin/config-center.ts'
import type { ConfigObject } from '../config-value.ts'
import { onEachStore } from '../each-store.test-support.ts'
import type { LiveConfig } from './live-config.ts'

const app = 'order/application.yaml'
const profile = 'order/p/application.yaml'

/** Nearly as long as the parts of a change are waited for. */
const patienceMs = 950

onEachStore('a change over several documents', (on) => {
  let late: LateWatches
  let client: EtcdClient
  let clock: FakeClock
  let consumer: ConfigCenter
  let live: LiveConfig<ConfigObject>
  const seen: unknown[] = []

  beforeEach(async () => {
    seen.length = 0
    late = await LateWatches.start(on().store.url)
    client = new EtcdClient({ endpoints: late.url })
    clock = new FakeClock()
    consumer = new ConfigCenter(client, { instance: 'web-1', clock, confirm: false })
    await on().config.releases.publishAll([
      { path: app, content: 'a: 0' },
      { path: profile, content: 'p: 0' },
    ])
    live = await consumer.load({ app: 'order', profile: 'p' })
    const changes = live.changes()
    void (async () => {
      for await (const { current } of changes) seen.push(current)
    })()
    live.onProblem((problems) => seen.push(...problems.map(({ code }) => code)))
  })

  afterEach(async () => {
    late.release()
    await consumer.close()
    await client.close()
    await late.close()
  })

  /** Both documents in one transaction that no release is about. */
  async function writeByHand(n: number): Promise<void> {
    await on()
      .etcd.txn()
      .do(put(`/config/${app}`, `a: ${n}`), put(`/config/${profile}`, `p: ${n}`))
      .commit()
  }

  /** Moves the consumer's time until `check` holds. */
  async function inTime(what: string, check: () => boolean): Promise<void> {
    await until(what, async () => {
      await clock.advance(10)
      return check()
    })
  }

  /** What has been sent to the consumer has arrived there, and what it asked for has been answered. */
  async function roundTrip(): Promise<void> {
    await client.kv.get('x')
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** One part is held back and the others have passed: nothing may be made of them. */
  async function expectNothingOf(othersPassed: number): Promise<void> {
    await until('the others have passed', () => late.held > 0 && late.passed >= othersPassed)
    await roundTrip()
    for (let passedMs = 0; passedMs < patienceMs; passedMs += patienceMs / 10) {
      await clock.advance(patienceMs / 10)
      await roundTrip()
    }
    expect(seen).toEqual([])
    expect(live.current).toEqual({ a: 0, p: 0 })
  }

  it.each([
    '/config/order/application.',
    '/config/order/p/application.',
    '/waypost/config/heads/order/application.',
    '/waypost/config/heads/order/p/application.',
  ])('that is released is seen when its last part has come: %s', async (part) => {
    late.hold(part)
    await on().config.releases.publishAll([
      { path: app, content: 'a: 1' },
      { path: profile, content: 'p: 1' },
    ])
    await expectNothingOf(3)
    late.release()
    await until('the whole is in force', () => seen.length > 0)
    expect(seen).toEqual([{ a: 1, p: 1 }])
    expect(live.documents.map(({ release }) => release)).toEqual([2, 2])
  })

  it('that is released is in force without asking the store, and without any delay', async () => {
    await on().config.releases.publishAll([
      { path: app, content: 'a: 1' },
      { path: profile, content: 'p: 1' },
    ])
    // No time passes.
    await until('it is in force', () => live.current.a === 1)
    const { transactions } = late
    await clock.advance(500)
    await on().config.releases.publish(app, 'a: 2')
    await until('it is in force', () => live.current.a === 2)
    await on().config.releases.unpublish(profile)
    await until('it is in force', () => live.current.p === undefined)
    expect(late.transactions).toBe(transactions)
    expect(seen).toEqual([{ a: 1, p: 1 }, { a: 2, p: 1 }, { a: 2 }])
  })

  it.each(['/config/order/application.', '/config/order/p/application.'])(
    'that is made by hand is seen when its last part has come: %s',
    async (part) => {
      late.hold(part)
      await writeByHand(1)
      await expectNothingOf(1)
      late.release()
      await inTime('the whole is in force', () => seen.length > 0)
      expect(seen).toEqual([{ a: 1, p: 1 }])
    },
  )

  it.each(['/config/order/application.', '/config/order/p/application.'])(
    'that deletes by hand is seen when its last part has come: %s',
    async (part) => {
      late.hold(part)
      await on().etcd.kv.delete({ prefix: '/config/order/' })
      await expectNothingOf(1)
      late.release()
      await inTime('it is rejected as a whole', () => seen.length > 0)
      expect(seen).toEqual(['not-found'])
    },
  )

  it('that mixes a release with something by hand is seen when its last part has come', async () => {
    late.hold(`/config/order/p/application.`)
    await on().config.releases.publish(app, 'a: 1')
    await until('the release is in force', () => live.current.a === 1)
    await on()
      .etcd.txn()
      .do(put(`/config/${app}`, 'a: 2'), del(`/config/${profile}`))
      .commit()
    await on().config.releases.publish(app, 'a: 3')
    await until('all else has passed', () => late.held > 0 && late.passed >= 5)
    await roundTrip()
    await clock.advance(patienceMs)
    await roundTrip()
    expect(seen).toEqual([{ a: 1, p: 0 }])
    late.release()
    await inTime('the whole is in force', () => live.current.a === 3)
    expect(seen).toEqual([{ a: 1, p: 0 }, { a: 3 }])
  })

  it('that promotes a canary is seen together with the end of the canary', async () => {
    await on().config.canaries.create(app, {
      name: 'try',
      content: 'a: canary',
      rule: { instances: ['web-1'] },
      evenIfUnknown: true,
    })
    await inTime('the canary is in force', () => live.current.a === 'canary')
    late.hold('/config/order/application.')
    await on().config.canaries.promote(app, 'try')
    await until('the others have passed', () => late.held > 0 && late.passed >= 2)
    await roundTrip()
    expect(live.documents.map(({ canary }) => canary)).toEqual(['try', undefined])
    late.release()
    await until('it is released', () => live.documents[0]?.release === 2)
    expect(live.documents.map(({ canary }) => canary)).toEqual([undefined, undefined])
    expect(seen).toEqual([{ a: 'canary', p: 0 }])
  })

  it('of which one is only imported now is seen when its last part has come', async () => {
    const { config, etcd } = on()
    late.hold('/config/order/application.')
    await etcd
      .txn()
      .do(put(`/config/${app}`, 'a: 1'), put('/config/shared/b.yaml', 'b: 1'))
      .commit()
    await config.releases.publish(profile, 'waypost: {import: shared/b.yaml}\np: 1')
    await expectNothingOf(2)
    late.release()
    await inTime('the whole is in force', () => seen.length > 0)
    expect(seen).toEqual([{ a: 1, b: 1, p: 1 }])
  })

  it('of which the rest does not come is read', async () => {
    late.hold('/config/order/application.')
    await writeByHand(1)
    await expectNothingOf(1)
    await inTime('the whole is in force', () => seen.length > 0)
    await on().config.releases.publish(profile, 'p: 2')
    await inTime('the next change is in force', () => seen.length > 1)
    expect(late.held).toBe(1)
    late.release()
    await on().config.releases.publish(profile, 'p: 3')
    await inTime('what is sent is followed again', () => seen.length > 2)
    expect(seen).toEqual([
      { a: 1, p: 1 },
      { a: 1, p: 2 },
      { a: 1, p: 3 },
    ])
  })

  it('of which the rest is lost with the store is not in force before the store is back', async () => {
    late.hold('/config/order/application.')
    await writeByHand(1)
    await until('the other part has passed', () => late.held > 0 && late.passed > 0)
    await roundTrip()
    await late.close()
    await until('it is noticed', () => live.staleSince)
    for (let seconds = 0; seconds < 60; seconds += 6) await clock.advance(6_000)
    expect(live.current).toEqual({ a: 0, p: 0 })
    client.setEndpoints([on().store.url])
    await inTime('the whole is in force', () => seen.length > 0)
    expect(seen).toEqual([{ a: 1, p: 1 }])
  })

  it('is loaded as a whole while it is being made', async () => {
    const { config } = on()
    let n = 0
    const writing = new AbortController()
    const writes = (async () => {
      while (!writing.signal.aborted) {
        n++
        await writeByHand(n)
        await new Promise((resolve) => setTimeout(resolve, 4))
      }
    })()
    for (let load = 0; load < 10; load++) {
      const loaded = await config.load({ app: 'order', profile: 'p', confirm: false })
      expect(loaded.current.a).toBe(loaded.current.p)
      await loaded.close()
    }
    writing.abort()
    await writes
  })
})
