import { connect, createServer } from 'node:net'
import { type Cache, type CacheChanges, del, EtcdClient, put } from '@waypost/client'
import { type KeyValue, KV } from '@waypost/protocol'
import { RpcError, StatusCode, unary } from '@waypost/rpc'
import { type ContractStore, FaultProxy, freePorts } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

function contents(cache: Cache): Record<string, string> {
  return Object.fromEntries([...cache].map(([key, kv]) => [key, kv.text()]))
}

function told({ changes }: CacheChanges): string[] {
  return changes.map(({ type, key, current, previous }) => `${type} ${key} ${previous?.text()}→${current?.text()}`)
}

async function nextOf(changes: AsyncIterator<CacheChanges>): Promise<CacheChanges> {
  const { value, done } = await changes.next()
  if (done) throw new Error('The changes ended.')
  return value
}

describe.each(realStores('caches'))('a cache, $name', (flavour) => {
  let store: ContractStore
  let direct: EtcdClient

  runStore(flavour, (started, client) => {
    store = started
    direct = client
  })

  it('shows what is there, sorted, and follows it', async () => {
    await direct.txn().do(put('/a/2', 'two'), put('/a/1', 'one'), put('/ab', 'not in it')).commit()
    await using cache = direct.cache({ prefix: '/a/' })
    expect(cache.isReady).toBe(false)
    const changes = cache.changes()
    await cache.ready
    expect([...cache.keys()]).toEqual(['/a/1', '/a/2'])
    expect(told(await nextOf(changes))).toEqual(['added /a/1 undefined→one', 'added /a/2 undefined→two'])
    const { revision } = await direct.txn().do(put('/a/0', 'zero'), put('/a/1', 'uno'), del('/a/2')).commit()
    const batch = await nextOf(changes)
    expect(batch.revision).toBe(revision)
    expect(told(batch)).toEqual(['added /a/0 undefined→zero', 'changed /a/1 one→uno', 'removed /a/2 two→undefined'])
    expect(cache.revision).toBe(revision)
    expect(contents(cache)).toEqual({ '/a/0': 'zero', '/a/1': 'uno' })
    expect(cache.get('/a/1')?.text()).toBe('uno')
    expect(cache.has('/a/2')).toBe(false)
    expect(cache.size).toBe(2)
    await expect.poll(() => cache.staleSince).toBe(undefined)
  })

  it('never shows a part of a revision, and ends at what the store holds, while writers write', async () => {
    await using cache = direct.cache({ prefix: '/pair/' })
    const torn: string[] = []
    const look = (): void => {
      if (cache.get('/pair/a')?.text() !== cache.get('/pair/b')?.text()) torn.push(`${cache.revision}`)
    }
    cache.onChange(look)
    let last = 0n
    for (let round = 0; round < 10; round++) {
      const written = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          direct
            .txn()
            .do(put('/pair/a', `${round}.${index}`), put('/pair/b', `${round}.${index}`))
            .commit(),
        ),
      )
      for (const { revision } of written) if (revision > last) last = revision
      look()
    }
    await expect.poll(() => cache.revision).toBe(last)
    expect(torn).toEqual([])
    expect(cache.get('/pair/a')?.modRevision).toBe(last)
  })

  it('misses nothing between its list and its watch', async () => {
    for (let round = 0; round < 20; round++) {
      const writing = direct.kv.put('/gap/a', `${round}`)
      await using cache = direct.cache({ prefix: '/gap/' })
      const { revision } = await writing
      await cache.ready
      await expect.poll(() => cache.get('/gap/a')?.modRevision).toBe(revision)
    }
  })

  it('keeps what it knew while the store is away, says since when, and catches up', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    await direct.kv.put('/away/a', '1')
    await using cache = client.cache({ prefix: '/away/' })
    await cache.ready
    await expect.poll(() => cache.staleSince).toBe(undefined)
    const stale: boolean[] = []
    cache.onStale((since) => stale.push(since !== undefined))
    const before = Date.now()
    proxy.refusing = true
    proxy.cut()
    await expect.poll(() => cache.staleSince?.getTime()).toBeGreaterThanOrEqual(before)
    expect(contents(cache)).toEqual({ '/away/a': '1' })
    await direct.kv.put('/away/b', '2')
    proxy.refusing = false
    await expect.poll(() => contents(cache)).toEqual({ '/away/a': '1', '/away/b': '2' })
    await expect.poll(() => cache.staleSince).toBe(undefined)
    expect(stale).toEqual([true, false])
  })

  it('heals by one difference when the history it needs was compacted', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    await direct.txn().do(put('/heal/a', '1'), put('/heal/b', '1'), put('/heal/c', '1')).commit()
    await using cache = client.cache({ prefix: '/heal/' })
    await cache.ready
    const changes = cache.changes()
    proxy.refusing = true
    proxy.cut()
    await direct.kv.put('/heal/a', '2')
    await direct.kv.delete('/heal/b')
    const { revision } = await direct.kv.put('/heal/d', '1')
    await direct.kv.compact(revision)
    proxy.refusing = false
    expect(told(await nextOf(changes))).toEqual([
      'changed /heal/a 1→2',
      'removed /heal/b 1→undefined',
      'added /heal/d undefined→1',
    ])
    expect(contents(cache)).toEqual({ '/heal/a': '2', '/heal/c': '1', '/heal/d': '1' })
  })

  it('heals when the store was wiped and begun again behind the same address', async () => {
    const other = await store.startFresh()
    await using proxy = await FaultProxy.start(portOf(store))
    try {
      await using client = new EtcdClient({ endpoints: proxy.url })
      await direct.kv.put('/wiped/a', 'old')
      await using cache = client.cache({ prefix: '/wiped/' })
      await cache.ready
      const watch = client.watch({ prefix: '/wiped/' })
      await watch.started
      await using fresh = new EtcdClient({ endpoints: other.url })
      await fresh.kv.put('/wiped/b', 'new')
      const changes = cache.changes()
      proxy.target = portOf(other)
      proxy.cut()
      expect(told(await nextOf(changes))).toEqual(['removed /wiped/a old→undefined', 'added /wiped/b undefined→new'])
      await expect(watch.next()).rejects.toMatchObject({ code: 'store-replaced' })
      await fresh.kv.put('/wiped/c', 'followed')
      expect(told(await nextOf(changes))).toEqual(['added /wiped/c undefined→followed'])
    } finally {
      await other.close()
    }
  })

  it('merges changes for a consumer that is slow, down to the net difference', async () => {
    await using cache = direct.cache({ prefix: '/merge/' })
    await cache.ready
    const changes = cache.changes()
    const first = nextOf(changes)
    await direct.kv.put('/merge/a', '1')
    expect(told(await first)).toEqual(['added /merge/a undefined→1'])
    await direct.kv.put('/merge/a', '2')
    await direct.kv.put('/merge/gone', '1')
    await direct.kv.put('/merge/b', '1')
    await direct.kv.delete('/merge/gone')
    const { revision } = await direct.kv.put('/merge/a', '3')
    await expect.poll(() => cache.revision).toBe(revision)
    const merged = await nextOf(changes)
    expect(merged.revision).toBe(revision)
    expect(told(merged)).toEqual(['changed /merge/a 1→3', 'added /merge/b undefined→1'])
  })

  it('tells keys apart that are no text, and knows keys like __proto__', async () => {
    const first = Buffer.from([0x2f, 0xff, 0x80])
    const second = Buffer.from([0x2f, 0xff, 0x81])
    await direct.txn().do(put(first, '1'), put(second, '2'), put('/__proto__', '3')).commit()
    await using cache = direct.cache({ prefix: '/' })
    await cache.ready
    expect(cache.get(first)?.text()).toBe('1')
    expect(cache.get(second)?.text()).toBe('2')
    expect(cache.get('/__proto__')?.text()).toBe('3')
    await direct.kv.delete(first)
    await expect.poll(() => cache.has(first)).toBe(false)
    expect(cache.has(second)).toBe(true)
  })

  it('lists more than a page at one revision while it is being written', async () => {
    for (let start = 0; start < 2_000; start += 100) {
      const steps = Array.from({ length: 100 }, (_, index) =>
        put(`/page/${String(start + index).padStart(5, '0')}`, '0'),
      )
      await direct
        .txn()
        .do(...steps)
        .commit()
    }
    const list = direct.kv.list({ prefix: '/page/' }, { pageSize: 300 })
    const seen: bigint[] = []
    let revision = 0n
    for await (const page of list.pages()) {
      revision = page.revision
      expect(page.kvs.length).toBeLessThanOrEqual(300)
      for (const kv of page.kvs) seen.push(kv.modRevision)
      await direct.kv.put('/page/00000', 'changed while it was read')
      await direct.kv.put(`/page/new${seen.length}`, 'made while it was read')
      await direct.kv.delete('/page/01999')
    }
    expect(seen.length).toBe(2_000)
    expect(seen.every((modRevision) => modRevision <= revision)).toBe(true)
    const down = await direct.kv.list({ prefix: '/page/' }, { sort: { order: 'descending' }, pageSize: 700 }).toArray()
    const up = await direct.kv.list({ prefix: '/page/' }).toArray()
    expect(down.map(({ key }) => key).reverse()).toEqual(up.map(({ key }) => key))
    expect((await direct.kv.list({ prefix: '/page/' }, { limit: 450 }).toArray()).length).toBe(450)
    await using cache = direct.cache({ prefix: '/page/' })
    await cache.ready
    expect([...cache.keys()]).toEqual(up.map(({ key }) => key))
  })
})

describe('a cache', () => {
  it('goes on trying when the store is away at the start, although "ready" has failed', async () => {
    const [port = 0] = await freePorts(1)
    await using client = new EtcdClient({ endpoints: `127.0.0.1:${port}` })
    await using cache = client.cache({ prefix: '/' }, { timeoutMs: 50 })
    await expect(cache.ready).rejects.toMatchObject({ code: 'unavailable' })
    expect(cache.staleSince).toBeInstanceOf(Date)
    expect(cache.isReady).toBe(false)
    await using store = await ScriptedStore.start()
    const server = createServer((socket) => {
      const upstream = connect(store.port, '127.0.0.1')
      socket.pipe(upstream).pipe(socket)
      socket.on('error', () => upstream.destroy())
      upstream.on('error', () => socket.destroy())
    }).listen(port, '127.0.0.1')
    await expect.poll(() => cache.isReady).toBe(true)
    await cache.ready
    await client.close()
    await new Promise((resolve) => server.close(resolve))
  })

  it('lists once and then follows: no list for an event', async () => {
    await using store = await ScriptedStore.start()
    let lists = 0
    store.onRange = () => {
      lists += 1
      return {}
    }
    await using client = new EtcdClient({ endpoints: store.url })
    await using cache = client.cache({ prefix: '/' })
    await cache.ready
    await expect.poll(() => store.watchRequests[0]?.createRequest).toMatchObject({ startRevision: 11n })
    const [call] = store.watchCalls
    if (call === undefined) throw new Error('There is no watch.')
    for (let revision = 11n; revision < 21n; revision++) store.events(call, 1n, [revision])
    await expect.poll(() => cache.size).toBe(10)
    expect(lists).toBe(1)
  })

  it('lists again when what it lists is compacted between two pages, and nobody hears of a failure', async () => {
    await using store = await ScriptedStore.start()
    const kv = (name: string): KeyValue => ({
      key: Buffer.from(name),
      value: Buffer.from('1'),
      createRevision: 2n,
      modRevision: 2n,
      version: 1n,
      lease: 0n,
    })
    let lists = 0
    store.onRange = ({ revision }) => {
      if (revision === 0n) return lists++ === 0 ? { kvs: [kv('/c/a')], more: true, count: 2n } : { kvs: [kv('/c/b')] }
      throw new RpcError(StatusCode.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted')
    }
    await using client = new EtcdClient({ endpoints: store.url })
    await using cache = client.cache({ prefix: '/c/' })
    await cache.ready
    expect([...cache.keys()]).toEqual(['/c/b'])
    expect(lists).toBe(2)
    await expect.poll(() => cache.staleSince).toBe(undefined)
  })

  it('is ended by its signal: "ready" and the changes fail with "aborted", and what was read stays', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    const controller = new AbortController()
    const cache = client.cache({ prefix: '/' }, { signal: controller.signal })
    const changes = cache.changes()
    const ready = cache.ready
    controller.abort()
    await expect(ready).rejects.toMatchObject({ code: 'aborted' })
    await expect(changes.next()).rejects.toMatchObject({ code: 'aborted' })
    expect(cache.size).toBe(0)
    await cache.close()
  })

  it('says why when the store refuses it', async () => {
    const refuse = unary(KV.range, () => {
      throw new RpcError(StatusCode.PERMISSION_DENIED, 'etcdserver: permission denied')
    })
    await using store = await ScriptedStore.start([refuse])
    await using client = new EtcdClient({ endpoints: store.url })
    await using cache = client.cache({ prefix: '/' })
    await expect(cache.ready).rejects.toMatchObject({ code: 'permission-denied' })
    expect(cache.lastError).toMatchObject({ code: 'permission-denied' })
  })
})
