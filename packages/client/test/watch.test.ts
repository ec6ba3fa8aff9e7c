import { EtcdClient, type Watch, type WatchBatch } from '@waypost/client'
import { type ContractStore, FaultProxy } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'

/** Takes batches until `revision` has been seen. */
async function readTo(watch: Watch, revision: bigint): Promise<WatchBatch[]> {
  const batches: WatchBatch[] = []
  for (;;) {
    const { value, done } = await watch.next()
    if (done) return batches
    batches.push(value)
    if (value.revision >= revision) return batches
  }
}

describe.each(realStores('watches'))('a watch, $name', (flavour) => {
  let store: ContractStore
  let direct: EtcdClient

  runStore(flavour, (started, client) => {
    store = started
    direct = client
  })

  /** Makes history: `count` puts, and the revisions of the first and the last. */
  async function history(prefix: string, count: number): Promise<{ first: bigint; last: bigint }> {
    const results = await Promise.all(
      Array.from({ length: count }, (_, index) => direct.kv.put(`${prefix}${index}`, 'x'.repeat(20))),
    )
    const revisions = results.map(({ revision }) => revision).sort((a, b) => (a < b ? -1 : 1))
    return { first: revisions[0] ?? 0n, last: revisions.at(-1) ?? 0n }
  }

  it('reports whole revisions in order, with what the keys were before', async () => {
    await using watch = direct.watch({ prefix: '/w/' }, { prevKv: true })
    await watch.started
    const first = await direct.kv.put('/w/a', '1')
    await direct.txn().do().commit()
    const { del, put } = await import('@waypost/client')
    const second = await direct.txn().do(put('/w/b', '2'), del('/w/a')).commit()
    const batches = await readTo(watch, second.revision)
    expect(batches.map(({ revision }) => revision)).toEqual([first.revision, second.revision])
    expect(batches[1]?.events.map(({ type, key, previous }) => [type, key, previous?.text()])).toEqual([
      ['put', '/w/b', undefined],
      ['delete', '/w/a', '1'],
    ])
  })

  it('delivers all of 3000 events, each once, when its connection is cut again and again', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    const watch = client.watch({ prefix: '/cut-often/' })
    await watch.started
    const cutting = setInterval(() => proxy.cut(), 40)
    const { first, last } = await history('/cut-often/', 3_000)
    const reading = readTo(watch, last)
    setTimeout(() => clearInterval(cutting), 300)
    const batches = await reading
    clearInterval(cutting)
    expect(batches.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 3_000 }, (_, index) => first + BigInt(index)),
    )
  })

  it('loses nothing for a consumer that is slower than the events', async () => {
    await using client = new EtcdClient({ endpoints: store.url })
    const watch = client.watch({ prefix: '/slow/' }, { queueLimit: 10 })
    const quick = client.watch({ prefix: '/slow/' })
    await Promise.all([watch.started, quick.started])
    const { first, last } = await history('/slow/', 100)
    const expected = Array.from({ length: 100 }, (_, index) => first + BigInt(index))
    // The other watch on the same stream is not held up meanwhile.
    expect((await readTo(quick, last)).map(({ revision }) => revision)).toEqual(expected)
    expect((await readTo(watch, last)).map(({ revision }) => revision)).toEqual(expected)
  })

  it('puts fragments together: one revision of 5 MiB arrives as one batch', async () => {
    const { put } = await import('@waypost/client')
    await using watch = direct.watch({ prefix: '/big/' }, { prevKv: true })
    await watch.started
    const value = Buffer.alloc(60_000, 'x')
    const operations = Array.from({ length: 20 }, (_, index) => put(`/big/${index}`, value))
    await direct
      .txn()
      .do(...operations)
      .commit()
    await direct
      .txn()
      .do(...operations)
      .commit()
    const batches = await readTo(watch, (await direct.kv.get('/big/0'))?.modRevision ?? 0n)
    expect(batches.map(({ events }) => events.length)).toEqual([20, 20])
    expect(
      batches[1]?.events.every(({ kv, previous }) => kv.bytes.length + (previous?.bytes.length ?? 0) === 120_000),
    ).toBe(true)
  })

  it('says so when the history it needs was compacted, and from where on there is any', async () => {
    const { first, last } = await history('/compacted/', 5)
    await direct.kv.compact(last)
    const watch = direct.watch({ prefix: '/compacted/' }, { startRevision: first })
    await expect(watch.next()).rejects.toMatchObject({ code: 'compacted', details: { compactRevision: last } })
    expect(await watch.next()).toEqual({ value: undefined, done: true })
  })

  it('follows single keys, ranges and everything, and filters', async () => {
    await using key = direct.watch({ key: '/f/b' })
    await using range = direct.watch({ from: '/f/b', to: '/f/d' })
    await using from = direct.watch({ from: '/f/c' })
    await using all = direct.watch({ all: true })
    await using deletes = direct.watch({ prefix: '/f/' }, { filters: ['noPut'] })
    const watches = [key, range, from, all, deletes]
    await Promise.all(watches.map((watch) => watch.started))
    for (const name of ['a', 'b', 'c', 'd']) await direct.kv.put(`/f/${name}`, name)
    const { revision } = await direct.kv.delete({ prefix: '/f/' })
    const seen = await Promise.all(watches.map((watch) => readTo(watch, revision)))
    expect(
      seen.map((batches) =>
        batches.flatMap(({ events }) => events.map(({ type, key }) => `${type} ${key.slice(3)}`)).join(', '),
      ),
    ).toEqual([
      'put b, delete b',
      'put b, put c, delete b, delete c',
      'put c, put d, delete c, delete d',
      'put a, put b, put c, put d, delete a, delete b, delete c, delete d',
      'delete a, delete b, delete c, delete d',
    ])
  })

  it('carries a thousand watches on one stream of one connection', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    const watches = Array.from({ length: 1_000 }, () => client.watch({ key: '/many' }))
    await Promise.all(watches.map((watch) => watch.started))
    expect(proxy.accepted).toBe(1)
    const next = Promise.all(watches.map((watch) => watch.next()))
    const { revision } = await direct.kv.put('/many', '1')
    expect(new Set((await next).map(({ value }) => value?.revision))).toEqual(new Set([revision]))
  })

  it('ends quietly by break and close, and with "aborted" by its signal', async () => {
    const controller = new AbortController()
    const aborted = direct.watch({ key: '/end' }, { signal: controller.signal })
    const closed = direct.watch({ key: '/end' })
    const broken = direct.watch({ key: '/end' })
    await Promise.all([aborted.started, closed.started, broken.started])
    await direct.kv.put('/end', '1')
    for await (const _ of broken) break
    const waiting = closed.next().then(() => closed.next())
    await aborted.next()
    const abortedNext = aborted.next()
    controller.abort(new Error('enough'))
    await expect(abortedNext).rejects.toMatchObject({ code: 'aborted', cause: new Error('enough') })
    await closed.close()
    expect(await waiting).toEqual({ value: undefined, done: true })
    expect(await broken.next()).toEqual({ value: undefined, done: true })
    await expect(direct.watch({ key: '/end' }, { signal: AbortSignal.abort() }).next()).rejects.toMatchObject({
      code: 'aborted',
    })
  })

  it('survives a restart of the store', async () => {
    await using client = new EtcdClient({ endpoints: store.url })
    const watch = client.watch({ prefix: '/restart/' })
    await watch.started
    const first = await direct.kv.put('/restart/a', '1')
    await store.restart?.()
    const second = await direct.kv.put('/restart/b', '2')
    expect((await readTo(watch, second.revision)).map(({ revision }) => revision)).toEqual([
      first.revision,
      second.revision,
    ])
  })

  it('speaks and hears keys without the namespace', async () => {
    await using client = new EtcdClient({ endpoints: store.url, namespace: '/prod' })
    await using watch = client.watch({ all: true })
    await watch.started
    await direct.kv.put('/production', 'not in it')
    await direct.kv.put('/pro', 'outside')
    const { revision } = await client.kv.put('/x', '1')
    const batches = await readTo(watch, revision)
    expect(batches.flatMap(({ events }) => events.map(({ key }) => key))).toEqual(['uction', '/x'])
    expect((await direct.kv.get('/prod/x'))?.text()).toBe('1')
  })
})
