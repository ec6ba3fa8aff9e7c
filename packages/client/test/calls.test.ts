import { EtcdClient, put, version } from '@waypost/client'
import { Cluster, KV, RangeResponse } from '@waypost/protocol'
import { RpcError, StatusCode, unary } from '@waypost/rpc'
import { type ContractStore, FaultProxy, freePorts, Stopwatch } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

describe.each(realStores('calls under faults'))('a call, $name', (flavour) => {
  let store: ContractStore
  let direct: EtcdClient

  runStore(flavour, (started, client) => {
    store = started
    direct = client
  })

  it('says the same of a transaction that writes, and repeats one that only reads', async () => {
    const { get } = await import('@waypost/client')
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    await direct.kv.put('/t', '1')
    await client.kv.get('/warm')
    proxy.swallowing = true
    const writing = client.txn().if(version('/t').greaterThan(0)).do(put('/t', '2')).commit()
    const reading = client.txn().do(get('/t')).commit()
    await expect.poll(async () => (await direct.kv.get('/t'))?.text()).toBe('2')
    proxy.swallowing = false
    proxy.cut()
    await expect(writing).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect((await reading).responses[0]).toMatchObject({ version: 2n })
  })

  it('that is given up together with thousands costs the others neither their connection nor their answer', async () => {
    await using client = new EtcdClient({ endpoints: store.url, timeoutMs: 60_000 })
    await client.kv.get('/warm')
    const { since } = client.state
    const controller = new AbortController()
    const { signal } = controller
    const other = client.kv.put('/other', '1')
    const given = Array.from({ length: 3_000 }, () => client.kv.get('/x', { signal }))
    controller.abort()
    const codes = (await Promise.allSettled(given)).map((end) => (end.status === 'rejected' ? end.reason.code : 'done'))
    expect(new Set(codes)).toEqual(new Set(['aborted']))
    await other
    await client.kv.get('/after')
    expect(client.state).toMatchObject({ state: 'ready', since })
  })

  it('repeats a read whose connection is lost', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    await direct.kv.put('/read', 'here')
    await client.kv.get('/warm')
    proxy.swallowing = true
    const reading = client.kv.get('/read')
    setTimeout(() => {
      proxy.swallowing = false
      proxy.cut()
    }, 50)
    expect((await reading)?.text()).toBe('here')
  })

  it('waits for a store that comes up within the deadline, for reads and writes alike', async () => {
    const [port = 0] = await freePorts(1)
    await using client = new EtcdClient({ endpoints: `127.0.0.1:${port}` })
    const calls = [client.kv.put('/late', '1'), client.kv.get('/late'), client.leases.list()]
    await expect.poll(() => client.state.error?.code).toBe('unavailable')
    const { createServer, connect } = await import('node:net')
    const server = createServer((socket) => {
      const upstream = connect(portOf(store), '127.0.0.1')
      socket.pipe(upstream).pipe(socket)
      socket.on('error', () => upstream.destroy())
      upstream.on('error', () => socket.destroy())
    }).listen(port, '127.0.0.1')
    await Promise.all(calls)
    await client.close()
    await new Promise((resolve) => server.close(resolve))
  })

  it('fails with "unavailable" at its deadline when no store is there, and says where it looked', async () => {
    const [port = 0] = await freePorts(1)
    await using client = new EtcdClient({ endpoints: `127.0.0.1:${port}`, timeoutMs: 300 })
    for (const call of [client.kv.put('/a', '1'), client.kv.get('/a')]) {
      await expect(call).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
        message: new RegExp(`http://127.0.0.1:${port}.*ECONNREFUSED`),
      })
    }
  })

  it('leaves an endpoint that has stopped answering for another, within the deadline of a read', async () => {
    await using stalling = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: stalling.url, timeoutMs: 8_000, keepAlive: { timeoutMs: 500 } })
    await client.kv.put('/move', '1')
    stalling.stalled = true
    const reading = client.kv.get('/move')
    const watch = client.watch({ key: '/move' })
    // Only new connections are answered from here on: the old one stays black-holed.
    setTimeout(() => stalling.healNew(), 100)
    expect((await reading)?.text()).toBe('1')
    expect(await watch.started).toBeGreaterThan(0n)
    expect(stalling.accepted).toBe(2)
  })

  it('leaves a connection that has stopped answering although every call gives up soon', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url, keepAlive: { timeoutMs: 300 } })
    await client.kv.put('/short', '1')
    proxy.stalled = true
    await expect(client.kv.put('/short', '2', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'outcome-unknown' })
    proxy.healNew()
    const stopwatch = new Stopwatch()
    const attempt = () =>
      client.kv.put('/short', '3', { timeoutMs: 100 }).then(
        () => 'written',
        () => 'failed',
      )
    await expect.poll(attempt).toBe('written')
    expect(stopwatch.stop()).toBeLessThan(1_500)
  })

  it('starts with the endpoint that answers when others are down or swallow packets', async () => {
    const [port = 0] = await freePorts(1)
    await using hole = await FaultProxy.start(portOf(store))
    hole.stalled = true
    for (let round = 0; round < 3; round++) {
      await using proxy = await FaultProxy.start(portOf(store))
      await using client = new EtcdClient({ endpoints: [`127.0.0.1:${port}`, hole.url, proxy.url] })
      await client.kv.get('/a')
      expect(client.state).toMatchObject({ state: 'ready', endpoint: proxy.url })
      // The connection that won stays when those that lost are ended.
      await client.kv.put('/a', '1')
      expect(proxy.accepted).toBe(1)
    }
  })

  it('is ended by its signal, also while no store is there', async () => {
    const [port = 0] = await freePorts(1)
    await using away = new EtcdClient({ endpoints: `127.0.0.1:${port}` })
    await using client = new EtcdClient({ endpoints: store.url })
    const reason = new Error('enough')
    const calls = (signal: AbortSignal) => [
      away.kv.get('/a', { signal }),
      away.leases.grant({ ttlSeconds: 5, signal }),
      client.kv.get('/a', { signal }),
    ]
    const controller = new AbortController()
    const running = calls(controller.signal)
    controller.abort(reason)
    for (const call of [...running, ...calls(controller.signal)]) {
      await expect(call).rejects.toMatchObject({ code: 'aborted', cause: reason })
    }
  })

  it('converts what the store refuses into codes', async () => {
    await expect(direct.kv.put('/a', '1', { lease: 12345n })).rejects.toMatchObject({ code: 'lease-not-found' })
    await expect(direct.kv.get('/a', { revision: 999_999n })).rejects.toMatchObject({ code: 'future-revision' })
    await expect(direct.kv.put('/nope', '', { ignoreValue: true })).rejects.toMatchObject({ code: 'not-found' })
    await expect(direct.txn().do(put('/d', '1'), put('/d', '2')).commit()).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'etcdserver: duplicate key given in txn request',
      endpoint: store.url,
      details: { status: 'INVALID_ARGUMENT' },
    })
    await expect(direct.kv.put('/a', Buffer.alloc(1_600_000))).rejects.toMatchObject({ code: 'too-large' })
    await expect(direct.kv.put('', 'x')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(direct.kv.delete({ prefix: '' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: /all: true/,
    })
  })
})

describe('a call', () => {
  it('goes to another member when one says that it has no leader, writes included', async () => {
    let asked = 0
    const lost = unary(KV.put, () => {
      asked += 1
      throw new RpcError(StatusCode.UNAVAILABLE, 'etcdserver: no leader')
    })
    await using leaderless = await ScriptedStore.start([lost])
    await using healthy = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: [leaderless.url, healthy.url] })
    for (let round = 0; round < 5; round++) await client.kv.put('/a', '1')
    expect(healthy.puts).toBe(5)
    expect(asked).toBeLessThanOrEqual(1)
  })

  it('does not repeat a write that timed out inside the store', async () => {
    let asked = 0
    const slow = unary(KV.put, () => {
      asked += 1
      throw new RpcError(StatusCode.UNAVAILABLE, 'etcdserver: request timed out')
    })
    await using store = await ScriptedStore.start([slow])
    await using client = new EtcdClient({ endpoints: store.url })
    await expect(client.kv.put('/a', '1')).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(asked).toBe(1)
  })

  it("says what it knows when the store's own deadline has passed: a read may be repeated, a write is in doubt", async () => {
    // etcd hands on Go's words, with the status UNKNOWN, when it could not finish in the time that the call came with.
    const late = () => {
      throw new RpcError(StatusCode.UNKNOWN, 'context deadline exceeded')
    }
    await using store = await ScriptedStore.start([unary(KV.put, late), unary(KV.range, late)])
    await using client = new EtcdClient({ endpoints: store.url })
    await expect(client.kv.put('/a', '1')).rejects.toMatchObject({ code: 'outcome-unknown' })
    await expect(client.kv.get('/a')).rejects.toMatchObject({ code: 'deadline-exceeded', retryable: true })
  })

  it('tells members to refuse what needs a leader, but for serializable reads', async () => {
    const seen: (string | undefined)[] = []
    const range = unary(KV.range, (_request, call) => {
      seen.push(call.metadata.hasleader)
      return RangeResponse.create()
    })
    await using store = await ScriptedStore.start([range])
    await using client = new EtcdClient({ endpoints: store.url })
    await client.kv.get('/a')
    await client.kv.get('/a', { serializable: true })
    expect(seen).toEqual(['true', undefined])
  })

  it('names what the store does not offer', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    expect(Cluster.memberList.path).toBe('/etcdserverpb.Cluster/MemberList')
    await expect(client.cluster.members()).rejects.toMatchObject({ code: 'unimplemented' })
  })

  it('stops looking for a store when nobody waits for one any more', async () => {
    const [port = 0] = await freePorts(1)
    await using client = new EtcdClient({ endpoints: `127.0.0.1:${port}` })
    const controller = new AbortController()
    const { signal } = controller
    const outcomes = Promise.allSettled([
      client.watch({ key: '/a' }, { signal }).started,
      client.leases.keepAliveOnce(1, { signal }),
      client.kv.get('/a', { signal }),
      client.cache({ prefix: '/a' }, { signal }).ready,
    ])
    await expect.poll(() => client.state.state).toBe('connecting')
    controller.abort()
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'aborted' } })
    expect(client.state.state).toBe('idle')
  })

  it('reports its link: connecting, ready, lost, ready again, closed', async () => {
    await using store = await ScriptedStore.start()
    await using proxy = await FaultProxy.start(store.port)
    const client = new EtcdClient({ endpoints: proxy.url })
    const seen: string[] = []
    const watching = (async () => {
      for await (const { state, endpoint, error } of client.status()) {
        seen.push(`${state} ${endpoint === proxy.url ? 'here' : endpoint} ${error?.code}`)
      }
    })()
    await client.kv.get('/a')
    await expect.poll(() => seen.at(-1)).toBe('ready here undefined')
    proxy.cut()
    await expect.poll(() => seen.at(-1)).toBe('idle here unavailable')
    await client.kv.get('/a')
    await expect.poll(() => seen.at(-1)).toBe('ready here undefined')
    await client.close()
    await watching
    expect(seen[0]).toBe('idle undefined undefined')
    expect(seen.at(-1)).toBe('closed here undefined')
  })
})
