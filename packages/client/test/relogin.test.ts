import { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { type ContractStore, FaultProxy, patienceMs } from '@waypost/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portOf, realStores } from './real-stores.test-support.ts'
import { type Incident, RestartingStore } from './restarting-store.test-support.ts'

const auth = { username: 'root', password: 'secret' }

/** Moves a clock until the work is done. */
async function inFakeTime<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let done = false
  const end = (): void => {
    done = true
  }
  work.then(end, end)
  while (!done) await clock.advance(20)
  return work
}

/** What a write may say while the store restarts. */
function isOpen(error: unknown): boolean {
  return WaypostError.is(error, 'outcome-unknown') || WaypostError.is(error, 'unavailable')
}

/** A program's life with a store: a watch, writes, reads and renewals. Returns what it saw. */
async function live(client: EtcdClient, store: { readonly revision: bigint }): Promise<bigint[]> {
  const watch = client.watch({ prefix: '/' }, { startRevision: 2n })
  const seen: bigint[] = []
  const lease = await client.leases.grant({ ttlSeconds: 1_000_000 })
  for (let round = 0; round < 6; round++) {
    await client.kv.put(`/${round}`, 'x').catch((error: unknown) => {
      if (!isOpen(error)) throw error
    })
    await Promise.all([client.kv.get('/a'), client.kv.get('/b', { keysOnly: true }), lease.keepAliveOnce()])
  }
  const putLast = (): Promise<unknown> =>
    client.kv.put('/last', 'x').catch((error: unknown) => {
      if (isOpen(error)) return putLast()
      throw error
    })
  await putLast()
  while ((seen.at(-1) ?? 0n) < store.revision) seen.push((await watch.next()).value?.revision)
  expect(lease.lost.aborted).toBe(false)
  return seen
}

const plans = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
    // Two changes between a login and the call that it is for look like a token that is useless.
    fc.option(fc.integer({ min: 1, max: 60 })),
  )
  .map(([restarts, permissions]) => {
    const plan = new Map<number, Incident>()
    if (permissions !== null) plan.set(permissions, 'permissions')
    for (const restart of restarts) plan.set(restart, 'restart')
    return plan
  })

describe('a client whose store restarts and changes its permissions at any moment', () => {
  it('logs in as often as it takes: no call, watch or lease ends with "unauthenticated"', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const clock = new FakeClock()
        await using store = await RestartingStore.start(plan)
        const client = new EtcdClient({
          endpoints: store.url,
          auth,
          clock,
          timeoutMs: 3_600_000,
          connectTimeoutMs: 3_600_000,
          keepAlive: { intervalMs: 0 },
          logger: false,
        })
        try {
          const seen = await inFakeTime(clock, live(client, store))
          expect(seen).toEqual(seen.map((_revision, index) => BigInt(index) + 2n))
        } finally {
          await inFakeTime(clock, client.close())
        }
      }),
      { numRuns: process.env.WAYPOST_LONG ? 500 : 40, ...seed() },
    )
  })
})

describe.skipIf(!process.env.WAYPOST_LONG).each(realStores('random restarts with a login'))(
  'a client whose store restarts at random, $name',
  (flavour) => {
    let store: ContractStore

    beforeAll(async () => {
      store = await flavour.start()
      await using admin = new EtcdClient({ endpoints: store.url, auth })
      await admin.auth.users.add('root', auth.password)
      await admin.auth.roles.add('root')
      await admin.auth.users.grantRole('root', 'root')
      await admin.auth.enable()
    })
    afterAll(() => store?.close())

    // Forty restarts of a real store, which on a busy machine take seconds each.
    it('goes on with calls, a watch, a cache and a lease', { timeout: 20 * patienceMs }, async () => {
      await using proxy = await FaultProxy.start(portOf(store))
      await using client = new EtcdClient({ endpoints: proxy.url, auth, timeoutMs: patienceMs })
      await using cache = client.cache({ prefix: '/' })
      await cache.ready
      const lease = await client.leases.grant({ ttlSeconds: 600 })
      const watch = client.watch({ prefix: '/' })
      await watch.started
      const acknowledged: string[] = []
      const seen: string[] = []
      const watching = (async () => {
        for await (const { events } of watch) for (const { key } of events) seen.push(key)
      })()
      for (let round = 0; round < 20; round++) {
        let running = true
        const writing = (async () => {
          for (let at = 0; running; at++) {
            const key = `/${round}/${at}`
            await client.kv.put(key, 'x').then(
              () => acknowledged.push(key),
              (error: unknown) => {
                if (!isOpen(error)) throw error
              },
            )
          }
        })()
        // Two restarts, the second while the client is on its way back from the first.
        await store.restart?.()
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
        await store.restart?.()
        await lease.keepAliveOnce()
        running = false
        await writing
      }
      await client.kv.put('/last', 'x')
      await expect.poll(() => seen.at(-1)).toBe('/last')
      await watch.close()
      await watching
      expect(acknowledged.filter((key) => !seen.includes(key))).toEqual([])
      await expect.poll(() => acknowledged.filter((key) => !cache.has(key))).toEqual([])
      expect(lease.lost.aborted).toBe(false)
    })
  },
)

function seed(): { readonly seed?: number } {
  return process.env.WAYPOST_SEED === undefined ? {} : { seed: Number(process.env.WAYPOST_SEED) }
}
