import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EtcdClient, put } from '@waypost/client'
import { type ContractStore, makeTempDir, removeTempDir, stores, until } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { ConfigCenter, type ConfigCenterOptions } from '../admin/config-center.ts'
import { parseApplied } from '../records/applied.ts'
import { serializeCanaries } from '../records/canary.ts'
import { parseConsumer } from '../records/consumer.ts'
import { storeContent } from '../records/content.ts'
import { appliedPrefix, canariesKey, recordFolders } from '../records/keys.ts'
import { decrypt, encrypt } from '../secrets/cipher.ts'
import { generateKey, parseKeyring } from '../secrets/keyring.ts'

const flavours = stores().filter((flavour) => flavour.name !== 'embedded-memory' && flavour.canRun('loading'))

describe.each(flavours)('loading a configuration on $name', (flavour) => {
  let store: ContractStore
  let etcd: EtcdClient
  let config: ConfigCenter
  let directory: string
  const clients: EtcdClient[] = []
  const notices: string[] = []

  function newClient(endpoints = store.url): EtcdClient {
    const client = new EtcdClient({ endpoints })
    clients.push(client)
    return client
  }

  function newConfig(options: ConfigCenterOptions = {}, client = newClient()): ConfigCenter {
    return new ConfigCenter(client, { instance: 'web-1', onNotice: (message) => notices.push(message), ...options })
  }

  beforeAll(async () => {
    store = await flavour.start()
    directory = makeTempDir('config')
  })

  afterAll(async () => {
    await store?.close()
    await removeTempDir(directory)
  })

  beforeEach(async () => {
    notices.length = 0
    etcd = newClient()
    config = newConfig({}, etcd)
    await config.documents.putRaw('order/application.yaml', 'name: order\ndb: {host: a, pool: 5}\n')
  })

  afterEach(async () => {
    await config.close()
    await newClient().kv.delete({ all: true })
    await Promise.all(clients.splice(0).map((client) => client.close()))
  })

  /** The newest value once it fits. */
  async function reaches<T>(live: { readonly current: T }, fits: (current: T) => boolean): Promise<T> {
    await until('the change is in force', () => fits(live.current))
    return live.current
  }

  describe('documents', () => {
    it('follows what documents import, and what is imported later', async () => {
      await config.documents.putRaw('shared/a.yaml', 'a: 1')
      await config.documents.putRaw('shared/b.toml', 'b = 1')
      const live = await config.load({ app: 'order' })
      await config.documents.putRaw('order/application.yaml', 'waypost: {import: [shared/a.yaml]}\nname: order')
      await reaches(live, (current) => current.a === 1)
      await config.documents.putRaw('shared/a.yaml', 'waypost: {import: shared/b}\na: 2')
      await reaches(live, (current) => current.a === 2 && current.b === 1)
      await config.documents.putRaw('shared/b.toml', 'b = 2')
      expect(await reaches(live, (current) => current.b === 2)).toEqual({ a: 2, b: 2, name: 'order' })
      expect(live.documents.map(({ path, layer }) => [path, layer])).toEqual([
        ['shared/b.toml', 'import'],
        ['shared/a.yaml', 'import'],
        ['order/application.yaml', 'app'],
      ])
      await config.documents.putRaw('order/application.yaml', 'name: alone')
      await reaches(live, (current) => current.name === 'alone')
      await config.documents.putRaw('shared/a.yaml', 'a: 3')
      await config.documents.putRaw('order/application.yaml', 'name: still alone')
      expect(await reaches(live, (current) => current.name === 'still alone')).toEqual({ name: 'still alone' })
    })

    it('rejects an import that does not exist until it does', async () => {
      const live = await config.load({ app: 'order' })
      live.onProblem(() => {})
      await config.documents.putRaw('order/application.yaml', 'waypost: {import: [shared/late.yaml]}')
      await until('it is rejected', () => live.problems.length > 0)
      expect(live.problems).toMatchObject([
        { message: 'order/application.yaml:1:20: The import shared/late.yaml does not exist.' },
      ])
      await config.documents.putRaw('shared/late.yaml', 'late: true')
      expect(await reaches(live, (current) => current.late === true)).toEqual({ late: true })
      expect(live.problems).toEqual([])
    })

    it('sees documents of several folders that are written in one transaction as one change', async () => {
      await config.documents.putRaw('shared/a.yaml', 'n: 0')
      await config.documents.putRaw('order/p/application.yaml', 'waypost: {import: shared/a.yaml}\nm: 0')
      const live = await config.load({ app: 'order', profile: 'p' })
      const seen: unknown[] = []
      const { signal } = new AbortController()
      const changes = live.changes()
      const reading = (async () => {
        for await (const { current } of changes) seen.push([current.n, current.m])
      })()
      for (let n = 1; n <= 5; n++) {
        await etcd
          .txn()
          .do(
            put('/config/shared/a.yaml', `n: ${n}`),
            put('/config/order/p/application.yaml', `waypost: {import: shared/a.yaml}\nm: ${n}`),
          )
          .commit({ signal })
        await reaches(live, (current) => current.n === n && current.m === n)
      }
      await live.close()
      await reading
      expect(seen).toEqual([1, 2, 3, 4, 5].map((n) => [n, n]))
    })

    it('keeps a document of 500 KB with every kind of newline and character byte for byte', async () => {
      const odd = ['\n', '\r\n', '\r', '\u2028', '\u0085', '\uFEFF', '配置', '🚀', 'é', 'e\u0301', '\u0000', '"', '\\']
      const bytes = Buffer.from(odd.join('').repeat(20_000)).subarray(0, 500_000)
      const text = bytes.toString().replace(/\uFFFD+$/, '')
      await config.documents.putRaw('order/notes.txt', text)
      expect(Buffer.from((await config.get('order/notes.txt')) ?? '').equals(Buffer.from(text))).toBe(true)
      await config.documents.putRaw('order/application.json', JSON.stringify({ text }))
      await config.documents.deleteRaw('order/application.yaml')
      const live = await config.load({ app: 'order' })
      expect(live.current.text === text).toBe(true)
    })

    it.skipIf(flavour.name === 'etcd-3')('loads beside 10,000 other documents of its folder', async () => {
      const count = 10_000
      for (let start = 0; start < count; start += 100) {
        const puts = Array.from({ length: 100 }, (_, index) => put(`/config/order/many/${start + index}.yaml`, 'x: 1'))
        await etcd
          .txn()
          .do(...puts)
          .commit()
      }
      const live = await config.load({ app: 'order' })
      expect(live.current.name).toBe('order')
      await config.documents.putRaw('order/application.yaml', 'name: new')
      await reaches(live, (current) => current.name === 'new')
    })
  })

  describe('following', () => {
    const schema = z.object({
      name: z.string(),
      db: z.object({ host: z.string(), pool: z.number(), tls: z.object({ on: z.boolean() }).optional() }),
    })

    it('says what is different, key by key', async () => {
      const live = await config.load({ app: 'order', schema })
      const changes = live.changes()
      await config.documents.putRaw('order/application.yaml', 'name: order\ndb: {host: b, pool: 5, tls: {on: true}}')
      const { value } = await changes.next()
      expect(value?.differences).toEqual([
        { keyPath: ['db', 'host'], from: 'a', to: 'b' },
        { keyPath: ['db', 'tls'], from: undefined, to: { on: true } },
      ])
    })

    it('follows one part, by a path that the compiler checks', async () => {
      const live = await config.load({ app: 'order', schema })
      const pool = live.select('db.pool')
      const host = live.select(({ db }) => db.host)
      const tls = live.select('db.tls.on')
      expectTypeOf(pool.current).toEqualTypeOf<number>()
      expectTypeOf(host.current).toEqualTypeOf<string>()
      expectTypeOf(tls.current).toEqualTypeOf<boolean | undefined>()
      // @ts-expect-error there is no such key
      expect(live.select('db.nothing').current).toBeUndefined()
      const changes = pool.changes()
      await config.documents.putRaw('order/application.yaml', 'name: order\ndb: {host: b, pool: 5}')
      await until('the other part changes', () => host.current === 'b')
      await config.documents.putRaw('order/application.yaml', 'name: order\ndb: {host: b, pool: 6, tls: {on: true}}')
      expect((await changes.next()).value).toMatchObject({ current: 6, previous: 5 })
      expect(tls.current).toBe(true)
      await live.close()
      expect((await changes.next()).done).toBe(true)
      expect(pool.current).toBe(6)
    })

    it('keeps a part the same object as long as it is equal', async () => {
      const live = await config.load({ app: 'order', schema })
      const db = live.select('db')
      const before = db.current
      await config.documents.putRaw('order/application.yaml', 'name: new\ndb: {host: a, pool: 5}')
      await reaches(live, ({ name }) => name === 'new')
      expect(db.current).toBe(before)
    })
  })

  describe('canaries', () => {
    async function setCanary(text: string | undefined): Promise<void> {
      const path = 'order/application.yaml'
      const content = storeContent(Buffer.from(text ?? ''))
      const rule = { instances: ['web-1'] }
      const canary = { name: 'try', order: 0, seed: 's', rule, content, checksum: 'c', at: '' }
      await etcd.kv.put(canariesKey(path), serializeCanaries({ canaries: text === undefined ? [] : [canary] }))
    }

    it('come and go for the instances that they are for', async () => {
      const [mine, other] = await Promise.all([
        config.load({ app: 'order' }),
        config.load({ app: 'order', instance: 'web-2' }),
      ])
      await setCanary('name: canary')
      await reaches(mine, ({ name }) => name === 'canary')
      expect(mine.explain('name')).toMatchObject({ path: 'order/application.yaml', canary: 'try', release: undefined })
      await setCanary(undefined)
      await reaches(mine, ({ name }) => name === 'order')
      expect(other.current.name).toBe('order')
    })

    it('that do not fit do not keep an instance from starting', async () => {
      await setCanary('name: [')
      const live = await config.load({ app: 'order' })
      expect(live.current.name).toBe('order')
      expect(notices).toEqual([expect.stringContaining('order/application.yaml:1')])
      expect(live.problems).toMatchObject([{ path: 'order/application.yaml', line: 1 }])
      await until('publishers hear of it', async () =>
        (await confirmed('order/application.yaml')).some(
          ({ state, canary }) => state === 'rejected' && canary === 'try',
        ),
      )
    })
  })

  describe('secrets', () => {
    const key = generateKey('k1')
    const keyring = parseKeyring(key)

    it('are decrypted here, and shown nowhere', async () => {
      const seen: string[] = []
      const schema = z.object({
        password: z.string().refine((text) => text !== 'swordfish', { error: (issue) => `${issue.input} is too old` }),
        url: z.string(),
      })
      const write = async (password: string): Promise<void> => {
        const value = await encrypt(password, keyring, { path: 'order/application.yaml' })
        await config.documents.putRaw(
          'order/application.yaml',
          `password: "${value}"\nurl: "redis://:\${password}@a"\n`,
        )
      }
      await write('hunter2')
      const live = await config.load({ app: 'order', schema, keyring })
      expect(live.current).toEqual({ password: 'hunter2', url: 'redis://:hunter2@a' })
      live.onProblem((problems) => seen.push(JSON.stringify(problems)))
      const changes = live.changes()
      await write('correct-horse')
      const { value } = await changes.next()
      expect(value?.current.password).toBe('correct-horse')
      seen.push(JSON.stringify(value?.differences), show(live.explain('url')), show(live.explainAll()))
      await write('swordfish')
      await until('it is rejected', () => live.problems.length > 0)
      await until('publishers hear of it', async () =>
        (await confirmed('order/application.yaml')).some(({ state, reason }) => {
          seen.push(`${reason}`)
          return state === 'rejected'
        }),
      )
      expect(live.current.password).toBe('correct-horse')
      const shown = seen.join('\n')
      expect(shown).toContain('[secret] is too old')
      for (const secret of ['hunter2', 'correct-horse', 'swordfish', 'cipher}']) expect(shown).not.toContain(secret)
    })

    it('that cannot be decrypted are named with their place', async () => {
      const value = await encrypt('x', keyring)
      await config.documents.putRaw('order/application.yaml', `a: 1\ndb:\n  password: "${value}"\n`)
      await expect(config.load({ app: 'order' })).rejects.toMatchObject({
        code: 'invalid-document',
        message: expect.stringMatching(/^order\/application\.yaml:3:3: db\.password: .*WAYPOST_CONFIG_KEYS/),
      })
      const effective = await config.effective({ app: 'order' })
      expect(effective.value).toEqual({ a: 1, db: { password: '[secret]' } })
      expect(effective.unresolved).toEqual([['db', 'password']])
    })

    it('stay encrypted in the snapshot', async () => {
      const value = await encrypt('hunter2', keyring)
      await config.documents.putRaw('order/application.yaml', `password: "${value}"`)
      const live = await config.load({ app: 'order', keyring, snapshotDir: join(directory, 'secret') })
      await live.close()
      const [file = ''] = await readdir(join(directory, 'secret'))
      const text = await readFile(join(directory, 'secret', file), 'utf8')
      expect(text).not.toContain('hunter2')
      expect(text).toContain(value)
      expect(await decrypt(value, keyring)).toBe('hunter2')
    })
  })

  describe('the effective configuration', () => {
    it('is that of any application, profile and instance', async () => {
      await config.documents.putRaw('shared/base.yaml', 'waypost: {import: "shared/none?"}\ntimeout: 5')
      await config.documents.putRaw(
        'order/p/application.yaml',
        'waypost: {import: shared/base}\nhome: ${env:HOME:/x}\nport: ${env:P}',
      )
      const effective = await config.effective({ app: 'order', profile: 'p', instance: 'web-9' })
      expect(effective.value).toMatchObject({ name: 'order', timeout: 5, home: '/x', port: '${env:P}' })
      expect(effective.unresolved).toEqual([['home'], ['port']])
      expect(effective.explain('timeout')).toMatchObject({ path: 'shared/base.yaml', line: 2 })
      expect(effective.documents).toHaveLength(3)
      const known = await config.effective({ app: 'order', profile: 'p', env: { P: '8080' } })
      expect(known.value.port).toBe(8080)
      await expect(config.effective({ app: 'nothing' })).rejects.toMatchObject({ code: 'not-found' })
    })

    it('names releases', async () => {
      const { release } = await config.releases.publish('order/application.yaml', 'name: published', { author: 'me' })
      const effective = await config.effective({ app: 'order' })
      expect(effective.explain('name')).toMatchObject({ release })
      const live = await config.load({ app: 'order' })
      expect(live.explain('name')?.release).toBe(release)
      await config.documents.putRaw('order/application.yaml', 'name: by hand')
      await reaches(live, ({ name }) => name === 'by hand')
      expect(live.explain('name')?.release).not.toBe(release)
    })
  })

  async function confirmed(path: string) {
    const records = []
    for await (const kv of etcd.kv.list({ prefix: appliedPrefix(path) })) {
      const { record } = parseApplied(kv.bytes)
      if (record) records.push({ ...record, lease: kv.lease, modRevision: kv.modRevision })
    }
    return records
  }

  describe('confirmations', () => {
    const path = 'order/application.yaml'

    it('say what each process has applied or rejected, and go with it', async () => {
      const schema = z.object({ name: z.string() })
      const mine = newConfig({ version: '1.4' })
      const live = await mine.load({ app: 'order', schema, zone: 'eu', labels: { tier: 'a' } })
      live.onProblem(() => {})
      const [first] = await until('it is applied', async () => {
        const records = await confirmed(path)
        return records.length > 0 ? records : undefined
      })
      expect(first).toMatchObject({ state: 'applied', app: 'order', instance: 'web-1', version: '1.4' })
      expect(first?.lease).toBeGreaterThan(0n)
      const consumers = []
      for await (const kv of etcd.kv.list({ prefix: recordFolders.consumers })) consumers.push(parseConsumer(kv.bytes))
      expect(consumers[0]?.record).toMatchObject({
        app: 'order',
        zone: 'eu',
        labels: { tier: 'a' },
        documents: expect.arrayContaining([path]),
        schema: { type: 'object', properties: { name: { type: 'string' } } },
      })

      await config.documents.putRaw(path, 'name: 5')
      const rejected = await until('it is rejected', async () =>
        (await confirmed(path)).find(({ state }) => state === 'rejected'),
      )
      expect(rejected.reason).toContain('order/application.yaml:1:1: name:')
      expect(rejected.checksum).not.toBe(first?.checksum)

      const { release, revision } = await config.releases.publish(path, 'name: good', { validate: 'none' })
      const applied = await until('it is applied', async () =>
        (await confirmed(path)).find((record) => record.state === 'applied' && record.release === release),
      )
      expect(applied.revision).toBeGreaterThanOrEqual(revision)
      expect(await confirmed(path)).toHaveLength(1)
      await mine.close()
      expect(await confirmed(path)).toEqual([])
    })

    it('come back when the lease is lost', async () => {
      const mine = newConfig({ ttlSeconds: 2 })
      await mine.load({ app: 'order' })
      const [first] = await until('it is applied', async () => {
        const records = await confirmed(path)
        return records.length > 0 ? records : undefined
      })
      await etcd.leases.revoke(first?.lease ?? 0n)
      await until('it is said again', async () => {
        const [again] = await confirmed(path)
        return again !== undefined && again.lease !== first?.lease
      })
      await mine.close()
    })

    it('are written only when there is something new', async () => {
      const live = await config.load({ app: 'order' })
      await until('it is applied', async () => (await confirmed(path)).length > 0)
      const [before] = await confirmed(path)
      await config.documents.putRaw('order/other.yaml', 'x: 1')
      const p = await config.load({ app: 'order', instance: 'web-2' })
      await until('the other is applied', async () => (await confirmed(path)).length === 2)
      expect((await confirmed(path)).find(({ instance }) => instance === 'web-1')).toEqual(before)
      await Promise.all([live.close(), p.close()])
      await until('both are gone', async () => (await confirmed(path)).length === 0)
    })

    it('can be turned off', async () => {
      const silent = newConfig({ confirm: false })
      await silent.load({ app: 'order' })
      await config.load({ app: 'order', instance: 'web-2' })
      await until('the other is applied', async () => (await confirmed(path)).length > 0)
      expect((await confirmed(path)).map(({ instance }) => instance)).toEqual(['web-2'])
      await silent.close()
    })
  })

  describe('bad days', () => {
    const schema = z.object({ name: z.string() })

    it('starts with the snapshot when the store is away, says so, and catches up', async () => {
      const snapshotDir = join(directory, 'away')
      const before = newConfig({ snapshotDir })
      await (await before.load({ app: 'order', schema })).close()
      const [file = ''] = await readdir(snapshotDir)
      expect(file).toMatch(/^order~[\da-f]{12}\.json$/)
      expect((await stat(join(snapshotDir, file))).mode & 0o777).toBe(0o600)

      const away = newClient('http://127.0.0.1:1')
      const after = newConfig({ snapshotDir, snapshotAfterMs: 50 }, away)
      const live = await after.load({ app: 'order', schema })
      expect(live.current).toEqual({ name: 'order' })
      expect(live.isFromSnapshot).toBe(true)
      expect(live.staleSince?.getTime()).toBeLessThanOrEqual(Date.now())
      await config.documents.putRaw('order/application.yaml', 'name: meanwhile')
      away.setEndpoints([store.url])
      await reaches(live, ({ name }) => name === 'meanwhile')
      expect(live.isFromSnapshot).toBe(false)
      await until('it follows', () => live.staleSince === undefined)
      await after.close()
      await before.close()
    })

    it('starts with the last good configuration when what is there now does not fit', async () => {
      const snapshotDir = join(directory, 'misfit')
      const mine = newConfig({ snapshotDir })
      await (await mine.load({ app: 'order', schema })).close()
      await config.documents.putRaw('order/application.yaml', 'name: 5')
      const live = await mine.load({ app: 'order', schema })
      expect(live.current).toEqual({ name: 'order' })
      expect(live.problems).toMatchObject([{ keyPath: 'name', line: 1 }])
      await config.documents.putRaw('order/application.yaml', 'name: cured')
      await reaches(live, ({ name }) => name === 'cured')
      await mine.close()
    })

    it('fails in time without a snapshot, or with one that is damaged or of another configuration', async () => {
      const snapshotDir = join(directory, 'damaged')
      const mine = newConfig({ snapshotDir })
      await (await mine.load({ app: 'order', schema })).close()
      const away = newConfig({ snapshotDir }, newClient('http://127.0.0.1:1'))
      const options = { app: 'order', schema, timeoutMs: 100 }
      await expect(away.load({ ...options, profile: 'other' })).rejects.toMatchObject({ code: 'unavailable' })
      const [file = ''] = await readdir(snapshotDir)
      const text = await readFile(join(snapshotDir, file), 'utf8')
      await writeFile(join(snapshotDir, file), text.replace('order/application', 'other/application'))
      await expect(away.load(options)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('could not be read within 100 ms'),
      })
      expect(notices).toEqual([expect.stringContaining('checksum')])
      await Promise.all([mine.close(), away.close()])
    })

    it('goes on when Waypost’s records are damaged', async () => {
      await etcd.kv.put(canariesKey('order/application.yaml'), 'not JSON')
      await etcd.kv.put('/waypost/config/heads/order/application.yaml', '{')
      const live = await config.load({ app: 'order', schema })
      expect(live.current.name).toBe('order')
      expect(notices.toSorted()).toEqual([
        expect.stringContaining('canaries/order/application.yaml is damaged'),
        expect.stringContaining('heads/order/application.yaml is damaged'),
      ])
    })

    it('keeps on its own time: a clock that is wrong changes nothing', async () => {
      const skewed = {
        monotonicMs: () => performance.now(),
        epochMs: () => 0,
        after: (delayMs: number, callback: () => void) => {
          const timer = setTimeout(callback, delayMs).unref()
          return { cancel: () => clearTimeout(timer) }
        },
      }
      const mine = newConfig({ clock: skewed })
      const live = await mine.load({ app: 'order', schema })
      await config.documents.putRaw('order/application.yaml', 'name: new')
      await reaches(live, ({ name }) => name === 'new')
      await mine.close()
    })
  })

  it.skipIf(flavour.name === 'etcd-3')(
    'does without what the user may not see or write, and says so once',
    async () => {
      await etcd.auth.users.add('root', 'r')
      await etcd.auth.users.add('reader', 'r')
      await etcd.auth.roles.add('reader')
      await etcd.auth.roles.grant('reader', 'read', { prefix: '/config/order/' })
      await etcd.auth.users.grantRole('reader', 'reader')
      await etcd.auth.users.grantRole('root', 'root')
      await etcd.auth.enable()
      const root = new EtcdClient({ endpoints: store.url, auth: { username: 'root', password: 'r' } })
      const reader = new EtcdClient({ endpoints: store.url, auth: { username: 'reader', password: 'r' } })
      clients.push(root, reader)
      try {
        const mine = newConfig({}, reader)
        const live = await mine.load({ app: 'order' })
        expect(live.current.name).toBe('order')
        await until('both are said', () => notices.length >= 2)
        await root.kv.put('/config/order/application.yaml', 'name: new')
        await reaches(live, ({ name }) => name === 'new')
        expect(notices).toEqual([expect.stringContaining('may not read'), expect.stringContaining('may not write')])
        await mine.close()
      } finally {
        await root.auth.disable()
        await root.auth.roles.delete('reader')
        await root.auth.users.delete('reader')
        await root.auth.users.delete('root')
      }
    },
  )
})

function show(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
}
