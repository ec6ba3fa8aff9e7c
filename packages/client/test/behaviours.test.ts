import { EtcdClient, type Watch } from '@waypost/client'
import { type ContractStore, FaultProxy, patienceMs, retryIfStalled, Stopwatch } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'

const root = { username: 'root', password: 'secret' }

/** Takes revisions until `last` has come. */
async function revisionsTo(watch: Watch, last: bigint): Promise<bigint[]> {
  const revisions: bigint[] = []
  for await (const { revision } of watch) {
    revisions.push(revision)
    if (revision >= last) break
  }
  return revisions
}

/** What clients for Node have got wrong, shown to go right. `docs/reference/promises.md` says where each is shown. */
describe.each(realStores('what a client promises'))('a client keeps its promises, $name', (flavour) => {
  let store: ContractStore
  let direct: EtcdClient

  runStore(flavour, (started, client) => {
    store = started
    direct = client
  })

  async function history(prefix: string, count: number): Promise<{ first: bigint; last: bigint; all: bigint[] }> {
    const puts = Array.from({ length: count }, (_, index) => direct.kv.put(`${prefix}${index}`, 'x'))
    const all = (await Promise.all(puts)).map(({ revision }) => revision).sort((a, b) => (a < b ? -1 : 1))
    return { first: all[0] ?? 0n, last: all.at(-1) ?? 0n, all }
  }

  it('a watch cut right after it began delivers every event once', async () => {
    const { first, last, all } = await history('/cut-at-once/', 3_000)
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    const watch = client.watch({ prefix: '/cut-at-once/' }, { startRevision: first })
    await watch.started
    proxy.cut()
    expect(await revisionsTo(watch, last)).toEqual(all)
    expect(proxy.accepted).toBeGreaterThan(1)
  })

  it('a watch cut while history arrives delivers every event once', async () => {
    const { first, last, all } = await history('/cut-midway/', 3_000)
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    const watch = client.watch({ prefix: '/cut-midway/' }, { startRevision: first })
    const begun = await watch.next()
    proxy.cut()
    expect([begun.value?.revision, ...(await revisionsTo(watch, last))]).toEqual(all)
    expect(proxy.accepted).toBeGreaterThan(1)
  })

  it('a watch whose history was compacted says so, and from where on there is any', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    const watch = client.watch({ prefix: '/gone/' })
    await watch.started
    await direct.kv.put('/gone/a', '1')
    await watch.next()
    proxy.refusing = true
    proxy.cut()
    const { last } = await history('/gone/', 3)
    await direct.kv.compact(last)
    proxy.refusing = false
    await expect(watch.next()).rejects.toMatchObject({ code: 'compacted', details: { compactRevision: last } })
  })

  it('a watch whose member stops answering goes on at another one within seconds', async () => {
    await using one = await FaultProxy.start(portOf(store))
    await using other = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: [one.url, other.url] })
    const watch = client.watch({ prefix: '/moves/' })
    await watch.started
    await direct.kv.put('/moves/a', '1')
    await watch.next()
    const silent = client.state.endpoint === one.url ? one : other
    silent.stalled = true
    const stopwatch = new Stopwatch()
    const { revision } = await direct.kv.put('/moves/b', '2')
    expect((await watch.next()).value?.revision).toBe(revision)
    expect(stopwatch.stop()).toBeLessThan(4_000)
  })

  it('a lease is said to be lost while the store still has it, not seconds after it went', () =>
    retryIfStalled(async () => {
      await using proxy = await FaultProxy.start(portOf(store))
      await using client = new EtcdClient({ endpoints: proxy.url })
      const lease = await client.leases.grant({ ttlSeconds: 2 })
      await client.kv.put('/leased', '1', { lease: lease.id })
      await lease.keepAliveOnce()
      // A timer instead of a look at the clock: on a busy machine both are late, and fire in their order.
      let mayBeGone = false
      setTimeout(() => {
        mayBeGone = true
      }, 1_000 * lease.ttlSeconds).unref()
      proxy.stalled = true
      await new Promise((resolve) => lease.lost.addEventListener('abort', resolve))
      expect(mayBeGone).toBe(false)
      expect((await direct.kv.get('/leased'))?.text()).toBe('1')
    }))

  it('every call ends at its deadline when the store stops answering', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url, timeoutMs: 300, closeTimeoutMs: 100 })
    await client.kv.get('/warm', { timeoutMs: patienceMs })
    proxy.stalled = true
    const stopwatch = new Stopwatch()
    const calls = [
      client.kv.get('/a'),
      client.kv.list({ prefix: '/' }).toArray(),
      client.kv.put('/a', '1'),
      client.txn().commit(),
      client.leases.grant({ ttlSeconds: 5 }),
      client.leases.list(),
      client.cluster.members(),
      client.cache({ prefix: '/' }).ready,
    ]
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({
        reason: { code: expect.stringMatching(/^(deadline-exceeded|unavailable|outcome-unknown)$/) },
      })
    }
    expect(stopwatch.stop()).toBeLessThan(1_500)
  })

  it('a write whose answer is lost is applied once, and said to be of unknown outcome', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    await client.kv.get('/warm')
    proxy.swallowing = true
    const writing = client.kv.put('/once', '1')
    await expect.poll(async () => (await direct.kv.get('/once'))?.version).toBe(1n)
    proxy.cut()
    proxy.swallowing = false
    await expect(writing).rejects.toMatchObject({ code: 'outcome-unknown', retryable: false, endpoint: proxy.url })
    await client.kv.get('/once')
    expect((await direct.kv.get('/once'))?.version).toBe(1n)
  })

  it('an answer above 4 MiB is read, and the next write works', async () => {
    const value = Buffer.alloc(1_000_000, 'x')
    for (let index = 0; index < 6; index++) await direct.kv.put(`/large/${index}`, value)
    expect((await direct.kv.range({ prefix: '/large/' })).kvs.length).toBe(6)
    expect((await direct.kv.list({ prefix: '/large/' }).toArray()).length).toBe(6)
    expect((await direct.kv.delete({ prefix: '/large/' })).deleted).toBe(6)
  })

  it('nothing that can be awaited by mistake sends anything', async () => {
    const builder = direct.txn()
    expect('then' in builder).toBe(false)
    const { put } = await import('@waypost/client')
    const returned = await (async () => direct.txn().do(put('/builder', '1')))()
    expect(await direct.kv.get('/builder')).toBe(undefined)
    await returned.commit()
    expect((await direct.kv.get('/builder'))?.version).toBe(1n)
    const writing = direct.kv.put('/awaited-twice', '1')
    expect(await writing).toEqual(await writing)
    expect((await direct.kv.get('/awaited-twice'))?.version).toBe(1n)
  })

  it('a key called __proto__ is a key like others', async () => {
    await direct.kv.put('/odd/__proto__', '1')
    await direct.kv.put('__proto__', '2')
    expect((await direct.kv.get('__proto__'))?.text()).toBe('2')
    expect((await direct.kv.list({ prefix: '/odd/' }).toArray()).map(({ key }) => key)).toEqual(['/odd/__proto__'])
  })

  it('an error has a name, a code and the endpoint', async () => {
    const error = await direct.kv.put('/a', '1', { lease: 999n }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'WaypostError', code: 'lease-not-found', endpoint: store.url })
  })

  it('twenty leases share one connection, and a lost connection is reported once', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    const leases = await Promise.all(Array.from({ length: 20 }, () => client.leases.grant({ ttlSeconds: 60 })))
    await Promise.all(leases.map((lease) => lease.keepAliveOnce()))
    expect(proxy.accepted).toBe(1)
    const states: string[] = []
    const reading = (async () => {
      for await (const { state } of client.status()) states.push(state)
    })()
    await expect.poll(() => states).toEqual(['ready'])
    proxy.cut()
    await expect.poll(() => states).toEqual(['ready', 'idle'])
    await client.kv.get('/again')
    await client.close()
    await reading
    expect(states.filter((state) => state === 'idle').length).toBe(1)
  })

  describe('with authentication', () => {
    let secured: ContractStore
    let admin: EtcdClient

    beforeAll(async () => {
      secured = await flavour.start()
      admin = new EtcdClient({ endpoints: secured.url, auth: root })
      await admin.auth.users.add(root.username, root.password)
      await admin.auth.roles.add('root')
      await admin.auth.users.grantRole(root.username, 'root')
      await admin.auth.enable()
    })
    afterAll(async () => {
      await admin?.close()
      await secured?.close()
    })

    it('calls go on as soon as a store that asks for a login is back', async () => {
      await using proxy = await FaultProxy.start(portOf(secured))
      await using client = new EtcdClient({ endpoints: proxy.url, auth: root })
      await client.kv.put('/back', '1')
      proxy.refusing = true
      proxy.cut()
      const away = Array.from({ length: 20 }, () => client.kv.get('/back', { timeoutMs: 200 }))
      for (const outcome of await Promise.allSettled(away)) {
        expect(outcome).toMatchObject({ reason: { code: 'unavailable' } })
      }
      await secured.restart?.()
      proxy.refusing = false
      const stopwatch = new Stopwatch()
      const calls = Array.from({ length: 20 }, () => client.kv.get('/back'))
      for (const kv of await Promise.all(calls)) expect(kv?.text()).toBe('1')
      expect(stopwatch.stop()).toBeLessThan(2_000)
    })

    it('a watch outlives its token', async () => {
      await using proxy = await FaultProxy.start(portOf(secured))
      await using client = new EtcdClient({ endpoints: proxy.url, auth: root })
      const watch = client.watch({ prefix: '/token/' })
      await watch.started
      const before = await client.kv.put('/token/a', '1')
      await secured.restart?.()
      const after = await admin.kv.put('/token/b', '2')
      expect(await revisionsTo(watch, after.revision)).toEqual([before.revision, after.revision])
    })

    it('a permission that is revoked is gone', async () => {
      await admin.auth.users.add('guest', 'guest')
      await admin.auth.roles.add('guests')
      await admin.auth.users.grantRole('guest', 'guests')
      await admin.auth.roles.grant('guests', 'readwrite', { prefix: '/guests/' })
      await using guest = new EtcdClient({
        endpoints: secured.url,
        auth: { username: 'guest', password: 'guest' },
      })
      await guest.kv.put('/guests/a', '1')
      await admin.auth.roles.revoke('guests', { prefix: '/guests/' })
      expect((await admin.auth.roles.get('guests')).permissions).toEqual([])
      await expect(guest.kv.put('/guests/a', '2')).rejects.toMatchObject({ code: 'permission-denied' })
      await expect(guest.kv.get('/guests/a')).rejects.toMatchObject({ code: 'permission-denied' })
    })
  })
})
