import { EtcdClient, type Watch } from '@waypost/client'
import { WatchResponse } from '@waypost/protocol'
import { RpcError, StatusCode } from '@waypost/rpc'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ScriptedStore } from './scripted-store.test-support.ts'

describe('a watch', () => {
  let store: ScriptedStore
  let client: EtcdClient

  beforeEach(async () => {
    store = await ScriptedStore.start()
    client = new EtcdClient({ endpoints: store.url })
  })
  afterEach(async () => {
    await client.close()
    await store.close()
  })

  async function revisions(watch: Watch, count: number): Promise<bigint[]> {
    const seen: bigint[] = []
    while (seen.length < count) seen.push((await watch.next()).value?.revision)
    return seen
  }

  function startRevisions(): (bigint | undefined)[] {
    return store.watchRequests.flatMap(({ createRequest }) => createRequest?.startRevision ?? [])
  }

  it('resumes from what it was asked for when nothing but "created" has arrived', async () => {
    store.onWatch = (request, call) => {
      store.created(call, request.createRequest?.watchId ?? 0n)
      if (store.watchCalls.length === 1) call.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
      else store.events(call, request.createRequest?.watchId ?? 0n, [3n, 4n])
    }
    const watch = client.watch({ prefix: '/' }, { startRevision: 3n })
    expect(await revisions(watch, 2)).toEqual([3n, 4n])
    expect(startRevisions()).toEqual([3n, 3n])
  })

  it('resumes after the last revision delivered, not after the revision in a header', async () => {
    store.onWatch = (request, call) => {
      const id = request.createRequest?.watchId ?? 0n
      store.created(call, id)
      if (store.watchCalls.length === 1) {
        // The header says 10 while only 3 and 4 have been sent.
        store.events(call, id, [3n, 4n], { header: store.header(10n) })
        call.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
      } else store.events(call, id, [5n, 6n])
    }
    const watch = client.watch({ prefix: '/' }, { startRevision: 3n })
    expect(await revisions(watch, 4)).toEqual([3n, 4n, 5n, 6n])
    expect(startRevisions()).toEqual([3n, 5n])
  })

  it('resumes after the progress that the store vouched for', async () => {
    store.onWatch = (request, call) => {
      const watchId = request.createRequest?.watchId ?? 0n
      store.created(call, watchId)
      if (store.watchCalls.length > 1) return
      call.send(WatchResponse.create({ header: store.header(25n), watchId }))
      store.revision = 25n
      call.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
    }
    const watch = client.watch({ prefix: '/' }, { startRevision: 3n, progressNotify: true })
    expect((await watch.next()).value).toEqual({ revision: 25n, events: [] })
    await expect.poll(startRevisions).toEqual([3n, 26n])
  })

  it('does not hand on half a fragmented revision, and hands on the whole once', async () => {
    store.onWatch = (request, call) => {
      const id = request.createRequest?.watchId ?? 0n
      store.created(call, id)
      store.events(call, id, [3n], { fragment: true })
      if (store.watchCalls.length === 1) call.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
      else store.events(call, id, [3n, 4n])
    }
    const watch = client.watch({ prefix: '/' }, { startRevision: 3n })
    const { value } = await watch.next()
    expect(value).toMatchObject({ revision: 3n, events: [{ key: '/k3' }, { key: '/k3' }] })
    expect(await revisions(watch, 1)).toEqual([4n])
  })

  it('does not repeat what a store sends a second time', async () => {
    store.onWatch = (request, call) => {
      const id = request.createRequest?.watchId ?? 0n
      store.created(call, id)
      store.events(call, id, [3n, 4n])
      store.events(call, id, [4n, 5n])
    }
    expect(await revisions(client.watch({ prefix: '/' }, { startRevision: 3n }), 3)).toEqual([3n, 4n, 5n])
  })

  it('says "store-replaced" when the cluster id is another one', async () => {
    const watch = client.watch({ prefix: '/' })
    await watch.started
    store.clusterId = 2n
    store.watchCalls[0]?.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
    await expect(watch.next()).rejects.toMatchObject({
      code: 'store-replaced',
      details: { lastClusterId: 1n, clusterId: 2n },
    })
  })

  it('says "store-replaced" when the revision went back', async () => {
    const watch = client.watch({ prefix: '/' })
    await watch.started
    store.revision = 2n
    store.watchCalls[0]?.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
    await expect(watch.next()).rejects.toMatchObject({
      code: 'store-replaced',
      details: { lastRevision: 10n, revision: 2n },
    })
  })

  it('says "store-replaced" when a store with the same id has begun again and come further meanwhile', async () => {
    const watch = client.watch({ prefix: '/' })
    await watch.started
    store.raftTerm = 1n
    store.revision = 50n
    store.watchCalls[0]?.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
    await expect(watch.next()).rejects.toMatchObject({ code: 'store-replaced' })
  })

  it('takes a member that lags behind the cluster for what it is', async () => {
    store.onWatch = ({ createRequest }, call) => {
      if (createRequest === undefined) return
      const { watchId } = createRequest
      if (store.watchCalls.length === 1) store.created(call, watchId)
      else call.send(WatchResponse.create({ header: store.header(7n), watchId, created: true }))
      if (store.watchCalls.length > 1) setTimeout(() => store.events(call, watchId, [11n]), 20)
    }
    const watch = client.watch({ prefix: '/' })
    await watch.started
    store.watchCalls[0]?.end(new RpcError(StatusCode.UNAVAILABLE, 'going away'))
    expect(await revisions(watch, 1)).toEqual([11n])
  })

  it('matches a refusal without an id to its request', async () => {
    store.onWatch = ({ createRequest }, call) => {
      if (createRequest === undefined) return
      if (createRequest.startRevision === 5n) {
        const cancelReason = 'mvcc: watcher range is empty'
        call.send(
          WatchResponse.create({ header: store.header(), watchId: -1n, created: true, canceled: true, cancelReason }),
        )
      } else store.created(call, createRequest.watchId)
    }
    const good = client.watch({ key: '/a' })
    const bad = client.watch({ key: '/b' }, { startRevision: 5n })
    const alsoGood = client.watch({ key: '/c' })
    await expect(bad.next()).rejects.toMatchObject({ code: 'invalid-argument', message: /watcher range is empty/ })
    expect(await Promise.all([good.started, alsoGood.started])).toEqual([10n, 10n])
  })

  it('asks members without a leader to say so, and goes on once there is one', async () => {
    store.onWatch = (request, call) => {
      expect(call.metadata.hasleader).toBe('true')
      if (store.watchCalls.length < 3) call.end(new RpcError(StatusCode.UNAVAILABLE, 'etcdserver: no leader'))
      else store.created(call, request.createRequest?.watchId ?? 0n)
    }
    expect(await client.watch({ prefix: '/' }).started).toBe(10n)
    expect(store.watchCalls.length).toBe(3)
  })

  it('cancels on the server what was closed here, and ends the stream with the last watch', async () => {
    const watches = [client.watch({ key: '/a' }), client.watch({ key: '/b' })]
    await Promise.all(watches.map((watch) => watch.started))
    await watches[0]?.close()
    await expect.poll(() => store.watchRequests.at(-1)?.cancelRequest?.watchId).toBe(1n)
    let closed = false
    store.watchCalls[0]?.onClose(() => {
      closed = true
    })
    await watches[1]?.close()
    await expect.poll(() => closed).toBe(true)
    expect(store.watchCalls.length).toBe(1)
  })

  it('is refused for good when the store does not know watches', async () => {
    store.onWatch = (_request, call) => call.end(new RpcError(StatusCode.UNIMPLEMENTED, 'unknown service'))
    await expect(client.watch({ key: '/a' }).started).rejects.toMatchObject({ code: 'unimplemented' })
  })
})
