import { EtcdClient, type Watch } from '@waypost/client'
import { WatchResponse } from '@waypost/protocol'
import { type ContractStore, FaultProxy, first } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

/** The watches that the store runs for this client. */
function running({ watchRequests }: ScriptedStore): number {
  const made = watchRequests.filter(({ createRequest }) => createRequest).length
  return made - watchRequests.filter(({ cancelRequest }) => cancelRequest).length
}

async function revisionsOf(watch: Watch, count: number): Promise<bigint[]> {
  const revisions: bigint[] = []
  while (revisions.length < count) {
    const { value, done } = await watch.next()
    if (done) break
    revisions.push(value.revision)
  }
  return revisions
}

describe('watches of the same range', () => {
  it('that begin together cost the store one watch, and all are told', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    const watches = Array.from({ length: 1_000 }, () => client.watch({ key: '/k11' }))
    await Promise.all(watches.map((watch) => watch.started))
    expect(store.watchRequests.length).toBe(1)
    const [call] = store.watchCalls
    if (call === undefined) throw new Error('There is no watch.')
    store.events(call, 1n, [11n, 12n])
    for (const watch of watches) expect(await revisionsOf(watch, 2)).toEqual([11n, 12n])
  })

  it('that begin one after another end up as one watch, each from its own beginning', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    const watches: Watch[] = []
    for (let index = 0; index < 20; index++) {
      store.revision += 1n
      const watch = client.watch({ prefix: '/k' })
      watches.push(watch)
      expect(await watch.started).toBe(store.revision)
    }
    await expect.poll(() => running(store)).toBe(1)
    const [call] = store.watchCalls
    if (call === undefined) throw new Error('There is no watch.')
    // The store may still send what was before the later ones began.
    store.events(call, 1n, [21n, 31n, 32n])
    expect(await revisionsOf(watches[0] as Watch, 3)).toEqual([21n, 31n, 32n])
    expect(await revisionsOf(watches[19] as Watch, 2)).toEqual([31n, 32n])
  })

  it('share with caches, and go on when the one that began it is closed', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    const began = client.watch({ prefix: '/' })
    await began.started
    const caches = Array.from({ length: 10 }, () => client.cache({ prefix: '/' }))
    await Promise.all(caches.map((cache) => cache.ready))
    await expect.poll(() => caches.every((cache) => cache.staleSince === undefined)).toBe(true)
    await expect.poll(() => store.watchRequests.length > 1 && running(store)).toBe(1)
    await began.close()
    expect(running(store)).toBe(1)
    const [call] = store.watchCalls
    if (call === undefined) throw new Error('There is no watch.')
    store.events(call, 1n, [11n])
    await expect.poll(() => caches.map((cache) => cache.size)).toEqual(Array(10).fill(1))
    await Promise.all(caches.map((cache) => cache.close()))
    await expect.poll(() => call.ended).toBe(true)
  })

  it('are not one when they ask for different things', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    const watches = [
      client.watch({ prefix: '/' }),
      client.watch({ prefix: '/a' }),
      client.watch({ key: '/' }),
      client.watch({ prefix: '/' }, { prevKv: true }),
      client.watch({ prefix: '/' }, { filters: ['noPut'] }),
      client.watch({ prefix: '/' }, { filters: ['noDelete'] }),
    ]
    await Promise.all(watches.map((watch) => watch.started))
    expect(running(store)).toBe(watches.length)
  })

  it('do not wait for one another: who is full is set aside alone, and who needs history gets it alone', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    const slow = client.watch({ prefix: '/' }, { queueLimit: 1 })
    const quick = client.watch({ prefix: '/' })
    await quick.started
    const [call] = store.watchCalls
    if (call === undefined) throw new Error('There is no watch.')
    store.revision = 13n
    store.events(call, 1n, [11n, 12n, 13n])
    expect(await revisionsOf(quick, 3)).toEqual([11n, 12n, 13n])
    expect(running(store)).toBe(1)
    expect(await revisionsOf(slow, 1)).toEqual([11n])
    await expect.poll(() => store.watchRequests.at(-1)?.createRequest).toMatchObject({ startRevision: 12n })
    store.events(call, store.watchRequests.at(-1)?.createRequest?.watchId ?? 0n, [12n, 13n])
    expect(await revisionsOf(slow, 2)).toEqual([12n, 13n])
  })

  it('end alone when only one of them needs what was compacted', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    store.onWatch = ({ createRequest }, call) => {
      if (createRequest?.startRevision !== 3n) {
        if (createRequest) store.created(call, createRequest.watchId)
        return
      }
      const { watchId } = createRequest
      store.created(call, watchId)
      call.send(WatchResponse.create({ header: store.header(), watchId, canceled: true, compactRevision: 5n }))
    }
    const early = client.watch({ prefix: '/' }, { startRevision: 3n })
    const late = client.watch({ prefix: '/' }, { startRevision: 5n })
    await expect(early.next()).rejects.toMatchObject({ code: 'compacted', details: { compactRevision: 5n } })
    await expect.poll(() => store.watchRequests.at(-1)?.createRequest).toMatchObject({ startRevision: 5n })
    const call = store.watchCalls.at(-1)
    if (call === undefined) throw new Error('There is no watch.')
    store.events(call, store.watchRequests.at(-1)?.createRequest?.watchId ?? 0n, [5n])
    expect(await revisionsOf(late, 1)).toEqual([5n])
  })
})

describe.each(realStores('shared watches'))('watches of the same range, $name', (flavour) => {
  let store: ContractStore
  let direct: EtcdClient

  runStore(flavour, (started, client) => {
    store = started
    direct = client
  })

  it('each get every revision once from where they began, however they join, leave and lag, and through cuts', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    const written: bigint[] = []
    const watches: { readonly watch: Watch; readonly from: bigint | Promise<bigint> }[] = []
    for (let round = 0; round < 150; round++) {
      const { revision } = await direct.kv.put('/shared/key', `${round}`)
      written.push(revision)
      if (round % 2 === 0) await direct.kv.put('/elsewhere', `${round}`)
      if (round % 40 === 39) proxy.cut()
      if (round % 5 === 0) {
        const watch = client.watch({ prefix: '/shared/' }, { queueLimit: round % 3 === 0 ? 40 : 1_000 })
        watches.push({ watch, from: watch.started.then((begun) => begun + 1n) })
      }
      if (round % 7 === 0) {
        const from = written[Math.max(0, round - 30)] ?? 0n
        watches.push({ watch: client.watch({ prefix: '/shared/' }, { startRevision: from }), from })
      }
      if (round % 11 === 0) await client.watch({ prefix: '/shared/' }).close()
    }
    await Promise.all(watches.map(({ watch }) => watch.started))
    const { revision: last } = await direct.kv.put('/shared/key', 'last')
    written.push(last)
    for (const { watch, from } of watches) {
      const begun = await from
      const seen: bigint[] = []
      await first(watch, ({ revision }) => seen.push(revision) > 0 && revision === last)
      expect(seen).toEqual(written.filter((revision) => revision >= begun))
      await watch.close()
    }
  })

  it('report nothing that was acknowledged before they began', async () => {
    await using client = new EtcdClient({ endpoints: store.url })
    const opener = client.watch({ key: '/fresh' })
    for (let round = 0; round < 50; round++) {
      await client.kv.put('/fresh', 'before')
      const watch = client.watch({ key: '/fresh' })
      await watch.started
      const { revision } = await client.kv.put('/fresh', 'after')
      expect((await watch.next()).value?.revision).toBe(revision)
      await watch.close()
    }
    await opener.close()
  })
})
