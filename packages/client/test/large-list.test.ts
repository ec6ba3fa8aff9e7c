import { EtcdClient } from '@waypost/client'
import { Event_EventType, WatchResponse } from '@waypost/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ScriptedStore } from './scripted-store.test-support.ts'

const count = 1_000

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

/** How many of something at most came in one turn of the event loop, of as many as `seen` is told of. */
class PerTurn {
  #turn = 0
  #isRunning = true
  readonly #counts = new Map<number, number>()

  constructor() {
    const next = (): void => {
      this.#turn += 1
      if (this.#isRunning) setImmediate(next)
    }
    next()
  }

  seen(): void {
    this.#counts.set(this.#turn, (this.#counts.get(this.#turn) ?? 0) + 1)
  }

  most(): number {
    this.#isRunning = false
    return Math.max(...this.#counts.values())
  }
}

describe('an answer of 10,000 events', () => {
  it('is taken in over several turns of the event loop, by a watch and a cache alike', async () => {
    const events = 10_000
    await using store = await ScriptedStore.start()
    store.onWatch = ({ createRequest }, call) => {
      if (createRequest === undefined) return
      store.created(call, createRequest.watchId)
      call.send(
        WatchResponse.create({
          header: { ...store.header(), revision: 10n + BigInt(events) },
          watchId: createRequest.watchId,
          events: Array.from({ length: events }, (_, index) => {
            const kv = { ...rawKey(index), modRevision: 11n + BigInt(index) }
            return { type: Event_EventType.PUT, kv, prevKv: undefined }
          }),
        }),
      )
    }
    await using client = new EtcdClient({ endpoints: store.url, namespace: '/n' })
    await using cache = client.cache({ prefix: '/' })
    const perTurn = new PerTurn()
    cache.onChange(({ changes }) => {
      for (const _change of changes) perTurn.seen()
    })
    await expect.poll(() => cache.size).toBe(events)
    expect(cache.revision).toBe(10n + BigInt(events))
    expect(perTurn.most()).toBeLessThan(events / 2)
  })
})

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

  it('is taken in over several turns of the event loop, so that nothing else waits for it', async () => {
    const perTurn = new PerTurn()
    let seen = 0
    for await (const _kv of client.kv.list({ prefix: '/' })) {
      seen += 1
      perTurn.seen()
    }
    expect(seen).toBe(count)
    expect(perTurn.most()).toBeLessThanOrEqual(250)
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
