import { EtcdClient } from '@waypost/client'
import { Coordination } from '@waypost/coordination'
import {
  FaultProxy,
  LateWatches,
  makeTempDir,
  removeTempDir,
  requireOrSkip,
  startEtcdCluster,
  startEtcdctl,
  startStore,
  until,
} from '@waypost/testkit'
import { afterEach, describe, expect, test } from 'vitest'

// What libraries of this kind are known to get wrong, each as a test named after the behaviour. Two more stand beside
// the sources: locks.test.ts has "a lease that ends while its place waits gives an error and not a lock", and
// faults.test.ts the holder that is stopped, or whose event loop is blocked, beyond its lease.

const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

function keep<T extends { close(): Promise<unknown> }>(thing: T): T {
  open.push(thing)
  return thing
}

function process(url: string, ttlSeconds = 2): Coordination {
  const etcd = keep(new EtcdClient({ endpoints: url, logger: false }))
  return keep(new Coordination(etcd, { ttlSeconds }))
}

test('a leader that is cut off from the store has stepped down when the next one leads', async () => {
  const store = keep(await startStore())
  const proxy = keep(await FaultProxy.start(store.port))
  const first = await process(proxy.url).elect('boss', { value: 'first' })
  let steppedDownAt = Number.POSITIVE_INFINITY
  first.lost.addEventListener('abort', () => {
    steppedDownAt = performance.now()
  })
  const second = process(store.url).elect('boss', { value: 'second' })
  // As a network does that swallows everything: nothing is refused, and nothing arrives.
  proxy.stalled = true
  await second
  expect(steppedDownAt).toBeLessThanOrEqual(performance.now())
  expect(first.lost.reason).toMatchObject({ code: 'lease-not-found' })
  await expect(first.proclaim('still me')).rejects.toMatchObject({ code: 'lease-not-found' })
})

test('a leader that was cut off and comes back revokes no lease that is not its own', async () => {
  const store = keep(await startStore())
  const proxy = keep(await FaultProxy.start(store.port))
  const away = process(proxy.url)
  const first = await away.elect('boss', { value: 'first' })
  const etcd = keep(new EtcdClient({ endpoints: store.url }))
  await etcd.leases.grant({ ttlSeconds: 60, keepAlive: false })
  const here = process(store.url)
  const second = here.elect('boss', { value: 'second' })
  await until('Three leases', async () => (await etcd.leases.list()).length === 3)
  proxy.stalled = true
  const leadership = await second
  const others = (await etcd.leases.list()).sort()
  expect(others).toHaveLength(2)
  proxy.stalled = false
  await first.resign()
  await (await away.lock('x')).release()
  await away.close()
  expect((await etcd.leases.list()).sort()).toEqual(others)
  expect(leadership.lost.aborted).toBe(false)
  expect(await here.leader('boss')).toMatchObject({ value: 'second' })
})

test('there are never two leaders when the store restarts', async () => {
  const dataDir = makeTempDir('coordination')
  keep({ close: () => removeTempDir(dataDir) })
  let store = await startStore({ dataDir })
  keep({ close: () => store.close() })
  const { port, url } = store
  let leading = 0
  let most = 0
  let terms = 0
  const controller = new AbortController()
  const candidates = ['a', 'b', 'c'].map((value) =>
    process(url)
      .lead(
        'boss',
        async ({ lost }) => {
          if (lost.aborted) return
          terms += 1
          most = Math.max(most, ++leading)
          await new Promise<void>((resolve) => {
            lost.addEventListener('abort', () => resolve())
            setTimeout(resolve, 150)
          })
          leading -= 1
        },
        { value, signal: controller.signal },
      )
      .catch(() => undefined),
  )
  await until('One leads', () => terms > 0)
  await store.close()
  store = await startStore({ dataDir, port })
  await Promise.all(candidates)
  expect(terms).toBeGreaterThanOrEqual(3)
  expect(most).toBe(1)
})

test('a waiter that hears late of the deletion that it waits for gets its turn, and not before', async () => {
  const store = keep(await startStore())
  const late = keep(await LateWatches.start(store.url))
  const etcd = keep(new EtcdClient({ endpoints: store.url }))
  const holder = await process(store.url, 10).lock('x')
  late.hold(holder.key)
  const waiting = process(late.url, 10).lock('x')
  await until('It waits', async () => (await etcd.kv.count({ prefix: 'x/' })) === 2n)
  const third = process(store.url, 10).lock('x')
  await until('Another one waits', async () => (await etcd.kv.count({ prefix: 'x/' })) === 3n)
  await holder.release()
  await until('The deletion is on its way', () => late.held > 0)
  late.release()
  const lock = await waiting
  expect(lock.token).toBeGreaterThan(holder.token)
  await lock.release()
  expect((await third).token).toBeGreaterThan(lock.token)
})

test('a lead ends for its owner when its key is deleted, also while its lease lives', async () => {
  const store = keep(await startStore())
  const etcd = keep(new EtcdClient({ endpoints: store.url }))
  const first = await process(store.url, 60).elect('boss')
  const second = process(store.url, 60).elect('boss')
  await until('Two candidates', async () => (await etcd.kv.count({ prefix: 'boss/' })) === 2n)
  await etcd.kv.delete(first.key)
  await second
  await until('The first one knows', () => first.lost.aborted)
})

test('many that give up and many that go on leave nobody waiting', async () => {
  const store = keep(await startStore())
  const holders = [1, 2, 3].map(() => process(store.url, 10))
  let got = 0
  let gaveUp = 0
  const tries = Array.from({ length: 60 }, (_, index) =>
    (holders[index % 3] ?? process(store.url))
      .lock('x', () => (got += 1), index % 2 ? { timeoutMs: 5 + index } : {})
      .catch(() => (gaveUp += 1)),
  )
  await Promise.all(tries)
  expect(got + gaveUp).toBe(60)
  expect(got).toBeGreaterThanOrEqual(30)
  const etcd = keep(new EtcdClient({ endpoints: store.url }))
  await until('Nobody is left', async () => (await etcd.kv.count({ prefix: 'x/' })) === 0n)
})

test.skipIf(!requireOrSkip('leases when the leader of a cluster changes', 'etcd'))(
  "a lease's time begins again when the store's leader changes, and nobody leads before the first has stepped down",
  async () => {
    const cluster = keep(await startEtcdCluster(3))
    const etcd = keep(new EtcdClient({ endpoints: cluster.endpoints, logger: false, timeoutMs: 30_000 }))
    const statuses = await Promise.all(cluster.endpoints.map((endpoint) => etcd.maintenance.status({ endpoint })))
    const leading = statuses.findIndex(({ leader, memberId }) => leader === memberId)
    const followers = cluster.members.filter((_, index) => index !== leading)
    const proxy = keep(await FaultProxy.start(followers[0]?.port ?? 0))
    const first = await process(proxy.url, 4).elect('boss', { value: 'first' })
    let hasSteppedDown = false
    first.lost.addEventListener('abort', () => {
      hasSteppedDown = true
    })
    let wasTooEarly = false
    const next = process(followers.map(({ url }) => url).join(','), 30)
      .elect('boss', { value: 'second' })
      .then((leadership) => {
        wasTooEarly = !hasSteppedDown
        return leadership
      })
    await until('Two candidates', async () => (await etcd.kv.count({ prefix: 'boss/' })) === 2n)
    const id = BigInt(`0x${first.key.slice('boss/'.length)}`)
    const secondsLeft = async (): Promise<number> => (await etcd.leases.timeToLive(id)).ttlSeconds
    // Nobody renews it any more.
    proxy.stalled = true
    await until('Half of its time is over', async () => (await secondsLeft()) <= 2)
    await cluster.members[leading]?.kill()
    expect(await secondsLeft()).toBeGreaterThan(2)
    expect((await next).token).toBeGreaterThan(first.token)
    expect(wasTooEarly).toBe(false)
    expect(await secondsLeft()).toBe(-1)
  },
)

describe.skipIf(!requireOrSkip('locks and elections beside etcdctl', 'etcdctl'))('beside etcdctl', () => {
  test('etcdctl lock and our locks stand in one line', async () => {
    const store = keep(await startStore())
    const ours = await process(store.url, 10).lock('x')
    const theirs = await startEtcdctl(store.url, ['lock', 'x'])
    keep({ close: () => theirs.stop() })
    const etcd = keep(new EtcdClient({ endpoints: store.url }))
    const inLine = (count: bigint) => until('The line', async () => (await etcd.kv.count({ prefix: 'x/' })) === count)
    await inLine(2n)
    const last = process(store.url, 10).lock('x')
    await inLine(3n)
    expect(theirs.stdout).toBe('')
    await ours.release()
    await theirs.waitForOutput('x/')
    expect(await process(store.url).tryLock('x')).toBeUndefined()
    theirs.signal('SIGINT')
    expect((await last).token).toBeGreaterThan(ours.token)
  })

  test('etcdctl elect and our elections stand in one line, and see each other', async () => {
    const store = keep(await startStore())
    const coordination = process(store.url, 10)
    const ours = await coordination.elect('boss', { value: 'ours' })
    const theirs = await startEtcdctl(store.url, ['elect', 'boss', 'theirs'])
    keep({ close: () => theirs.stop() })
    const listening = await startEtcdctl(store.url, ['elect', '--listen', 'boss'])
    keep({ close: () => listening.stop() })
    await listening.waitForOutput('ours')
    const etcd = keep(new EtcdClient({ endpoints: store.url }))
    await until('Two candidates', async () => (await etcd.kv.count({ prefix: 'boss/' })) === 2n)
    await ours.resign()
    await theirs.waitForOutput('theirs')
    expect(await coordination.leader('boss')).toMatchObject({ value: 'theirs' })
  })

  test("an election of npm etcd3's layout is one of ours under its prefix", async () => {
    const store = keep(await startStore())
    const { Etcd3 } = await import('etcd3')
    const client = new Etcd3({ hosts: store.url })
    keep({ close: async () => client.close() })
    const coordination = process(store.url, 10)
    const ours = await coordination.elect('election/boss', { value: 'ours' })
    const campaign = client.election('boss').campaign('theirs')
    const elected = new Promise<void>((resolve) => campaign.on('elected', () => resolve()))
    campaign.on('error', () => undefined)
    const etcd = keep(new EtcdClient({ endpoints: store.url }))
    await until('Two candidates', async () => (await etcd.kv.count({ prefix: 'election/boss/' })) === 2n)
    await ours.resign()
    await elected
    expect(await coordination.leader('election/boss')).toMatchObject({ value: 'theirs' })
    await campaign.resign()
  })
})
