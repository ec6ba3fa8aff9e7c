import { put } from '@waypost/client'
import { patienceMs } from '@waypost/testkit'
import { expect, vi } from 'vitest'
import { TimelineRecorder } from '../../src/timeline/recorder.ts'
import { Timeline } from '../../src/timeline/timeline.ts'
import { deliveryKey, hookKey } from '../../src/webhooks/webhook-keys.ts'
import type { Preparations, PreparedStore } from './prepare.ts'

/** An instance that came up, recorded. Resolves to the event's id. */
async function record({ etcd, coordination }: PreparedStore): Promise<string> {
  await using recorder = new TimelineRecorder(etcd, coordination, { lingerMs: 0 })
  const timeline = new Timeline(etcd)
  await vi.waitFor(() => expect(recorder.state).toBe('recording'), { timeout: patienceMs })
  const { revision } = await etcd.kv.put(
    '/services/user/a',
    JSON.stringify({ host: '10.0.0.1', port: Math.ceil(Math.random() * 60_000) }),
  )
  return await vi.waitFor(
    async () => {
      const { events } = await timeline.list({ from: { revision }, service: 'user' })
      expect(events.length).toBe(1)
      return events[0]?.id ?? ''
    },
    { timeout: patienceMs },
  )
}

/** A webhook whose address is refused before anything is sent. */
async function hook({ etcd }: PreparedStore): Promise<void> {
  const value = {
    name: 'example',
    url: 'http://127.0.0.1:9/',
    format: 'json',
    language: 'en',
    kinds: ['*'],
    createdAt: '',
  }
  await etcd.kv.put(hookKey('wh-example'), JSON.stringify(value))
}

export const timeline: Preparations = {
  'timeline.at': async (store) => {
    await record(store)
  },
  'webhooks.show': hook,
  'webhooks.update': async (store) => {
    await hook(store)
    return { params: { webhook: 'wh-example' }, body: { url: 'https://example.com/', isPaused: true } }
  },
  'webhooks.delete': hook,
  'webhooks.test': hook,
  'webhooks.deliveries': hook,
  'webhooks.redeliver': async (store) => {
    await hook(store)
    const eventId = await record(store)
    const id = `wh-example.${eventId}`
    const delivery = { id, firstId: eventId, lastId: eventId, events: 1, state: 'delivered', tries: 1, attempts: [] }
    await store.etcd
      .txn()
      .do(put(deliveryKey('wh-example', eventId), JSON.stringify(delivery)))
      .commit()
    return { params: { webhook: 'wh-example', delivery: id } }
  },
}
