import { createRevision, put } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { until } from '@waypost/testkit'
import { expect, test } from 'vitest'
import { onEachStore } from '../each-store.test-support.ts'
import type { ReadWriteLock } from './read-write-lock.ts'

onEachStore('locks', (on) => {
  /** Resolves once `count` keys are in the line. */
  const inLine = (count: number, prefix = 'x/') =>
    until(`A line of ${count}`, async () => (await on().etcd.kv.count({ prefix })) === BigInt(count))

  test('the key is the name and the lease, the token its create revision, and both go with the release', async () => {
    const { etcd } = on()
    const lock = await on().coordination().lock('billing/close-month')
    const [kv] = (await etcd.kv.range({ prefix: 'billing/close-month/' })).kvs
    expect(kv?.key).toBe(lock.key)
    expect(lock.key).toBe(`billing/close-month/${kv?.lease.toString(16)}`)
    expect(lock.token).toBe(kv?.createRevision)
    expect(lock.lost.aborted).toBe(false)
    await lock.release()
    await lock.release()
    expect(await etcd.kv.get(lock.key)).toBeUndefined()
  })

  test('one holder at a time, in the order in which they came, with rising tokens', async () => {
    const order: number[] = []
    const tokens: bigint[] = []
    let inside = 0
    const first = await on().coordination().lock('x')
    const waiting: Promise<void>[] = []
    for (let number = 1; number <= 5; number++) {
      waiting.push(
        on()
          .coordination()
          .lock('x', async ({ token }) => {
            inside += 1
            expect(inside).toBe(1)
            order.push(number)
            tokens.push(token)
            await on().etcd.kv.get('anything')
            inside -= 1
          }),
      )
      await inLine(number + 1)
    }
    await first.release()
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3, 4, 5])
    expect(tokens).toEqual([...tokens].sort((a, b) => Number(a - b)))
    expect(new Set(tokens).size).toBe(5)
    await inLine(0)
  })

  test('callers of one process wait for each other as processes do', async () => {
    const coordination = on().coordination()
    let inside = 0
    let most = 0
    const work = (): Promise<void> =>
      coordination.lock('x', async () => {
        most = Math.max(most, ++inside)
        await on().etcd.kv.get('anything')
        inside -= 1
      })
    await Promise.all(Array.from({ length: 10 }, work))
    expect(most).toBe(1)
  })

  test('await using releases, and the function form passes on results and errors', async () => {
    const coordination = on().coordination()
    {
      await using lock = await coordination.lock('x')
      expect(lock.token).toBeGreaterThan(0n)
    }
    await inLine(0)
    expect(await coordination.lock('x', () => 7)).toBe(7)
    await expect(coordination.lock('x', () => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work')
    await inLine(0)
  })

  test('tryLock takes what is free, and leaves no trace of what is not', async () => {
    const [one, other] = [on().coordination(), on().coordination()]
    const lock = await one.tryLock('x')
    expect(lock).toBeDefined()
    expect(await other.tryLock('x')).toBeUndefined()
    expect(await one.tryLock('x')).toBeUndefined()
    expect(await other.tryLock(['a', 'x'])).toBeUndefined()
    await inLine(1)
    await inLine(0, 'a/')
    await lock?.release()
    expect(await other.tryLock(['x', 'a'])).toBeDefined()
  })

  test('a lock whose name continues another one is another lock', async () => {
    const coordination = on().coordination()
    await using _inner = await coordination.lock('x/inner')
    await using outer = await coordination.tryLock('x')
    expect(outer).toBeDefined()
    await using _other = await coordination.lock('x/inner/most')
    await outer?.release()
    await using _again = await coordination.lock('x', { timeoutMs: 5_000 })
  })

  test('a wait that is too long fails, and leaves the line', async () => {
    const lock = await on().coordination().lock('x')
    const error = await on()
      .coordination()
      .lock('x', { timeoutMs: 50 })
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'deadline-exceeded', message: 'The lock "x" was not free within 50 ms.' })
    await inLine(1)
    await lock.release()
  })

  test('a wait ends with its signal, and leaves the line', async () => {
    const lock = await on().coordination().lock('x')
    const controller = new AbortController()
    const waiting = on().coordination().lock('x', { signal: controller.signal })
    await inLine(2)
    const last = on().coordination().lock('x')
    await inLine(3)
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
    await inLine(2)
    await lock.release()
    expect((await last).token).toBeGreaterThan(lock.token)
  })

  test('taking a lock again in the same async context is refused and not waited for', async () => {
    const coordination = on().coordination()
    await coordination.lock('x', async () => {
      await expect(coordination.lock('x')).rejects.toMatchObject({ code: 'failed-precondition' })
      await expect(coordination.lock(['a', 'x'], () => 1)).rejects.toMatchObject({ code: 'failed-precondition' })
      expect(await coordination.tryLock('x')).toBeUndefined()
      await coordination.lock('y', () => expect(coordination.lock('x')).rejects.toThrow('already held'))
    })
    await coordination.lock('x', () => 1)
  })

  test('the scope form is refused in the same way until it was released', async () => {
    const coordination = on().coordination()
    const lock = await coordination.lock('x')
    await expect(coordination.lock('x')).rejects.toMatchObject({ code: 'failed-precondition' })
    await lock.release()
    await (await coordination.lock('x')).release()
  })

  test('several names are taken in one order, whoever asks', async () => {
    const [one, other] = [on().coordination(), on().coordination()]
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        (index % 2 ? one : other).lock(index % 2 ? ['a', 'b', 'c'] : ['c', 'a', 'b'], ({ keys }) =>
          expect(keys.map((key) => key[0])).toEqual(['a', 'b', 'c']),
        ),
      ),
    )
  })

  test('guard refuses the write of whoever lost the lock, and only that', async () => {
    const { etcd } = on()
    const lock = await on().coordination().lock('x')
    expect((await lock.guard(etcd.txn().do(put('value', '1'))).commit()).succeeded).toBe(true)
    await etcd.kv.delete({ prefix: 'x/' })
    await using _next = await on().coordination().lock('x')
    const late = await lock.guard(etcd.txn().if(createRevision('value').greaterThan(0)).do(put('value', '2'))).commit()
    expect(late.succeeded).toBe(false)
    expect((await etcd.kv.get('value'))?.text()).toBe('1')
  })

  test('lost fires when the key is deleted', async () => {
    const { etcd } = on()
    const lock = await on().coordination().lock('x')
    await until('The lock is lost', () => lock.lost.aborted || etcd.kv.delete({ prefix: 'x/' }).then(() => false))
    expect(lock.lost.reason).toMatchObject({
      code: 'lease-not-found',
      message: 'The lock "x" is lost: its key was deleted.',
    })
    expect(lock.signal.aborted).toBe(true)
  })

  test('work whose lock was lost meanwhile fails, although it returned', async () => {
    const { etcd } = on()
    const work = on()
      .coordination()
      .lock('x', async ({ signal, key }) => {
        await etcd.leases.revoke(BigInt(`0x${key.slice(2)}`))
        await until('The signal fires', () => signal.aborted)
        return 'done'
      })
    await expect(work).rejects.toMatchObject({ code: 'lease-not-found' })
  })

  test('a lease that ends while its place waits gives an error and not a lock', async () => {
    const { etcd } = on()
    const first = await on().coordination().lock('x')
    const waiting = on().coordination().lock('x')
    const failed = expect(waiting).rejects.toMatchObject({ code: 'lease-not-found' })
    await inLine(2)
    const { kvs } = await etcd.kv.range({ prefix: 'x/' })
    await etcd.leases.revoke(kvs.find(({ key }) => key !== first.key)?.lease ?? 0n)
    await first.release()
    await failed
  })

  test('readers share, a writer is alone, and a waiting writer lets no later reader pass', async () => {
    const lock = (): ReadWriteLock => on().coordination().readWriteLock('rw')
    const [one, two] = [await lock().read(), await lock().read()]
    expect(await lock().tryWrite()).toBeUndefined()
    const writing = lock().write()
    await inLine(3, 'rw/')
    const order: string[] = []
    void writing.then(() => order.push('writer'))
    const reading = lock().read()
    void reading.then(() => order.push('reader'))
    await inLine(4, 'rw/')
    expect(await lock().tryRead()).toBeUndefined()
    await one.release()
    await two.release()
    const writer = await writing
    expect(order).toEqual(['writer'])
    expect(writer.token).toBeGreaterThan(two.token)
    await writer.release()
    await (await reading).release()
    expect(order).toEqual(['writer', 'reader'])
    expect(await lock().tryWrite()).toBeDefined()
  })

  test('bad names and options are refused', async () => {
    const coordination = on().coordination()
    for (const name of ['', 'x/', 'a\nb', 'x'.repeat(256)]) {
      await expect(coordination.lock(name)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
    await expect(coordination.lock([])).rejects.toSatisfy((error) => WaypostError.is(error, 'invalid-argument'))
    await expect(coordination.lock('x', { ttlSeconds: 1 })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  test('close releases what is held', async () => {
    const coordination = on().coordination()
    await coordination.lock('x')
    await coordination.close()
    await inLine(0)
    await expect(coordination.lock('x')).rejects.toMatchObject({ code: 'closed' })
  })
})
