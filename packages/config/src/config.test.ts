import { EtcdClient, put } from '@waypost/client'
import { type ContractStore, first, stores, until } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { ConfigCenter } from './admin/config-center.ts'
import type { ConfigChange } from './config-change.ts'
import type { ConfigProblem } from './problem.ts'

/** The memory flavour differs from the durable one only in that it cannot be restarted. */
const flavours = stores().filter((flavour) => flavour.name !== 'embedded-memory' && flavour.canRun('the configuration'))

describe.each(flavours)('the configuration on $name', (flavour) => {
  let store: ContractStore
  let etcd: EtcdClient
  let config: ConfigCenter
  const clients: EtcdClient[] = []

  function newClient(endpoints = store.url, timeoutMs = 5000): EtcdClient {
    const client = new EtcdClient({ endpoints, timeoutMs })
    clients.push(client)
    return client
  }

  beforeAll(async () => {
    store = await flavour.start()
  })

  afterAll(async () => {
    await store?.close()
  })

  beforeEach(() => {
    etcd = newClient()
    config = new ConfigCenter(etcd)
  })

  afterEach(async () => {
    await config.close()
    await newClient().kv.delete({ all: true })
    await Promise.all(clients.splice(0).map((client) => client.close()))
  })

  describe('plain values', () => {
    it.each(['', 'plain', 'a\r\nb\rc\n\n', '\uFEFFmarked', '配置 🚀 \u2028 \0', ' \t '])(
      'are kept as text: %j',
      async (text) => {
        await config.documents.putRaw('order/value', text)
        expect(await config.get('order/value')).toBe(text)
        expect((await etcd.kv.get('/config/order/value'))?.bytes).toEqual(Buffer.from(text))
      },
    )

    it('are kept as bytes, and are not given as text when they are none', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      await config.documents.putRaw('bytes', bytes)
      expect(await config.getBytes('bytes')).toEqual(Buffer.from(bytes))
      await expect(config.get('bytes')).rejects.toMatchObject({ code: 'invalid-document' })
    })

    it('are read as JSON on request', async () => {
      await config.documents.putRaw('limits', '{"max": 3}')
      expect(await config.getJson('limits')).toEqual({ max: 3 })
      await config.documents.putRaw('limits', '{')
      await expect(config.getJson('limits')).rejects.toMatchObject({
        code: 'invalid-document',
        details: { path: 'limits' },
      })
    })

    it('are absent until they are set and after they are deleted', async () => {
      expect(await config.get('order/value')).toBeUndefined()
      expect(await config.getJson('order/value')).toBeUndefined()
      const { revision } = await config.documents.putRaw('order/value', 'x')
      expect((await etcd.kv.get('/config/order/value'))?.modRevision).toBe(revision)
      expect(await config.documents.deleteRaw('order/value')).toBe(true)
      expect(await config.documents.deleteRaw('order/value')).toBe(false)
      expect(await config.get('order/value')).toBeUndefined()
    })

    it.each(['', '/order', 'order/', 'a//b', 'a/../b', 'a\nb'])('have no path like %j', async (path) => {
      await expect(config.documents.putRaw(path, 'x')).rejects.toMatchObject({ code: 'invalid-argument' })
      await expect(config.get(path)).rejects.toMatchObject({ code: 'invalid-argument' })
      expect(() => config.watch(path)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    })

    it('refuse half a surrogate pair, which would not come back as it was', async () => {
      await expect(config.documents.putRaw('a', 'x\uD800')).rejects.toMatchObject({ code: 'invalid-argument' })
    })
  })

  describe('watching', () => {
    it('tells what is set and deleted, whoever does it', async () => {
      const watch = config.watch('order/value')
      await watch.ready
      await config.documents.putRaw('order/value', 'one')
      await next(watch, { type: 'set', text: 'one', previous: undefined })
      await newClient().kv.put('/config/order/value', 'two')
      await next(watch, { type: 'set', text: 'two', previous: 'one' })
      await config.documents.putRaw('order/value-2', 'other')
      await config.documents.deleteRaw('order/value')
      await next(watch, { type: 'deleted', text: undefined, previous: 'two' })
    })

    it('follows a prefix, and begins with what is there when asked', async () => {
      await config.documents.putRaw('order/a', '1')
      await config.documents.putRaw('user/a', '1')
      const watch = config.watch({ prefix: 'order/' }, { initial: true })
      expect((await watch.next()).value).toMatchObject({ type: 'set', path: 'order/a' })
      await config.documents.putRaw('order/b', '2')
      expect((await watch.next()).value).toMatchObject({ type: 'set', path: 'order/b' })
    })

    it('gives a slow consumer the newest value of each path', async () => {
      await config.documents.putRaw('a', '0')
      const watch = config.watch({ prefix: '' })
      await watch.ready
      for (const text of ['1', '2', '3']) await config.documents.putRaw('a', text)
      await config.documents.putRaw('b', 'short-lived')
      await config.documents.deleteRaw('b')
      const { revision } = await config.documents.putRaw('c', 'x')
      await until('all is seen', () => watch.revision >= revision)
      await next(watch, { type: 'set', text: '3', previous: '0' })
      expect((await watch.next()).value).toMatchObject({ path: 'c' })
    })

    it('ends with close, break, the configuration, and its signal', async () => {
      const closed = config.watch('a')
      const waiting = closed.next()
      await closed.close()
      expect(await waiting).toEqual({ value: undefined, done: true })

      const broken = config.watch('a', { initial: true })
      await config.documents.putRaw('a', '1')
      for await (const _ of broken) break
      expect((await broken.next()).done).toBe(true)

      const aborter = new AbortController()
      const aborted = config.watch('a', { signal: aborter.signal })
      const rejected = expect(aborted.next()).rejects.toMatchObject({ code: 'aborted' })
      aborter.abort()
      await rejected

      const last = config.watch('a').next()
      await config.close()
      expect((await last).done).toBe(true)
    })

    it('fails in time when the store is away', async () => {
      const watch = new ConfigCenter(newClient('http://127.0.0.1:1', 200)).watch('a')
      await expect(watch.next()).rejects.toMatchObject({ code: 'unavailable' })
      await expect(watch.ready).rejects.toMatchObject({ code: 'unavailable' })
    })
  })

  describe('loading', () => {
    const schema = z.object({
      name: z.string(),
      database: z.object({ host: z.string(), pool: z.number().int().max(50).default(10) }),
      features: z.array(z.string()).default([]),
    })

    beforeEach(async () => {
      await config.documents.putRaw('order/application.yaml', 'name: order\ndatabase:\n  host: db.local\n')
      await config.documents.putRaw('order/production/application.yaml', 'database:\n  host: db.prod\n')
    })

    it('gives a typed, frozen value of all layers', async () => {
      const live = await config.load({ app: 'order', profile: 'production', schema })
      expect(live.current).toEqual({ name: 'order', database: { host: 'db.prod', pool: 10 }, features: [] })
      expectTypeOf(live.current.database.pool).toEqualTypeOf<number>()
      expectTypeOf(live.current.features).toEqualTypeOf<readonly string[]>()
      expect(Object.isFrozen(live.current.database)).toBe(true)
      expect(live.revision).toBeGreaterThan(0n)
      expect(live.problems).toEqual([])
      await until('it follows', () => live.staleSince === undefined)
    })

    it('works without a schema', async () => {
      const live = await config.load({ app: 'order' })
      expect(live.current.name).toBe('order')
    })

    it('begins with what it imports', async () => {
      await config.documents.putRaw('shared/database.json', '{"database": {"pool": 7, "host": "shared"}}')
      const live = await config.load({ app: 'order', imports: ['shared/database'], schema })
      expect(live.current.database).toEqual({ host: 'db.local', pool: 7 })
      const changes = live.changes()
      await config.documents.putRaw('shared/database.json', '{"database": {"pool": 8}}')
      expect((await changes.next()).value?.current.database).toEqual({ host: 'db.local', pool: 8 })
    })

    it('follows a change by anybody, and a change that changes nothing is none', async () => {
      const live = await config.load({ app: 'order', profile: 'production', schema })
      const before = live.current
      const changes = live.changes()
      await config.documents.putRaw('order/production/application.yaml', '# a comment\ndatabase: {host: db.prod}\n')
      await config.documents.putRaw('order/other.txt', 'of no concern')
      const { revision } = await newClient().kv.put(
        '/config/order/production/application.yaml',
        'database: {host: db.prod, pool: 20}',
      )
      const { value } = await changes.next()
      expect(value?.previous).toBe(before)
      expect(value?.current.database.pool).toBe(20)
      expect(value?.revision).toBe(revision)
      expect(live.current).toBe(value?.current)
      expect(live.revision).toBe(revision)
    })

    it('sees documents that are written in one transaction as one change', async () => {
      const live = await config.load({ app: 'order', profile: 'production', schema })
      const changes = live.changes()
      await etcd
        .txn()
        .do(
          put('/config/order/application.yaml', 'name: new\ndatabase: {host: x}'),
          put('/config/order/production/application.yaml', 'features: [a]'),
        )
        .commit()
      expect((await changes.next()).value?.current).toEqual({
        name: 'new',
        database: { host: 'x', pool: 10 },
        features: ['a'],
      })
    })

    it('gives a slow consumer the newest value, with what it saw last as the previous', async () => {
      const live = await config.load({ app: 'order', schema })
      const before = live.current
      const changes = live.changes()
      for (const pool of [1, 2, 3]) {
        await config.documents.putRaw('order/application.yaml', `name: order\ndatabase: {host: a, pool: ${pool}}`)
        await until('it is in force', () => live.current.database.pool === pool)
      }
      const { value } = await changes.next()
      expect(value?.current.database.pool).toBe(3)
      expect(value?.previous).toBe(before)
    })

    it.each<[string, string, Partial<ConfigProblem>]>([
      [
        'does not parse',
        'name: order\ndatabase: {host: x',
        { line: 2, column: expect.any(Number), message: expect.stringContaining('order/application.yaml:2:') },
      ],
      [
        'does not fit the schema',
        'name: order\ndatabase:\n  host: x\n  pool: 99\n',
        { line: 4, column: 3, keyPath: 'database.pool' },
      ],
    ])('keeps the last good value when a change %s, and says where', async (_what, text, problem) => {
      const live = await config.load({ app: 'order', schema })
      const before = live.current
      const reported: ConfigProblem[] = []
      live.onProblem((problems) => reported.push(...problems))
      const changes = live.changes()
      await config.documents.putRaw('order/application.yaml', text)
      await until('it is rejected', () => live.problems.length > 0)
      expect(live.problems).toMatchObject([{ code: 'invalid-document', path: 'order/application.yaml', ...problem }])
      expect(reported).toEqual(live.problems)
      expect(live.current).toBe(before)
      await config.documents.putRaw('order/application.yaml', 'name: cured\ndatabase: {host: x}')
      expect((await changes.next()).value).toMatchObject({ current: { name: 'cured' }, previous: before })
      expect(live.problems).toEqual([])
    })

    it('keeps the last good value when all documents are deleted', async () => {
      const live = await config.load({ app: 'order', profile: 'production', schema })
      live.onProblem(() => {})
      await etcd.kv.delete({ prefix: '/config/order/' })
      await until('it is reported', () => live.problems.length > 0)
      expect(live.problems).toMatchObject([{ code: 'not-found' }])
      expect(live.current.name).toBe('order')
    })

    it('warns the process when nobody listens', async () => {
      const warning = new Promise<Error>((resolve) => process.once('warning', resolve))
      const live = await config.load({ app: 'order', schema })
      await config.documents.putRaw('order/application.yaml', '[]')
      expect((await warning).message).toContain('order/application.yaml:1:1: The top level must be a mapping')
      expect(live.current.name).toBe('order')
    })

    it('takes a layer away when its document is deleted', async () => {
      const live = await config.load({ app: 'order', profile: 'production', schema })
      const changes = live.changes()
      await config.documents.deleteRaw('order/production/application.yaml')
      expect((await changes.next()).value?.current.database.host).toBe('db.local')
    })

    it('explains where a value comes from', async () => {
      const live = await config.load({ app: 'order', profile: 'production', schema })
      expect(live.explain('database.host')).toMatchObject({
        path: 'order/production/application.yaml',
        line: 2,
        column: 3,
        value: 'db.prod',
        below: [{ path: 'order/application.yaml', line: 3, value: 'db.local' }],
      })
      expect(live.explain('database.pool')).toBeUndefined()
    })

    it.each([
      ['no document exists', { app: 'nothing' }, 'not-found', 'no nothing/application.* exists'],
      ['an import does not exist', { app: 'order', imports: ['shared/none.yaml'] }, 'not-found', 'shared/none.yaml'],
      ['the app is no name', { app: 'a/b' }, 'invalid-argument', 'slash'],
    ])('fails at start when %s', async (_when, options, code, message) => {
      await expect(config.load(options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    })

    it('fails at start naming path, line and column of a bad document', async () => {
      await config.documents.putRaw('order/application.yaml', 'name: [\ndatabase: 1')
      await expect(config.load({ app: 'order', schema })).rejects.toMatchObject({
        code: 'invalid-document',
        message: expect.stringMatching(/^order\/application\.yaml:\d+:\d+: /),
        details: { path: 'order/application.yaml', line: expect.any(Number), column: expect.any(Number) },
      })
      await config.documents.putRaw('order/application.yaml', 'name: 5\ndatabase: {host: a, pool: x}')
      await expect(config.load({ app: 'order', schema })).rejects.toMatchObject({
        details: { line: 1, problems: [{ keyPath: 'name' }, { keyPath: 'database.pool', line: 2 }] },
      })
    })

    it('fails in time when the store is away, or when it is aborted', async () => {
      const away = new ConfigCenter(newClient('http://127.0.0.1:1'))
      await expect(away.load({ app: 'order', timeoutMs: 200 })).rejects.toMatchObject({ code: 'unavailable' })
      const aborter = new AbortController()
      const loading = away.load({ app: 'order', signal: aborter.signal })
      aborter.abort()
      await expect(loading).rejects.toMatchObject({ code: 'aborted' })
    })

    it.skipIf(flavour.name === 'etcd-3')('goes on after the store was away', async () => {
      const live = await config.load({ app: 'order', schema })
      const changes = live.changes()
      await store.restart?.()
      await newClient().kv.put('/config/order/application.yaml', 'name: after\ndatabase: {host: a}')
      expect((await changes.next()).value?.current.name).toBe('after')
      await until('it follows', () => live.staleSince === undefined)
    })

    it('ends with close: the value stays readable, the changes end', async () => {
      const live = await config.load({ app: 'order', schema })
      const waiting = live.changes().next()
      await live.close()
      await live.close()
      expect((await waiting).done).toBe(true)
      expect((await live.changes().next()).done).toBe(true)
      expect(live.current.name).toBe('order')
      await config.close()
      await expect(config.load({ app: 'order' })).rejects.toMatchObject({ code: 'closed' })
      await expect(config.get('a')).rejects.toMatchObject({ code: 'closed' })
    })

    it('takes the changes of a slow schema in their order', async () => {
      const seen: string[] = []
      const slow = schema.refine(async ({ name }) => {
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(name)
        return true
      })
      const live = await config.load({ app: 'order', schema: slow })
      for (const name of ['a', 'b', 'c']) {
        await config.documents.putRaw('order/application.yaml', `name: ${name}\ndatabase: {host: x}`)
      }
      await until('the last is in force', () => live.current.name === 'c')
      expect(seen.at(-1)).toBe('c')
    })
  })
})

async function next(
  watch: AsyncIterator<ConfigChange>,
  expected: { type: string; text: string | undefined; previous: string | undefined },
) {
  const { type, value, previous } = await first(watch, () => true)
  expect({ type, text: value, previous }).toEqual(expected)
}
