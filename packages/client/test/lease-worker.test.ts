import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import {
  type ContractStore,
  FaultProxy,
  makeTempDir,
  Program,
  removeTempDir,
  retryIfStalled,
  Stopwatch,
  startStore,
  until,
} from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { portOf, realStores, runStore } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

const busyLoop = fileURLToPath(new URL('fixtures/busy-loop.mjs', import.meta.url))

/** For how many of the lease's lives the event loop is kept busy. */
const lives = process.env.WAYPOST_LONG ? '4' : '1.6'

async function stayBusy(url: string, hungLimitMs: number): Promise<Record<string, unknown>> {
  const program = await Program.start(process.execPath, [busyLoop, url, lives, `${hungLimitMs}`])
  const { code, stdout, stderr } = await program.exited
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe.each(realStores('leases kept by a worker'))(
  'a lease kept alive by a worker, $name',
  { concurrent: true },
  (flavour) => {
    let store: ContractStore
    let client: EtcdClient

    runStore(flavour, (started, itsClient) => {
      store = started
      client = itsClient
    })

    it('outlives an event loop that is busy for longer than its life', () =>
      retryIfStalled(async () => {
        const found = await stayBusy(store.url, 60_000)
        expect(found).toMatchObject({ lost: false, held: true })
        expect(found.remainingMs).toBeGreaterThan(0)
      }))

    it('is revoked when it or its client is closed, and the thread ends', async () => {
      const own = new EtcdClient({ endpoints: store.url })
      const first = await own.leases.grant({ ttlSeconds: 60, keepAlive: 'worker' })
      const second = await own.leases.grant({ ttlSeconds: 60, keepAlive: 'worker' })
      await first.close()
      expect((await client.leases.timeToLive(first.id)).ttlSeconds).toBe(-1)
      await own.close()
      expect(second.lost.aborted).toBe(true)
      expect((await client.leases.timeToLive(second.id)).ttlSeconds).toBe(-1)
    })

    it('that is revoked by somebody else is told to be lost at its next renewal', async () => {
      await using own = new EtcdClient({ endpoints: store.url })
      const lease = await own.leases.grant({ ttlSeconds: 3, keepAlive: 'worker' })
      await client.leases.revoke(lease.id)
      const stopwatch = new Stopwatch()
      await until('the loss', () => lease.lost.aborted)
      expect(stopwatch.stop()).toBeLessThan(2_500)
      expect(lease.lost.reason).toMatchObject({ code: 'lease-not-found' })
    })
  },
)

describe('a lease kept alive by a worker', { concurrent: true }, () => {
  it('expires when the event loop hangs for too long', async () => {
    await using store = await startStore()
    expect(await stayBusy(store.url, 500)).toMatchObject({ lost: true, remainingMs: 0, held: false })
  })

  it('is lost in time when the store cannot be reached', async () => {
    await using store = await startStore()
    await using proxy = await FaultProxy.start(portOf(store))
    await using own = new EtcdClient({ endpoints: proxy.url })
    const lease = await own.leases.grant({ ttlSeconds: 2, keepAlive: 'worker' })
    const lost = new Promise((resolve) => lease.lost.addEventListener('abort', resolve))
    proxy.refusing = true
    proxy.cut()
    const stopwatch = new Stopwatch()
    await lost
    // The last renewal was before the cut.
    expect(stopwatch.stop()).toBeLessThan(lease.ttlSeconds * 1_000 + 100)
  })
})

describe('a worker that cannot run', { concurrent: true }, () => {
  it('is stood in for by the thread that granted the lease', async () => {
    const directory = makeTempDir('lease-worker')
    try {
      const leaseWorkerFile = join(directory, 'broken.mjs')
      writeFileSync(leaseWorkerFile, 'throw new Error("no such thing")')
      const warnings: string[] = []
      const logger = { debug: () => {}, warn: (message: string) => warnings.push(message) }
      await using store = await ScriptedStore.start()
      store.onKeepAlive = ({ id }, call) => call.send({ header: store.header(), id, ttl: 60n })
      await using client = new EtcdClient({ endpoints: store.url, leaseWorkerFile, logger })
      const lease = await client.leases.grant({ ttlSeconds: 60, keepAlive: 'worker' })
      await until('the renewal', () => store.keepAlives.includes(lease.id) && lease.remainingMs > 59_000)
      expect(warnings[0]).toContain('no such thing')
    } finally {
      await removeTempDir(directory)
    }
  })
})

describe('a client bundled into one file', { concurrent: true }, () => {
  it('says what to do when the program of the worker is missing, before it asks for a lease', async () => {
    await using client = new EtcdClient({
      endpoints: '127.0.0.1:1',
      leaseWorkerFile: new URL('no-such-file.js', import.meta.url),
    })
    await expect(client.leases.grant({ ttlSeconds: 5, keepAlive: 'worker' })).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining('leaseWorkerFile'),
    })
  })
})
