import { EtcdClient } from '@waypost/client'
import { RpcConnection } from '@waypost/rpc/client'
import { type EtcdProcess, requireOrSkip, startEtcd } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

describe.skipIf(!requireOrSkip('a store stopped with SIGSTOP', 'etcd'))('a store stopped with SIGSTOP', () => {
  let etcd: EtcdProcess

  beforeAll(async () => {
    etcd = await startEtcd()
  })
  afterAll(async () => {
    await etcd?.close()
  })

  it('costs a call its deadline, not more, and everything goes on with the store', async () => {
    await using client = new EtcdClient({ endpoints: etcd.url })
    await client.kv.put('/stop', '1')
    const watch = client.watch({ key: '/stop' })
    await watch.started
    etcd.pause()
    try {
      // The signal takes a moment to stop every thread.
      const read = () =>
        client.kv.get('/stop', { timeoutMs: 200 }).then(
          () => 'answered',
          ({ code }) => code,
        )
      await expect.poll(read).toBe('deadline-exceeded')
      await expect(client.kv.put('/stop', '2', { timeoutMs: 200 })).rejects.toMatchObject({ code: 'outcome-unknown' })
    } finally {
      etcd.resume()
    }
    expect((await client.kv.get('/stop'))?.version).toBeGreaterThanOrEqual(1n)
    const { revision } = await client.kv.put('/stop', '3')
    for (;;) if ((await watch.next()).value?.revision === revision) break
  })

  it('is noticed and reported, and a watch and a lease know of it', async () => {
    await using client = new EtcdClient({
      endpoints: etcd.url,
      keepAlive: { intervalMs: 500, timeoutMs: 300 },
    })
    await using cache = client.cache({ prefix: '/stop' })
    const lease = await client.leases.grant({ ttlSeconds: 2 })
    await cache.ready
    await expect.poll(() => cache.staleSince).toBe(undefined)
    const lost = new Promise((resolve) => lease.lost.addEventListener('abort', resolve))
    etcd.pause()
    try {
      await expect.poll(() => client.state.error?.code).toBe('unavailable')
      expect(cache.staleSince).toBeInstanceOf(Date)
      await lost
    } finally {
      etcd.resume()
    }
    await expect.poll(() => cache.staleSince).toBe(undefined)
    expect(client.state.state).toBe('ready')
  })

  it('is not seen in a store that answered while this process was busy itself', async () => {
    await using client = new EtcdClient({ endpoints: etcd.url, keepAlive: { intervalMs: 300, timeoutMs: 100 } })
    await client.watch({ key: '/busy' }).started
    const { since } = client.state
    const { ping } = RpcConnection.prototype
    const pinged = new Promise<void>((resolve) => {
      vi.spyOn(RpcConnection.prototype, 'ping').mockImplementationOnce(function (this: RpcConnection, timeoutMs) {
        etcd.pause()
        const answer = ping.call(this, timeoutMs)
        // Busy once the question is on its way, and for longer than the answer may take, which comes meanwhile.
        setImmediate(() => {
          etcd.resume()
          for (const untilMs = performance.now() + 250; performance.now() < untilMs; );
          resolve(answer.then(() => {}))
        })
        return answer
      })
    })
    await expect(pinged).resolves.toBe(undefined)
    vi.restoreAllMocks()
    expect(client.state).toMatchObject({ state: 'ready', since })
  })
})
