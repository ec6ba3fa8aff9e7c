import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cache, type CacheChanges, EtcdClient } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { type ContractStore, FaultProxy, freePorts, makeTempDir, removeTempDir } from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

let directory: string
let snapshotFile: string
beforeEach(() => {
  directory = makeTempDir('cache-snapshot')
  snapshotFile = join(directory, 'made', 'services.snapshot')
})
afterEach(() => removeTempDir(directory))

function contents(cache: Cache): Record<string, string> {
  return Object.fromEntries([...cache].map(([key, kv]) => [key, kv.text()]))
}

function told(all: readonly CacheChanges[]): string[] {
  return all.flatMap(({ changes }) =>
    changes.map(({ type, key, current, previous }) => `${type} ${key} ${previous?.text()}→${current?.text()}`),
  )
}

/** A client of a store that is not there. */
async function clientOfNothing(): Promise<EtcdClient> {
  const [port = 0] = await freePorts(1)
  return new EtcdClient({ endpoints: `127.0.0.1:${port}` })
}

describe.each(realStores('snapshots of caches'))('a cache with a snapshot on disk, $name', (flavour) => {
  let store: ContractStore
  let direct: EtcdClient

  runStore(flavour, (started, client) => {
    store = started
    direct = client
  })
  beforeEach(async () => {
    await direct.kv.delete({ prefix: '/s/' })
    await direct.kv.put('/s/a', '1')
    await direct.kv.put('/s/b', '1')
  })

  it('starts with it when the store is away, says so, and emits only what is different once the store is back', async () => {
    const first = direct.cache({ prefix: '/s/' }, { snapshotFile })
    await first.ready
    expect(first.isFromDisk).toBe(false)
    const before = Date.now()
    await first.close()
    const after = Date.now()

    await using proxy = await FaultProxy.start(portOf(store))
    proxy.refusing = true
    await using client = new EtcdClient({ endpoints: proxy.url })
    await using cache = client.cache({ prefix: '/s/' }, { snapshotFile, snapshotAfterMs: 50 })
    const changes: CacheChanges[] = []
    cache.onChange((change) => changes.push(change))
    await cache.ready
    expect(contents(cache)).toEqual({ '/s/a': '1', '/s/b': '1' })
    expect(cache.isFromDisk).toBe(true)
    expect(cache.revision).toBe(first.revision)
    expect(cache.staleSince?.getTime()).toBeGreaterThanOrEqual(before)
    expect(cache.staleSince?.getTime()).toBeLessThanOrEqual(after)
    expect(changes.length).toBe(1)

    await direct.kv.put('/s/a', '2')
    await direct.kv.put('/s/c', '1')
    proxy.refusing = false
    await expect.poll(() => cache.staleSince).toBe(undefined)
    expect(cache.isFromDisk).toBe(false)
    expect(told(changes.slice(1))).toEqual(['changed /s/a 1→2', 'added /s/c undefined→1'])
    expect(cache.snapshotProblem).toBe(undefined)
  })

  it('is written while the cache runs, for its owner only, and leaves nothing beside it', async () => {
    mkdirSync(join(directory, 'made'))
    writeFileSync(`${snapshotFile}.123456.tmp`, 'of a process that crashed')
    writeFileSync(`${snapshotFile}.b.123456.tmp`, 'of a cache that is kept in services.snapshot.b')
    await using cache = direct.cache({ prefix: '/s/' }, { snapshotFile, snapshotIntervalMs: 10 })
    await cache.ready
    await direct.kv.put('/s/late', 'yes')
    await expect
      .poll(async () => {
        await using reader = await clientOfNothing()
        await using copy = reader.cache({ prefix: '/s/' }, { snapshotFile, snapshotAfterMs: 0, timeoutMs: 200 })
        await copy.ready.catch(() => {})
        return copy.get('/s/late')?.text()
      })
      .toBe('yes')
    expect(statSync(snapshotFile).mode & 0o777).toBe(0o600)
    await cache.close()
    expect(await readdir(join(directory, 'made'))).toEqual(['services.snapshot', 'services.snapshot.b.123456.tmp'])
  })

  it('keeps the keys of a namespace as they are seen in it', async () => {
    await using inside = new EtcdClient({ endpoints: store.url, namespace: '/s' })
    const first = inside.cache({ prefix: '/' }, { snapshotFile })
    await first.ready
    await first.close()
    await using away = new EtcdClient({ endpoints: (await clientOfNothing()).endpoints, namespace: '/s' })
    await using cache = away.cache({ prefix: '/' }, { snapshotFile, snapshotAfterMs: 0 })
    await cache.ready
    expect(contents(cache)).toEqual({ '/a': '1', '/b': '1' })
  })

  it('notices that the store is another one than the copy is of', async () => {
    const first = direct.cache({ prefix: '/s/' }, { snapshotFile })
    await first.ready
    await first.close()
    const other = await store.startFresh()
    try {
      await using proxy = await FaultProxy.start(portOf(other))
      proxy.refusing = true
      const warnings: string[] = []
      const logger = { debug: () => {}, warn: (message: string) => warnings.push(message) }
      await using client = new EtcdClient({ endpoints: proxy.url, logger })
      await using cache = client.cache({ prefix: '/s/' }, { snapshotFile, snapshotAfterMs: 0 })
      await cache.ready
      expect(cache.size).toBe(2)
      proxy.refusing = false
      await expect.poll(() => cache.isFromDisk).toBe(false)
      expect(cache.size).toBe(0)
      expect(cache.snapshotProblem).toMatchObject({ code: 'store-replaced' })
      expect(warnings.some((message) => message.includes(snapshotFile))).toBe(true)
    } finally {
      await other.close()
    }
  })
})

describe('a snapshot on disk', () => {
  async function write(): Promise<void> {
    await using store = await ScriptedStore.start()
    const value = Buffer.from('v')
    store.onRange = () => ({
      kvs: [{ key: Buffer.from('/a'), value, createRevision: 1n, modRevision: 1n, version: 1n, lease: 0n }],
    })
    await using client = new EtcdClient({ endpoints: store.url })
    await using cache = client.cache({ prefix: '/' }, { snapshotFile })
    await cache.ready
  }

  async function problemOf(prefix = '/'): Promise<unknown> {
    await using client = await clientOfNothing()
    await using cache = client.cache({ prefix }, { snapshotFile, snapshotAfterMs: 0 })
    await expect.poll(() => cache.snapshotProblem).not.toBe(undefined)
    expect(cache.isReady).toBe(false)
    return cache.snapshotProblem
  }

  it('is ignored and reported when a single bit of it has changed, anywhere', async () => {
    await write()
    const good = readFileSync(snapshotFile)
    for (const position of [0, good.indexOf('/a'), good.indexOf('\n'), good.length - 1]) {
      const bad = Buffer.from(good)
      bad[position] = (bad[position] ?? 0) ^ 1
      writeFileSync(snapshotFile, bad)
      expect(await problemOf()).toMatchObject({ code: 'snapshot-unusable' })
    }
  })

  it('is ignored and reported when it is cut off, at any length', async () => {
    await write()
    const good = readFileSync(snapshotFile)
    for (const length of [0, 10, good.indexOf('\n') + 1, good.length - 33, good.length - 1]) {
      writeFileSync(snapshotFile, good.subarray(0, length))
      expect(await problemOf()).toMatchObject({ code: 'snapshot-unusable' })
    }
  })

  it('is ignored and reported when it is of other keys, of a newer version, or no snapshot at all', async () => {
    await write()
    expect(await problemOf('/other/')).toMatchObject({ message: expect.stringContaining('another range of keys') })
    const text = readFileSync(snapshotFile, 'latin1')
    writeFileSync(snapshotFile, text.replace('"version":1', '"version":2'), 'latin1')
    expect(await problemOf()).toMatchObject({ message: expect.stringContaining('format version 2') })
    writeFileSync(snapshotFile, '{"hello": "world"}\n')
    expect(await problemOf()).toMatchObject({ message: expect.stringContaining('not a snapshot of a cache') })
  })

  it('is not used when the store answers in time', async () => {
    await write()
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    await using cache = client.cache({ prefix: '/' }, { snapshotFile })
    await cache.ready
    expect(cache.size).toBe(0)
    expect(cache.isFromDisk).toBe(false)
  })

  it('does not stand in for a store that refuses', async () => {
    await write()
    const { KV } = await import('@waypost/protocol')
    const { RpcError, StatusCode, unary } = await import('@waypost/rpc')
    const refuse = unary(KV.range, () => {
      throw new RpcError(StatusCode.PERMISSION_DENIED, 'etcdserver: permission denied')
    })
    await using store = await ScriptedStore.start([refuse])
    const clock = new FakeClock()
    await using client = new EtcdClient({ endpoints: store.url, clock })
    const cache = client.cache({ prefix: '/' }, { snapshotFile })
    await expect(cache.ready).rejects.toMatchObject({ code: 'permission-denied' })
    await clock.advance(1_500)
    expect(cache.isReady).toBe(false)
  })

  it('that cannot be written is reported, and the cache goes on', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    const cache = client.cache({ prefix: '/' }, { snapshotFile: join('/dev/null', 'no', 'such') })
    await cache.ready
    await cache.close()
    expect(cache.snapshotProblem).toMatchObject({ code: 'snapshot-unusable' })
  })

  it('of many keys is written piece by piece, with turns for others between', async () => {
    const value = Buffer.alloc(200, 'v')
    const kvs = Array.from({ length: 30_000 }, (_, index) => ({
      key: Buffer.from(`/many/${String(index).padStart(6, '0')}`),
      value,
      createRevision: 1n,
      modRevision: 1n,
      version: 1n,
      lease: 0n,
    }))
    await using store = await ScriptedStore.start()
    store.onRange = () => ({ kvs, count: BigInt(kvs.length) })
    await using client = new EtcdClient({ endpoints: store.url, closeTimeoutMs: 20_000 })
    const cache = client.cache({ prefix: '/many/' }, { snapshotFile, snapshotIntervalMs: 600_000, timeoutMs: 20_000 })
    await cache.ready
    let turns = 0
    let isWriting = true
    const turn = (): void => {
      turns += 1
      if (isWriting) setImmediate(turn)
    }
    turn()
    await cache.close()
    isWriting = false
    // In one piece it would be two or three.
    expect(turns).toBeGreaterThan(15)
    await using reader = await clientOfNothing()
    await using copy = reader.cache({ prefix: '/many/' }, { snapshotFile, snapshotAfterMs: 0, timeoutMs: 20_000 })
    await copy.ready
    expect(copy.size).toBe(30_000)
  })
})
