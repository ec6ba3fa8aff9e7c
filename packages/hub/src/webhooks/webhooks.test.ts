import { createHmac } from 'node:crypto'
import type { EtcdClient } from '@waypost/client'
import { parseKeyring } from '@waypost/config'
import { Coordination } from '@waypost/coordination'
import { systemClock } from '@waypost/core'
import { patienceMs } from '@waypost/testkit'
import { expect, test, vi } from 'vitest'
import { readPosition } from '../timeline/begin.ts'
import { keep, recorded } from '../timeline/recorder.test-support.ts'
import { TimelineFeed } from '../timeline/timeline-feed.ts'
import { AllowedNetworks } from './allowed-networks.ts'
import { defaultRetryLimits, type RetryLimits } from './hook-worker.ts'
import { type Received, Receiver } from './receiver.test-support.ts'
import { WebhookSender } from './send.ts'
import { WebhookDispatcher } from './webhook-dispatcher.ts'
import { hookKey } from './webhook-keys.ts'
import { WebhookStore } from './webhook-store.ts'

const up = JSON.stringify({ host: '10.0.0.1', port: 80 })
const networks = new AllowedNetworks(['loopback'])
const lastEventIdOf = (etcd: EtcdClient) => async () => (await readPosition(etcd))?.position.lastId
const asker = { author: 'ann', address: undefined }

async function hub(retry: Partial<RetryLimits> = {}) {
  const parts = await recorded()
  const { etcd, timeline } = parts
  const feed = keep(new TimelineFeed(etcd))
  const receiver = keep(await Receiver.start())
  const sender = keep(new WebhookSender(networks, systemClock))
  const errors: unknown[] = []
  const common = { etcd, clock: systemClock, keyring: undefined, networks, lastEventId: lastEventIdOf(etcd) }
  const store = new WebhookStore(common)
  const startDispatcher = () =>
    keep(
      new WebhookDispatcher({
        ...common,
        coordination: keep(new Coordination(etcd)),
        timeline,
        feed,
        sender,
        retry: { ...defaultRetryLimits, initialMs: 20, maxMs: 50, ...retry },
        onError: (error) => errors.push(error),
      }),
    )
  return { ...parts, feed, receiver, sender, store, startDispatcher, dispatcher: startDispatcher(), errors }
}

function idsIn(received: readonly Received[]): string[] {
  return received.flatMap(({ body }) => JSON.parse(body).events.map((event: { instance: string }) => event.instance))
}

async function untilReceived(receiver: Receiver, instance: string): Promise<void> {
  await vi.waitFor(() => expect(idsIn(receiver.received)).toContain(instance), { timeout: patienceMs })
}

test('sends the chosen events, signed, in their order', async () => {
  const { etcd, receiver, store } = await hub()
  const { secret = '', id } = await store.create(
    { url: `${receiver.url}/hook`, format: 'json', kinds: ['instance.*'], service: 'user' },
    asker,
  )
  await etcd.kv.put('/services/other/x', up)
  for (const name of ['a', 'b', 'c']) await etcd.kv.put(`/services/user/${name}`, up)
  await etcd.kv.put('/config/plain', 'x')
  await etcd.kv.delete('/services/user/a')
  await vi.waitFor(() => expect(idsIn(receiver.received)).toEqual(['a', 'b', 'c', 'a']), { timeout: patienceMs })
  for (const { headers, body } of receiver.received) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    expect(JSON.parse(body)).toMatchObject({ type: 'events', webhook: { id }, id: headers['webhook-id'] })
  }
  const last = JSON.parse(receiver.received.at(-1)?.body ?? '').events.at(-1)
  expect(last).toMatchObject({
    kind: 'instance.down',
    reason: 'evicted',
    summary: 'user/a is down: its record was deleted',
  })
})

test('tries again until the receiver takes it, and loses nothing meanwhile', async () => {
  const { etcd, receiver, store } = await hub()
  receiver.answer = () => ({ status: 503, body: 'later' })
  const { id } = await store.create({ url: receiver.url, format: 'json', kinds: ['instance.up'] }, asker)
  await etcd.kv.put('/services/user/a', up)
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(2), { timeout: patienceMs })
  const [retrying] = await store.deliveries(id, 10)
  expect(retrying).toMatchObject({ state: 'retrying', events: 1 })
  expect(retrying?.attempts[0]).toMatchObject({ status: 503, error: 'status 503: later' })
  await etcd.kv.put('/services/user/b', up)
  const before = receiver.received.length
  receiver.answer = () => ({})
  await untilReceived(receiver, 'b')
  expect(new Set(idsIn(receiver.received.slice(before)))).toEqual(new Set(['a', 'b']))
  // The same id on every attempt.
  expect(new Set(receiver.received.slice(0, before).map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  await vi.waitFor(
    async () => expect((await store.deliveries(id, 10)).map(({ state }) => state)).toEqual(['delivered', 'delivered']),
    { timeout: patienceMs },
  )
})

test('gives up what a receiver refuses for good, and goes on', async () => {
  const { etcd, receiver, store } = await hub({ maxRefusals: 2 })
  receiver.answer = ({ body }) => ({ status: idsIn([{ url: '', headers: {}, body }]).includes('bad') ? 422 : 200 })
  const { id } = await store.create({ url: receiver.url, format: 'json', kinds: ['instance.up'] }, asker)
  await etcd.kv.put('/services/user/bad', up)
  await vi.waitFor(async () => expect((await store.deliveries(id, 10))[0]?.state).toBe('failed'), {
    timeout: patienceMs,
  })
  await etcd.kv.put('/services/user/good', up)
  await untilReceived(receiver, 'good')
  expect(receiver.received.length).toBe(3)
})

test('another hub goes on where the first one stopped', async () => {
  const { etcd, receiver, store, dispatcher, startDispatcher } = await hub()
  const { id } = await store.create({ url: receiver.url, format: 'json', kinds: ['instance.up'] }, asker)
  await etcd.kv.put('/services/user/a', up)
  await vi.waitFor(async () => expect((await store.deliveries(id, 1))[0]?.state).toBe('delivered'), {
    timeout: patienceMs,
  })
  await dispatcher.close()
  await etcd.kv.put('/services/user/b', up)
  startDispatcher()
  await untilReceived(receiver, 'b')
  expect(idsIn(receiver.received)).toEqual(['a', 'b'])
})

test('a paused webhook keeps its place', async () => {
  const { etcd, receiver, store } = await hub()
  const { id } = await store.create(
    { url: receiver.url, format: 'json', kinds: ['instance.up'], isPaused: true },
    asker,
  )
  await etcd.kv.put('/services/user/a', up)
  await etcd.kv.put('/services/user/b', up)
  expect((await store.update(id, { isPaused: false }, asker)).isPaused).toBe(false)
  await untilReceived(receiver, 'b')
  expect(idsIn(receiver.received)).toEqual(['a', 'b'])
})

test('does not follow redirects', async () => {
  const { etcd, receiver, store } = await hub({ maxRefusals: 1 })
  receiver.answer = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere` } })
  const { id } = await store.create({ url: `${receiver.url}/first`, format: 'json', kinds: ['instance.up'] }, asker)
  await etcd.kv.put('/services/user/a', up)
  await vi.waitFor(async () => expect((await store.deliveries(id, 10))[0]?.state).toBe('failed'), {
    timeout: patienceMs,
  })
  expect(receiver.received.map(({ url }) => url)).toEqual(['/first'])
})

test('speaks to chats as they ask, and reads their answers', async () => {
  const { etcd, receiver, store } = await hub()
  receiver.answer = ({ url }) =>
    url.startsWith('/wecom') ? { body: '{"errcode":0}' } : { body: '{"code":0,"errcode":0}' }
  const kinds = ['instance.up']
  await store.create({ url: `${receiver.url}/slack`, format: 'slack', kinds }, asker)
  await store.create(
    { url: `${receiver.url}/feishu`, format: 'feishu', kinds, language: 'zh', secret: 'feishu-secret-1234' },
    asker,
  )
  await store.create(
    { url: `${receiver.url}/ding?access_token=t`, format: 'dingtalk', kinds, secret: 'SECdingtalk-secret' },
    asker,
  )
  await store.create({ url: `${receiver.url}/wecom`, format: 'wecom', kinds, language: 'zh' }, asker)
  await etcd.kv.put('/services/user/<a>', up)
  await vi.waitFor(() => expect(receiver.received.length).toBe(4), { timeout: patienceMs })
  const of = (path: string) => receiver.received.find(({ url }) => url.startsWith(path))
  expect(JSON.parse(of('/slack')?.body ?? '').text).toMatch(/^Waypost\n\d\d:\d\d:\d\dZ user\/&lt;a&gt; is up$/)
  const feishu = JSON.parse(of('/feishu')?.body ?? '')
  expect(feishu.content.text).toMatch(/user\/<a> 已上线$/)
  expect(feishu.sign).toBe(createHmac('sha256', `${feishu.timestamp}\nfeishu-secret-1234`).digest('base64'))
  const ding = new URL(of('/ding')?.url ?? '', receiver.url)
  const timestamp = ding.searchParams.get('timestamp')
  const expected = createHmac('sha256', 'SECdingtalk-secret')
    .update(`${timestamp}\nSECdingtalk-secret`)
    .digest('base64')
  expect(ding.searchParams.get('sign')).toBe(expected)
  expect(ding.searchParams.get('access_token')).toBe('t')
  expect(JSON.parse(of('/wecom')?.body ?? '')).toMatchObject({
    msgtype: 'text',
    text: { content: expect.stringContaining('已上线') },
  })
})

test('a chat that refuses with status 200 is a failure', async () => {
  const { etcd, receiver, store } = await hub()
  receiver.answer = () => ({ body: '{"errcode":310000,"errmsg":"sign not match"}' })
  const { id } = await store.create({ url: receiver.url, format: 'dingtalk', kinds: ['instance.up'] }, asker)
  await etcd.kv.put('/services/user/a', up)
  await vi.waitFor(
    async () => expect((await store.deliveries(id, 1))[0]?.attempts[0]?.error).toBe('errcode 310000: sign not match'),
    { timeout: patienceMs },
  )
})

test('encrypts what is secret when the hub has keys', async () => {
  const { etcd, store } = await hub()
  const keyring = parseKeyring(`k1:${Buffer.alloc(32, 7).toString('base64')}`)
  const sealed = new WebhookStore({ etcd, clock: systemClock, keyring, networks, lastEventId: lastEventIdOf(etcd) })
  const made = await sealed.create({ url: 'http://127.0.0.1:1/token-1234', format: 'json', kinds: ['*'] }, asker)
  const stored = (await etcd.kv.get(hookKey(made.id)))?.text() ?? ''
  expect(stored).not.toContain('token-1234')
  expect(stored).not.toContain(made.secret)
  expect(await sealed.get(made.id)).toEqual(made)
  await expect(store.get(made.id)).rejects.toMatchObject({ code: 'failed-precondition' })
})

test.each([
  [{ url: 'ftp://example.com' }, 'invalid-argument'],
  [{ url: 'nonsense' }, 'invalid-argument'],
  [{ url: 'http://user:password@example.com' }, 'invalid-argument'],
  [{ kinds: ['instance.explodes'] }, 'invalid-argument'],
  [{ kinds: [] }, 'invalid-argument'],
  [{ secret: 'short' }, 'invalid-argument'],
  [{ url: 'http://169.254.169.254/latest/meta-data' }, 'permission-denied'],
  [{ url: 'http://10.0.0.1/' }, 'permission-denied'],
  [{ url: 'http://[::ffff:10.0.0.1]/' }, 'permission-denied'],
])('refuses %o', async (proposal, code) => {
  const { etcd } = await recorded()
  const lastEventId = lastEventIdOf(etcd)
  const store = new WebhookStore({ etcd, clock: systemClock, keyring: undefined, networks, lastEventId })
  const whole = { url: 'http://127.0.0.1:1/', format: 'json' as const, kinds: ['*'], ...proposal }
  await expect(store.create(whole, asker)).rejects.toMatchObject({ code })
})
