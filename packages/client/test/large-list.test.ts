import { EtcdClient } from '@waypost/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ScriptedStore } from './scripted-store.test-support.ts'

const count = 1_000

describe('a page of a thousand keys', () => {
  let store: ScriptedStore
  let client: EtcdClient

  beforeAll(async () => {
    store = await ScriptedStore.start()
    store.onRange = () => ({ kvs: Array.from({ length: count }, (_, index) => rawKey(index)), count: BigInt(count) })
    client = new EtcdClient({ endpoints: store.url, namespace: '/n' })
  })
  afterAll(async () => {
    await client.close()
    await store.close()
  })

  function rawKey(index: number) {
    const key = Buffer.from(`/n/${String(index).padStart(4, '0')}`)
    return {
      key,
      value: Buffer.from(`value ${index}`),
      createRevision: 3n,
      modRevision: 2n ** 62n,
      version: 1n,
      lease: 5n,
    }
  }

  it('is taken in over several turns of the event loop, so that nothing else waits for it', async () => {
    let turns = 0
    let isRunning = true
    const turn = (): void => {
      turns += 1
      if (isRunning) setImmediate(turn)
    }
    turn()
    const seenAt: number[] = []
    for await (const _kv of client.kv.list({ prefix: '/' })) seenAt.push(turns)
    isRunning = false
    expect(seenAt.length).toBe(count)
    const perTurn = new Map<number, number>()
    for (const at of seenAt) perTurn.set(at, (perTurn.get(at) ?? 0) + 1)
    expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(250)
    const pages: number[] = []
    for await (const { kvs, more, count: all } of client.kv.list({ prefix: '/' }).pages()) {
      pages.push(kvs.length)
      expect([more, all]).toEqual([false, BigInt(count)])
    }
    expect(pages).toEqual([count])
  })

  it('is the same in a cache, which keeps the keys encoded', async () => {
    await using cache = client.cache({ prefix: '/' })
    await cache.ready
    expect(cache.size).toBe(count)
    expect([...cache.keys()].at(-1)).toBe('/0999')
    for (const index of [0, 249, 250, 999]) {
      const kv = cache.get(`/${String(index).padStart(4, '0')}`)
      expect(kv).toMatchObject({ createRevision: 3n, modRevision: 2n ** 62n, version: 1n, lease: 5n })
      expect([kv?.text(), Buffer.from(kv?.keyBytes ?? []).toString()]).toEqual([`value ${index}`, kv?.key])
    }
  })
})
