import { until } from '@waypost/testkit'
import { describe, expect, test } from 'vitest'
import { onEachStore } from './each-store.test-support.ts'

onEachStore('what processes share', (on) => {
  describe('semaphore', () => {
    test('at most n holders, in order, each with a token and a guard', async () => {
      let inside = 0
      let most = 0
      const work = (): Promise<void> =>
        on()
          .coordination()
          .semaphore('exports', { permits: 2 })
          .acquire(async ({ token }) => {
            expect(token).toBeGreaterThan(0n)
            most = Math.max(most, ++inside)
            await on().etcd.kv.get('anything')
            inside -= 1
          })
      await Promise.all(Array.from({ length: 6 }, work))
      expect(most).toBe(2)
    })

    test('tryAcquire, held, and what is waited for', async () => {
      const semaphore = on().coordination().semaphore('exports', { permits: 2 })
      const [one, two] = [await semaphore.acquire(), await semaphore.tryAcquire()]
      expect(two).toBeDefined()
      expect(await semaphore.tryAcquire()).toBeUndefined()
      expect(await semaphore.held()).toBe(2)
      await expect(semaphore.acquire({ timeoutMs: 30 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
      const waiting = semaphore.acquire()
      await one.release()
      await (await waiting).release()
      await two?.release()
      expect(await semaphore.held()).toBe(0)
    })

    test('a permit whose lease ends is free for the next', async () => {
      const { etcd } = on()
      const permit = await on().coordination().semaphore('one', { permits: 1 }).acquire()
      const waiting = on().coordination().semaphore('one', { permits: 1 }).acquire()
      const kv = await etcd.kv.get(permit.key)
      await etcd.leases.revoke(kv?.lease ?? 0n)
      await waiting
      await until('The permit is lost', () => permit.lost.aborted)
    })
  })

  test('a barrier holds everybody until it is lowered', async () => {
    const barrier = on().coordination().barrier('gate')
    await barrier.wait()
    await barrier.raise()
    await expect(barrier.wait({ timeoutMs: 30 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
    const waiting = [barrier.wait(), on().coordination().barrier('gate').wait()]
    await barrier.lower()
    await Promise.all(waiting)
  })

  test('a double barrier lets everybody begin together and end together, twice', async () => {
    const barriers = [1, 2, 3].map(() => on().coordination().doubleBarrier('round', { count: 3 }))
    for (let round = 0; round < 2; round++) {
      let entered = 0
      const entering = barriers.map((barrier) => barrier.enter().then(() => (entered += 1)))
      await Promise.all(entering)
      expect(entered).toBe(3)
      const [first, ...others] = barriers
      let left = false
      const leaving = first?.leave().then(() => (left = true))
      await until('One has left', async () => (await on().etcd.kv.count({ prefix: 'round/waiters/' })) === 2n)
      expect(left).toBe(false)
      await Promise.all([leaving, ...others.map((barrier) => barrier.leave())])
      await until('Nothing is left', async () => (await on().etcd.kv.count({ prefix: 'round/' })) === 0n)
    }
    await expect(barriers[0]?.enter({ timeoutMs: 30 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
  })

  test('a latch opens when it was counted down, and stays open', async () => {
    const latches = [1, 2].map(() => on().coordination().latch('ready', { count: 3 }))
    const waiting = latches.map((latch) => latch.wait())
    expect(await latches[0]?.countDown()).toBe(2)
    expect(await latches[1]?.countDown(2)).toBe(0)
    await Promise.all(waiting)
    expect(await latches[0]?.countDown()).toBe(0)
    expect(await latches[0]?.count()).toBe(0)
    await latches[0]?.wait({ timeoutMs: 5_000 })
  })

  test('no addition to a counter is lost, and each caller sees its own value', async () => {
    const counters = [1, 2, 3].map(() => on().coordination().counter('visits'))
    const adding = counters.flatMap((counter) => Array.from({ length: 20 }, () => counter.add()))
    const values = (await Promise.all(adding)).map(Number).sort((a, b) => a - b)
    expect(values).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
    expect(await counters[0]?.add(-10n)).toBe(50n)
    await counters[0]?.set(5)
    expect(await counters[1]?.get()).toBe(5n)
    expect((await on().etcd.kv.get('/waypost/counters/visits'))?.text()).toBe('5')
    await on().etcd.kv.put('/waypost/counters/visits', 'many')
    await expect(counters[0]?.add()).rejects.toMatchObject({ code: 'data-loss' })
  })

  test('a sequence gives no id out twice, and rises within a process', async () => {
    const sequences = [1, 2, 3].map(() => on().coordination().sequence('orders', { blockSize: 7 }))
    const ids = await Promise.all(sequences.map((one) => Promise.all(Array.from({ length: 25 }, () => one.next()))))
    for (const own of ids) expect(own).toEqual([...own].sort((a, b) => Number(a - b)))
    expect(new Set(ids.flat()).size).toBe(75)
  })

  test('a rate limit is shared by processes', async () => {
    const options = { limit: 5, intervalMs: 60_000 }
    const limits = [1, 2].map(() => on().coordination().rateLimit('mail', options))
    const decisions = await Promise.all(limits.flatMap((limit) => Array.from({ length: 5 }, () => limit.tryTake())))
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(5)
    const refused = decisions.find(({ allowed }) => !allowed)
    expect(refused?.retryAfterMs).toBeGreaterThan(10_000)
    await expect(limits[0]?.take(1, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
    await expect(limits[0]?.tryTake(6)).rejects.toMatchObject({ code: 'invalid-argument' })
    const fast = on().coordination().rateLimit('fast', { limit: 1, intervalMs: 20 })
    await fast.take()
    await fast.take()
  })

  test('update repeats what others came in between of', async () => {
    const coordinations = [1, 2, 3].map(() => on().coordination())
    const work = coordinations.flatMap((one) =>
      Array.from({ length: 5 }, () => one.update('stock', (current) => String(Number(current?.text() ?? 0) + 1))),
    )
    await Promise.all(work)
    expect((await on().etcd.kv.get('stock'))?.text()).toBe('15')
    await coordinations[0]?.update('stock', () => undefined)
    expect(await on().etcd.kv.get('stock')).toBeUndefined()
  })

  test('transactions over several keys keep their sum, and read one moment', async () => {
    const { etcd } = on()
    const accounts = ['a', 'b', 'c']
    await Promise.all(accounts.map((name) => etcd.kv.put(name, '100')))
    const transfer = (from: string, to: string): Promise<number> =>
      on()
        .coordination()
        .transaction(async (keys) => {
          const [left, right] = [Number(await keys.get(from)), Number(await keys.get(to))]
          keys.put(from, String(left - 1))
          keys.put(to, String(right + 1))
          expect(await keys.get(from)).toBe(String(left - 1))
          const sum = await Promise.all(accounts.map(async (name) => Number(await keys.get(name))))
          return sum.reduce((total, value) => total + value, 0)
        })
    const sums = await Promise.all([
      ...Array.from({ length: 4 }, () => transfer('a', 'b')),
      ...Array.from({ length: 4 }, () => transfer('b', 'c')),
    ])
    expect(new Set(sums)).toEqual(new Set([300]))
    const values = await Promise.all(accounts.map(async (name) => Number((await etcd.kv.get(name))?.text())))
    expect(values).toEqual([96, 100, 104])
  })
})
