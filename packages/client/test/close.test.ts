import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { EtcdClient, type KeyValue } from '@waypost/client'
import { KV, RangeResponse } from '@waypost/protocol'
import { unary } from '@waypost/rpc'
import { type ContractStore, FaultProxy, freePorts, Stopwatch } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portOf, realStores } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

/** Uses everything, then closes; the process must end by itself. */
const program = `
  import { EtcdClient } from '@waypost/client'
  import { Stopwatch } from '@waypost/testkit'
  const client = new EtcdClient({ endpoints: process.argv[1] })
  const watch = client.watch({ prefix: '/' })
  const cache = client.cache({ prefix: '/' })
  const lease = await client.leases.grant({ ttlSeconds: 5 })
  await client.kv.put('/close/a', '1', { lease: lease.id })
  await cache.ready
  await watch.next()
  await lease.keepAliveOnce()
  const status = client.status()
  await status.next()
  const stopwatch = new Stopwatch()
  await client.close()
  await client.close()
  process.on('exit', () => console.log(stopwatch.elapsedMs))
`

describe.each(realStores('closing'))('close(), $name', (flavour) => {
  let store: ContractStore

  beforeAll(async () => {
    store = await flavour.start()
  })
  afterAll(async () => {
    await store?.close()
  })

  it('lets the process end by itself within a second', async () => {
    if (!existsSync(new URL('../dist/client.js', import.meta.url))) throw new Error('Build first: npx tsc -b.')
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, store.url], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    const code = await new Promise((resolve) => child.on('exit', resolve))
    expect(code).toBe(0)
    expect(Number(output)).toBeLessThan(1_000)
  })

  it('revokes the leases that were granted here, and ends watches quietly', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    const client = new EtcdClient({ endpoints: proxy.url })
    const lease = await client.leases.grant({ ttlSeconds: 60 })
    const kept = await client.leases.grant({ ttlSeconds: 60, keepAlive: false })
    await client.kv.put('/close/lease', '1', { lease: lease.id })
    const watch = client.watch({ prefix: '/' })
    await watch.started
    const next = watch.next()
    await client.close()
    expect(await next).toEqual({ value: undefined, done: true })
    expect(lease.lost.reason).toMatchObject({ code: 'closed' })
    await expect.poll(() => proxy.connections).toBe(0)
    await using other = new EtcdClient({ endpoints: store.url })
    expect(await other.kv.get('/close/lease')).toBe(undefined)
    expect(await other.leases.list()).toEqual([kept.id])
  })

  it('is bounded when the store does not answer, and everything fails with "closed" afterwards', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    const client = new EtcdClient({ endpoints: proxy.url, closeTimeoutMs: 300 })
    await client.leases.grant({ ttlSeconds: 60 })
    const cache = client.cache({ prefix: '/close/' })
    await cache.ready
    proxy.stalled = true
    const reading = client.kv.get('/a')
    const stopwatch = new Stopwatch()
    const closing = client.close()
    await expect(reading).rejects.toMatchObject({ code: 'closed' })
    await closing
    expect(stopwatch.stop()).toBeLessThan(1_000)
    await expect(client.kv.get('/a')).rejects.toMatchObject({ code: 'closed' })
    await expect(client.kv.put('/a', '1')).rejects.toMatchObject({ code: 'closed' })
    await expect(client.leases.grant({ ttlSeconds: 5 })).rejects.toMatchObject({ code: 'closed' })
    await expect(client.leases.keepAliveOnce(1)).rejects.toMatchObject({ code: 'closed' })
    expect(() => client.watch({ key: '/a' })).toThrow('The client is closed.')
    expect(() => client.cache({ prefix: '/' })).toThrow('The client is closed.')
    expect(client.state.state).toBe('closed')
  })
})

describe('close()', () => {
  it('ends what waits for a store that is away', async () => {
    const [port = 0] = await freePorts(1)
    const client = new EtcdClient({ endpoints: `127.0.0.1:${port}` })
    const calls = [client.kv.get('/a'), client.kv.put('/a', '1'), client.leases.grant({ ttlSeconds: 5 })]
    const watch = client.watch({ prefix: '/' })
    const cache = client.cache({ prefix: '/' })
    const outcomes = Promise.allSettled([...calls, watch.started, cache.ready])
    await client.close()
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'closed' } })
    expect(await watch.next()).toEqual({ value: undefined, done: true })
  })

  it('lets a call that runs have its answer', async () => {
    let release: (() => void) | undefined
    const slow = unary(KV.range, async () => {
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return RangeResponse.create({
        kvs: [
          {
            key: Buffer.from('/a'),
            value: Buffer.from('1'),
            createRevision: 1n,
            modRevision: 1n,
            version: 1n,
            lease: 0n,
          },
        ],
      })
    })
    await using store = await ScriptedStore.start([slow])
    const client = new EtcdClient({ endpoints: store.url })
    const reading: Promise<KeyValue | undefined> = client.kv.get('/a')
    await expect.poll(() => release).toBeTypeOf('function')
    const closing = client.close()
    release?.()
    expect((await reading)?.text()).toBe('1')
    await closing
    await expect.poll(() => store.connections).toBe(0)
  })

  it('of a client that was never used does nothing', async () => {
    const client = new EtcdClient({ endpoints: '127.0.0.1:1' })
    await Promise.all([client.close(), client.close()])
    await using _other = new EtcdClient({ endpoints: '127.0.0.1:1' })
  })
})
