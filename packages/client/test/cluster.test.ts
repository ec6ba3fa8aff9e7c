import { EtcdClient } from '@waypost/client'
import { type EtcdCluster, type EtcdProcess, requireOrSkip, startEtcdCluster } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

describe.skipIf(!requireOrSkip('failover in a cluster of three', 'etcd'))('a client of three members', () => {
  let cluster: EtcdCluster

  beforeAll(async () => {
    cluster = await startEtcdCluster(3)
  })
  afterAll(async () => {
    await cluster?.close()
  })

  async function leader(): Promise<EtcdProcess> {
    await using client = new EtcdClient({ endpoints: cluster.endpoints })
    for (;;) {
      for (const member of cluster.members) {
        const status = await client.maintenance.status({ endpoint: member.url }).catch(() => undefined)
        if (status !== undefined && status.leader === status.memberId) return member
      }
    }
  }

  /**
   * Writes, watches and holds a lease while `fault` happens.
   * Every acknowledged write must be there and have been watched once; unknown ones may.
   */
  async function endure(name: string, fault: () => Promise<void>): Promise<{ readonly pauseMs: number }> {
    await using client = new EtcdClient({ endpoints: cluster.endpoints, keepAlive: { timeoutMs: 1_000 } })
    const prefix = `/${name}/`
    const watch = client.watch({ prefix })
    await using cache = client.cache({ prefix })
    const lease = await client.leases.grant({ ttlSeconds: 10 })
    await Promise.all([watch.started, cache.ready])
    const acknowledged = new Map<string, bigint>()
    let writing = true
    let pauseMs = 0
    const writer = (async () => {
      let lastMs = performance.now()
      for (let number = 0; writing; number++) {
        const key = `${prefix}${number}`
        try {
          const { revision } = await client.kv.put(key, '', { lease: lease.id, timeoutMs: 1_000 })
          acknowledged.set(key, revision)
          pauseMs = Math.max(pauseMs, performance.now() - lastMs)
          lastMs = performance.now()
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/outcome-unknown|unavailable|deadline-exceeded/) })
        }
      }
    })()
    try {
      await fault()
      const before = acknowledged.size
      await expect.poll(() => acknowledged.size, { timeout: 10_000 }).toBeGreaterThan(before + 20)
    } finally {
      writing = false
      await writer
    }
    const last = (await client.kv.put(`${prefix}end`, '')).revision
    const watched: string[] = []
    let revision = 0n
    while (revision < last) {
      const { value } = await watch.next()
      if (value === undefined) throw new Error('The watch ended.')
      expect(value.revision).toBeGreaterThan(revision)
      revision = value.revision
      for (const { key } of value.events) watched.push(key)
    }
    const stored = new Map<string, bigint>()
    for await (const kv of client.kv.list({ prefix })) stored.set(kv.key, kv.modRevision)
    for (const [key, writtenAt] of acknowledged) expect([key, stored.get(key)]).toEqual([key, writtenAt])
    expect(new Set(watched).size).toBe(watched.length)
    expect(new Set(watched)).toEqual(new Set(stored.keys()))
    await expect.poll(() => [...cache.keys()].length).toBe(stored.size)
    expect(lease.lost.aborted).toBe(false)
    return { pauseMs }
  }

  it('loses nothing when the leader is killed, and writes again once there is another', async () => {
    const victim = await leader()
    const { pauseMs } = await endure('killed', async () => {
      await victim.kill()
      await leader()
    })
    await victim.restart()
    expect(pauseMs).toBeLessThan(6_000)
  })

  it('leaves a leader that is stopped and says nothing', async () => {
    const victim = await leader()
    const others = cluster.members.filter((member) => member !== victim)
    try {
      await endure('stopped', async () => {
        victim.pause()
        await using client = new EtcdClient({ endpoints: others.map(({ url }) => url) })
        await client.kv.get('/there', { timeoutMs: 15_000 })
      })
    } finally {
      victim.resume()
    }
  })
})
