import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { patienceMs, startStore } from '@waypost/testkit'
import { afterEach, expect, test, vi } from 'vitest'
import { startHub } from '../../hub.ts'
import { isFields } from '../../timeline/concerns/concern.ts'
import { Receiver } from '../../webhooks/receiver.test-support.ts'

const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

function keep<T extends { close(): Promise<unknown> }>(thing: T): T {
  open.push(thing)
  return thing
}

const up = JSON.stringify({ host: '10.0.0.1', port: 80 })
const root = { username: 'root', password: 'secret-of-root' }

type Headers = Readonly<Record<string, string>>

async function running({ withLogin = false } = {}) {
  const store = keep(await startStore(withLogin ? { rootPassword: root.password } : {}))
  const auth = withLogin ? root : undefined
  const etcd = keep(new EtcdClient({ endpoints: store.url, auth, timeoutMs: patienceMs }))
  const options = { port: 0, logger: false, checkResponses: true, webhookNetworks: ['loopback'] } as const
  const start = async () => keep(await startHub({ ...options, endpoints: store.url, auth }))
  const hub = await start()
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(hub.url + path, init)
    const body: unknown = answer.status === 204 ? undefined : await answer.json()
    return { status: answer.status, body: isFields(body) ? body : {} }
  }
  const get = (path: string, headers: Headers = {}) => ask(path, { headers })
  const send = (method: string, path: string, content?: unknown) =>
    ask(path, {
      method,
      ...(content === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) }),
    })
  const headers = withLogin ? basic(root) : {}
  await soon(async () => expect((await get('/v1/timeline/status', headers)).body.thisHub).toBe('recording'))
  return { store, etcd, hub, start, get, send }
}

function basic({ username, password }: { readonly username: string; readonly password: string }): Headers {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
}

/** The objects of a list in an answer. */
function listIn(body: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  const list = isFields(body) ? body[name] : undefined
  return Array.isArray(list) ? list.filter(isFields) : []
}

function kindsIn(body: unknown): string[] {
  return listIn(body, 'events').map(({ kind, instance, path }) => `${kind} ${instance ?? path ?? ''}`.trim())
}

function soon<T>(check: () => Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: patienceMs, interval: 20 })
}

test('lists what has happened, page by page, and waits for more', async () => {
  const { etcd, get } = await running()
  const query = '/v1/timeline?kind=instance.*&limit=2'
  // Followed from before the events on: what comes later pushes older ones to the next page.
  expect(kindsIn((await get(query)).body)).toEqual([])
  for (const name of ['a', 'b', 'c']) await etcd.kv.put(`/services/user/${name}`, up)
  await soon(async () => expect(kindsIn((await get(query)).body)).toEqual(['instance.up c', 'instance.up b']))
  const { body } = await get(query)
  expect(kindsIn((await get(`${query}&cursor=${body.next}`)).body)).toEqual(['instance.up a'])
  const waiting = get(`/v1/timeline?service=user&limit=1&wait=30s&since=${body.revision}`)
  await etcd.kv.delete('/services/user/a')
  expect(kindsIn((await waiting).body)).toEqual(['instance.down a'])
  expect(await get('/v1/timeline?kind=nonsense')).toMatchObject({ status: 400, body: { code: 'invalid-argument' } })
  expect(await get('/v1/timeline?from=yesterday')).toMatchObject({ status: 400 })
  expect(await get('/v1/timeline?cursor=x')).toMatchObject({ status: 400 })
})

test('a stream that is taken up at another hub misses nothing and repeats nothing', async () => {
  const { etcd, hub, start } = await running()
  const other = await start()
  const seen: string[] = []
  let lastId = ''
  const follow = async (url: string, until: string) => {
    const end = new AbortController()
    const headers = { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) }
    const answer = await fetch(`${url}/v1/timeline?kind=instance.up`, { headers, signal: end.signal })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (reader !== undefined && !seen.includes(until)) {
      const { value = '', done } = await reader.read()
      if (done) break
      text += value
      const frames = text.split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1]
        if (field('id') !== undefined) lastId = field('id') ?? ''
        if (field('event') !== 'change') continue
        seen.push(...listIn(JSON.parse(field('data') ?? '{}'), 'events').map(({ instance }) => String(instance)))
      }
    }
    end.abort()
  }
  const first = follow(hub.url, '9')
  for (let step = 0; step < 10; step++) await etcd.kv.put(`/services/user/${step}`, up)
  await first
  for (let step = 10; step < 20; step++) await etcd.kv.put(`/services/user/${step}`, up)
  await etcd.kv.compact((await etcd.kv.put('/x', '')).revision)
  const second = follow(other.url, '29')
  for (let step = 20; step < 30; step++) await etcd.kv.put(`/services/user/${step}`, up)
  await second
  expect(seen).toEqual([...new Set(seen)])
  expect(seen.slice(seen.indexOf('9'))).toEqual(Array.from({ length: 21 }, (_, index) => String(index + 9)))
})

test('shows what was there at a moment, with the content of a document', async () => {
  const { etcd, get } = await running()
  const config = keep(new ConfigCenter(etcd))
  await etcd.kv.put('/services/user/a', up)
  await config.releases.publish('order/app.yaml', 'a: 1', { author: 'ann' })
  const { revision } = await etcd.kv.put('/config/by-hand', 'first')
  await config.releases.publish('order/app.yaml', 'a: 2', { author: 'ann' })
  await etcd.kv.put('/config/by-hand', 'second')
  await etcd.kv.delete('/services/user/a')
  await soon(async () => expect(kindsIn((await get('/v1/timeline')).body)[0]).toBe('instance.down a'))
  const at = `/v1/timeline/at?moment=${revision}`
  expect((await get(`${at}&service=user`)).body.instances).toMatchObject([{ name: 'user/a', facts: { status: 'up' } }])
  expect((await get(`${at}&path=order/app.yaml`)).body).toMatchObject({
    content: 'a: 1',
    documents: [{ facts: { release: 1, author: 'ann' } }],
  })
  expect((await get(`${at}&path=by-hand`)).body.content).toBe('first')
  expect((await get('/v1/timeline/at?moment=2999-01-01&path=by-hand')).body.content).toBe('second')
  expect(await get('/v1/timeline/at?moment=99999999')).toMatchObject({ status: 400, body: { code: 'future-revision' } })
  expect(await get('/v1/timeline/at?moment=2000-01-01')).toMatchObject({ status: 404 })
})

test('shows each caller what they may read, and nothing else', async () => {
  const { etcd, get } = await running({ withLogin: true })
  await etcd.auth.roles.add('orders')
  await etcd.auth.roles.grant('orders', 'read', { prefix: '/config/order/' })
  for (const [name, roles] of [
    ['ann', ['orders']],
    ['nobody', []],
  ] as const) {
    await etcd.auth.users.add(name, 'a long password')
    for (const role of roles) await etcd.auth.users.grantRole(name, role)
  }
  await etcd.kv.put('/config/order/a', '1')
  await etcd.kv.put('/config/user/a', '1')
  await etcd.kv.put('/services/user/a', up)
  const seenBy = async (username: string, password = 'a long password') => {
    const { body } = await get('/v1/timeline?kind=instance.*,document.*', basic({ username, password }))
    return kindsIn(body)
  }
  await soon(async () => expect((await seenBy('root', root.password)).length).toBe(3))
  expect(await seenBy('ann')).toEqual(['document.written order/a'])
  expect(await seenBy('nobody')).toEqual([])
  const state = await get('/v1/timeline/at?moment=2999-01-01', basic({ username: 'ann', password: 'a long password' }))
  expect(state.body).toMatchObject({ instances: [], documents: [{ name: 'order/a' }] })
  const hooks = await get('/v1/webhooks', basic({ username: 'ann', password: 'a long password' }))
  expect(hooks).toMatchObject({ status: 403, body: { code: 'permission-denied' } })
})

test('manages webhooks without showing what is secret', async () => {
  const { etcd, get, send } = await running()
  const receiver = keep(await Receiver.start())
  const made = await send('POST', '/v1/webhooks', {
    url: `${receiver.url}/services/T0001234/abcd1234?key=secret`,
    kinds: ['instance.up'],
    name: 'on call',
  })
  expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/), name: 'on call' } })
  const path = `/v1/webhooks/${made.body.id}`
  const shown = JSON.stringify((await get('/v1/webhooks')).body)
  expect(shown).not.toContain(made.body.secret)
  expect(shown).not.toContain('T0001234')
  expect(shown).not.toContain('key=secret')
  expect((await send('POST', `${path}/test`)).body).toMatchObject({ status: 200 })
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ type: 'test', events: [] })
  await etcd.kv.put('/services/user/a', up)
  const delivered = await soon(async () => {
    const { body } = await get(`${path}/deliveries`)
    expect(body.deliveries).toMatchObject([{ state: 'delivered', events: 1 }])
    return listIn(body, 'deliveries')[0]
  })
  const again = await send('POST', `${path}/deliveries/${delivered?.id}/redeliver`)
  expect(again.body).toMatchObject({ state: 'delivered', redeliveryOf: delivered?.id })
  const ids = receiver.received.slice(1).map(({ headers }) => headers['webhook-id'])
  expect(ids).toEqual([delivered?.id, delivered?.id])
  expect((await send('PATCH', path, { isPaused: true })).body).toMatchObject({ isPaused: true, name: 'on call' })
  expect(await send('PATCH', path, { url: 'http://10.0.0.1/' })).toMatchObject({ status: 403 })
  expect((await send('DELETE', path)).status).toBe(204)
  expect((await get(path)).status).toBe(404)
  const actions = (await etcd.kv.list({ prefix: '/waypost/audit/2' }).toArray()).map(
    (kv) => kv.json<{ action: string }>().action,
  )
  expect(actions).toEqual(['webhook.create', 'webhook.pause', 'webhook.delete'])
})
