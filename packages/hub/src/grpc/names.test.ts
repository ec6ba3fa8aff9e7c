import { once } from 'node:events'
import { EtcdClient } from '@waypost/client'
import { Registry } from '@waypost/registry'
import { startStore, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { startStoreAndHub } from '../hub.test-support.ts'
import { startHub } from '../hub.ts'
import { type Message, NamesClient } from './names.test-support.ts'

const web = {
  service: 'web',
  id: 'w1',
  host: '10.0.0.1',
  port: 80,
  weight: 0.5,
  tags: ['v1'],
  metadataJson: '{"rack":7}',
}

async function nextOf(stream: NodeJS.EventEmitter): Promise<Message> {
  const [message] = await once(stream, 'data', { signal: AbortSignal.timeout(20_000) })
  return Object(message)
}

describe('waypost.hub.v1.Names', () => {
  it('registers as long as signs of life come, changes, drains, and leaves with the stream', async () => {
    await using running = await startStoreAndHub()
    await using names = await NamesClient.connect(running.hub)
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    await using registry = new Registry(etcd)
    const view = await registry.discover('web')
    const reasons: string[] = []
    view.onChange(({ removed }) => reasons.push(...removed.map(({ reason }) => reason)))

    const stream = names.register()
    stream.write({ register: { ...web, ttlSeconds: 30 } })
    const first = await nextOf(stream)
    expect(first).toMatchObject({ id: 'w1', ttlSeconds: 30, session: expect.stringMatching(/^-?\d+$/) })
    await until('it is seen', () => view.instances.length === 1)
    expect(view.instances[0]).toMatchObject({
      address: '10.0.0.1:80',
      weight: 0.5,
      tags: ['v1'],
      metadata: { rack: 7 },
    })
    expect(await names.call('list', { service: 'web', tag: 'v1' })).toMatchObject({
      instances: [{ id: 'w1', weight: 0.5, metadataJson: '{"rack":7}', status: 'up' }],
      stale: false,
    })

    stream.write({ heartbeat: {} })
    expect(await nextOf(stream)).toMatchObject({ session: first.session, revision: '0' })
    stream.write({ change: { weight: 3 } })
    await nextOf(stream)
    await until('the change is seen', () => view.instances[0]?.weight === 3)
    stream.write({ drain: {} })
    await nextOf(stream)
    await until('it takes no work', () => view.instances[0]?.status === 'leaving')
    await expect(names.call('pick', { service: 'web' })).rejects.toMatchObject({ code: 14 })
    stream.end()
    await until('it has left', () => view.instances.length === 0)
    expect(reasons).toEqual(['left'])
  })

  it('keeps an instance whose stream breaks for its time to live, and lets it go on elsewhere', async () => {
    await using running = await startStoreAndHub()
    const { store, hub } = running
    await using other = await startHub({ endpoints: store.url, port: 0, logger: false })
    await using names = await NamesClient.connect(hub)
    await using elsewhere = await NamesClient.connect(other)
    const stream = names.register()
    stream.on('error', () => {})
    stream.write({ register: { ...web, ttlSeconds: 60 } })
    const { session } = await nextOf(stream)
    stream.cancel()
    const stranger = elsewhere.register()
    stranger.write({ register: web })
    const [refused] = await once(stranger, 'error')
    expect(refused).toMatchObject({ code: 6 })
    expect(refused.metadata.get('waypost-code')).toEqual(['already-exists'])
    const again = elsewhere.register()
    again.write({ register: { ...web, session, ttlSeconds: 60 } })
    expect(await nextOf(again)).toMatchObject({ session })
    again.end()
    await once(again, 'end')
    await using etcd = new EtcdClient({ endpoints: store.url })
    expect(await etcd.kv.get('/services/web/w1')).toBeUndefined()
  })

  it('takes away an instance whose client is silent, and puts it back when the client speaks again', async () => {
    await using running = await startStoreAndHub()
    await using names = await NamesClient.connect(running.hub)
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    const stream = names.register()
    stream.write({ register: { ...web, ttlSeconds: 1 } })
    const { session } = await nextOf(stream)
    await until('it is gone', async () => (await etcd.kv.get('/services/web/w1')) === undefined)
    stream.write({ heartbeat: {} })
    const second = await nextOf(stream)
    expect(second.session).not.toBe(session)
    expect(await etcd.kv.get('/services/web/w1')).toBeDefined()
    stream.end()
    await once(stream, 'end')
  })

  it('tells of changes, first the whole list', async () => {
    await using running = await startStoreAndHub()
    await using names = await NamesClient.connect(running.hub)
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    await etcd.kv.put('/services/api/a', '10.0.0.1:80')
    const stream = names.watch({ service: 'api' })
    stream.on('error', () => {})
    const seen: Message[] = []
    stream.on('data', (message: Message) => seen.push(message))
    await until('the list is there', () => seen.length === 1)
    expect(seen[0]).toMatchObject({ snapshot: true, changed: [{ id: 'a' }] })
    await etcd.kv.put('/services/api/b', '10.0.0.2:80')
    await until('the second is there', () => seen.length === 2)
    expect(seen[1]).toMatchObject({ snapshot: false, changed: [{ id: 'b', host: '10.0.0.2' }], removed: [] })
    await etcd.kv.put('/services/api/a', '{"host":"10.0.0.1","port":80,"status":"leaving"}')
    await until('the first takes no traffic', () => seen.length === 3)
    expect(seen[2]).toMatchObject({ changed: [], removed: ['a'] })
    stream.cancel()
  })

  it('picks by weight, by key, and not what was excluded', async () => {
    await using running = await startStoreAndHub()
    await using names = await NamesClient.connect(running.hub)
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    for (const id of ['a', 'b', 'c']) await etcd.kv.put(`/services/api/${id}`, `10.0.0.1:${id.charCodeAt(0)}`)
    const pick = async (more: Message = {}): Promise<unknown> => {
      const { instance } = await names.call('pick', { service: 'api', ...more })
      return Object(instance).id
    }
    expect(new Set([await pick(), await pick(), await pick()])).toEqual(new Set(['a', 'b', 'c']))
    expect(await pick({ exclude: ['a', 'c'] })).toBe('b')
    const keyed = await pick({ key: 'customer-7' })
    for (let round = 0; round < 5; round += 1) expect(await pick({ key: 'customer-7' })).toBe(keyed)
    await expect(names.call('pick', { service: 'nothing' })).rejects.toMatchObject({ code: 14 })
  })

  it.each([
    [{ heartbeat: {} }, /first message/],
    [{ register: { ...web, host: '' } }, /host is missing/],
    [{ register: { ...web, port: 0 } }, /port/],
    [{ register: { ...web, metadataJson: '[1]' } }, /JSON object/],
    [{ register: { ...web, status: 'gone' } }, /starting or up/],
    [{ register: { ...web, ttlSeconds: 999_999 } }, /time to live/],
  ])('refuses %o', async (message, words) => {
    await using running = await startStoreAndHub()
    await using names = await NamesClient.connect(running.hub)
    const stream = names.register()
    stream.write(message)
    const [error] = await once(stream, 'error')
    expect(error).toMatchObject({ code: 3, details: expect.stringMatching(words) })
  })

  it('gives each caller their own rights', async () => {
    const store = await startStore({ rootPassword: 'secret' })
    await using hub = await startHub({ endpoints: store.url, port: 0, logger: false })
    try {
      await using root = new EtcdClient({ endpoints: store.url, auth: { username: 'root', password: 'secret' } })
      await root.kv.put('/services/web/w1', '10.0.0.1:80')
      await root.auth.roles.add('reader')
      await root.auth.roles.grant('reader', 'read', { prefix: '/services/web/' })
      await root.auth.users.add('bob', 'pw')
      await root.auth.users.grantRole('bob', 'reader')
      await using bob = await NamesClient.connect(hub, 'bob:pw')
      await using nobody = await NamesClient.connect(hub)
      await using liar = await NamesClient.connect(hub, 'bob:wrong')
      expect(await bob.call('list', { service: 'web' })).toMatchObject({ instances: [{ id: 'w1' }] })
      await expect(bob.call('list', { service: 'api' })).rejects.toMatchObject({ code: 7 })
      await expect(nobody.call('list', { service: 'web' })).rejects.toMatchObject({ code: 16 })
      await expect(liar.call('list', { service: 'web' })).rejects.toMatchObject({ code: 16 })
      const stream = bob.register()
      stream.write({ register: { ...web, id: 'w2' } })
      const [error] = await once(stream, 'error')
      expect(error).toMatchObject({ code: 7 })
      expect(await root.kv.get('/services/web/w2')).toBeUndefined()
      const asJson = { 'content-type': 'application/json' }
      const login = JSON.stringify({ user: 'root', password: 'secret', session: 'token' })
      const begun = await fetch(`${hub.url}/v1/login`, { method: 'POST', headers: asJson, body: login })
      const { token } = Object(await begun.json())
      await using session = await NamesClient.connect(hub, String(token))
      const ends = [session.watch({ service: 'web' }), session.register()].map((open) => once(open, 'error'))
      expect(await session.call('list', { service: 'web' })).toMatchObject({ instances: [{ id: 'w1' }] })
      const headers = { authorization: `Bearer ${token}` }
      expect((await fetch(`${hub.url}/v1/session`, { method: 'DELETE', headers })).status).toBe(204)
      expect(await Promise.all(ends)).toMatchObject([[{ code: 16 }], [{ code: 16 }]])
      const watching = nobody.watch({ service: 'web' })
      const [refused] = await once(watching, 'error')
      expect(refused).toMatchObject({ code: 16 })
    } finally {
      await store.close()
    }
  })
})
