import { createRevision, put } from '@waypost/client'
import { until } from '@waypost/testkit'
import { describe, expect, test } from 'vitest'
import type { Coordination } from '../coordination.ts'
import { onEachStore } from '../each-store.test-support.ts'
import { DeadLetter } from './job.ts'
import type { QueueEvent } from './queue-events.ts'
import type { QueueOptions } from './queue-options.ts'

const quick: QueueOptions = { backoff: { type: 'fixed', delayMs: 0 } }

onEachStore('queues', (on) => {
  const queue = (options: QueueOptions = quick, coordination: Coordination = on().coordination()) =>
    coordination.queue<number>('mail', options)

  /** Resolves once the queue has `count` jobs in a state. */
  const counted = (state: 'completed' | 'dead' | 'active' | 'waiting' | 'delayed', count: number) => {
    const looked = queue()
    return until(`${count} ${state}`, async () => (await looked.counts())[state] === count)
  }

  test('jobs are done in order, once, with their results kept', async () => {
    const mails = queue()
    const added = [await mails.add(1), await mails.add(2), await mails.add(3)]
    expect(await mails.counts()).toMatchObject({ waiting: 3, active: 0, isPaused: false })
    const seen: number[] = []
    const worker = mails.work(({ data, attempt }, { token }) => {
      expect(attempt).toBe(1)
      expect(token).toBeGreaterThan(0n)
      seen.push(data)
      return data * 10
    })
    expect(await mails.result(added[2]?.id ?? '')).toBe(30)
    expect(seen).toEqual([1, 2, 3])
    await until('It is idle', () => worker.active === 0)
    expect(await mails.counts()).toMatchObject({ waiting: 0, active: 0, completed: 3, workers: 1 })
    expect(await mails.status(added[0]?.id ?? '')).toMatchObject({ state: 'completed', result: 10, attempt: 1 })
    expect(await mails.status('nobody')).toBeUndefined()
    expect((await on().etcd.kv.count({ prefix: '/waypost/queues/mail/jobs/' })).toString()).toBe('0')
  })

  test('higher priorities go first, and delayed jobs wait for their time', async () => {
    const mails = queue()
    await mails.addAll([{ data: 1 }, { data: 2, priority: 5 }, { data: 3, priority: -5 }])
    await mails.add(4, { id: 'late', delayMs: 150, priority: 9 })
    expect((await mails.peek()).map(({ data }) => data)).toEqual([2, 1, 3])
    expect(await mails.counts()).toMatchObject({ waiting: 3, delayed: 1 })
    // The one that was added first, whatever its priority.
    expect((await mails.counts()).oldestWaitingMs).toBeGreaterThanOrEqual(0)
    const seen: number[] = []
    mails.work(({ data }) => seen.push(data))
    await counted('completed', 4)
    expect(seen.filter((data) => data !== 4)).toEqual([2, 1, 3])
    const late = await mails.status('late')
    expect(Number(late?.finishedAt) - Number(late?.addedAt)).toBeGreaterThanOrEqual(150)
  })

  test('an id is taken once, for as long as its result is kept', async () => {
    const mails = queue()
    expect(await mails.add(1, { id: 'one' })).toEqual({ id: 'one', added: true })
    expect(await mails.add(2, { id: 'one' })).toEqual({ id: 'one', added: false })
    let runs = 0
    mails.work(() => (runs += 1))
    await counted('completed', 1)
    expect(
      await mails.addAll([
        { data: 3, id: 'one' },
        { data: 4, id: 'two' },
      ]),
    ).toEqual([
      { id: 'one', added: false },
      { id: 'two', added: true },
    ])
    await counted('completed', 2)
    expect(runs).toBe(2)
  })

  test("jobs exist exactly if the caller's own writes do", async () => {
    const { etcd } = on()
    const mails = queue()
    const order = (condition: bigint): ReturnType<typeof commit> => commit(condition)
    const commit = (revision: bigint) =>
      mails
        .addTo(etcd.txn().if(createRevision('orders/7').equals(revision)).do(put('orders/7', 'paid')), [
          { data: 7, id: 'order-7' },
          { data: 8 },
        ])
        .txn.commit()
    expect((await order(99n)).succeeded).toBe(false)
    expect(await mails.counts()).toMatchObject({ waiting: 0 })
    expect((await order(0n)).succeeded).toBe(true)
    expect(await mails.counts()).toMatchObject({ waiting: 2 })
    expect((await etcd.kv.get('orders/7'))?.text()).toBe('paid')
  })

  test('a failed job is tried again, then is a dead letter, and can be put back', async () => {
    const mails = queue()
    let fails = true
    const attempts: number[] = []
    const worker = mails.work(({ attempt }) => {
      attempts.push(attempt)
      if (fails) throw new Error('no')
      return 1
    })
    const errors: unknown[] = []
    worker.onEvent(({ type }) => errors.push(type))
    await mails.add(1, { id: 'a', attempts: 3 })
    await counted('dead', 1)
    expect(attempts).toEqual([1, 2, 3])
    await until('It was told', () => errors.length === 3)
    expect(errors).toEqual(['retrying', 'retrying', 'dead'])
    expect(await mails.deadLetters()).toMatchObject([{ id: 'a', error: 'no', attempt: 3 }])
    await expect(mails.result('a')).rejects.toMatchObject({ code: 'failed-precondition' })
    expect((await mails.add(1, { id: 'a' })).added).toBe(false)
    fails = false
    expect(await mails.redrive()).toBe(1)
    expect(await mails.result('a')).toBe(1)
    expect(attempts).toEqual([1, 2, 3, 1])
  })

  test('what is thrown as a dead letter is not tried again', async () => {
    const mails = queue()
    await mails.add(1)
    mails.work(() => {
      throw new DeadLetter('never')
    })
    await counted('dead', 1)
    expect(await mails.deadLetters()).toMatchObject([{ error: 'never', attempt: 1 }])
  })

  test('jobs of a group run one at a time and in order, whoever works', async () => {
    const mails = queue()
    const jobs = Array.from({ length: 12 }, (_, index) => ({ data: index, group: index % 2 ? 'odd' : 'even' }))
    await mails.addAll(jobs.slice(0, 6))
    for (const { data, group } of jobs.slice(6)) await mails.add(data, { group })
    expect(await mails.counts()).toMatchObject({ waiting: 2, blocked: 10 })
    const seen: number[] = []
    const inside = new Set<string>()
    let failed = false
    for (let worker = 0; worker < 3; worker++) {
      queue(quick).work(
        async ({ data, group = '' }) => {
          expect(inside.has(group)).toBe(false)
          inside.add(group)
          await on().etcd.kv.get('anything')
          inside.delete(group)
          if (data === 4 && !failed) {
            failed = true
            throw new Error('again')
          }
          seen.push(data)
        },
        { concurrency: 4 },
      )
    }
    await counted('completed', 12)
    expect(seen.filter((value) => value % 2 === 0)).toEqual([0, 2, 4, 6, 8, 10])
    expect(seen.filter((value) => value % 2 === 1)).toEqual([1, 3, 5, 7, 9, 11])
    expect(failed).toBe(true)
  })

  test('many workers share the jobs, each of which is done once', async () => {
    const mails = queue()
    const done: number[] = []
    for (let worker = 0; worker < 4; worker++) queue().work(({ data }) => done.push(data), { concurrency: 5 })
    const count = 120
    await mails.addAll(Array.from({ length: count / 2 }, (_, index) => ({ data: index })))
    await Promise.all(Array.from({ length: count / 2 }, (_, index) => mails.add(count / 2 + index)))
    await counted('completed', count)
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index))
  })

  test('a queue can limit how many jobs run at a time', async () => {
    const options = { ...quick, concurrency: 2 }
    let inside = 0
    let most = 0
    for (let worker = 0; worker < 3; worker++) {
      queue(options).work(
        async () => {
          most = Math.max(most, ++inside)
          await on().etcd.kv.get('anything')
          inside -= 1
        },
        { concurrency: 5 },
      )
    }
    await queue(options).addAll(Array.from({ length: 10 }, (_, data) => ({ data })))
    await counted('completed', 10)
    expect(most).toBeLessThanOrEqual(2)
    expect(await on().etcd.kv.count({ prefix: '/waypost/queues/mail/slots/' })).toBe(0n)
  })

  test('a queue can limit how many jobs begin in an interval', async () => {
    const options = { ...quick, rateLimit: { limit: 3, intervalMs: 3_600_000 } }
    const mails = queue(options)
    await mails.addAll(Array.from({ length: 5 }, (_, data) => ({ data })))
    mails.work(() => 1, { concurrency: 5 })
    await counted('completed', 3)
    expect(await mails.counts()).toMatchObject({ waiting: 2 })
  })

  test('paused queues give out nothing until they are resumed', async () => {
    const mails = queue()
    await mails.pause()
    mails.work(() => 1)
    await mails.add(1)
    await until('A worker is there', async () => (await mails.counts()).workers === 1)
    expect(await mails.counts()).toMatchObject({ waiting: 1, isPaused: true, active: 0 })
    await mails.resume()
    await counted('completed', 1)
  })

  describe('workers that go', () => {
    test('the jobs of a worker whose lease ended come back, and its late completion is refused', async () => {
      const { etcd } = on()
      const mails = queue()
      let release: () => void = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      const signals: AbortSignal[] = []
      const first = mails.work(async (_job, { signal }) => {
        signals.push(signal)
        await held
        return 1
      })
      const told: string[] = []
      first.onEvent(({ type }) => told.push(type))
      await mails.add(7, { id: 'a' })
      await counted('active', 1)
      const before = await mails.status('a')
      // As the store does it when nobody renews the lease.
      const { kvs } = await etcd.kv.range({ prefix: '/waypost/queues/mail/workers/' })
      queue(quick).work(() => 2)
      await until('Two workers', async () => (await mails.counts()).workers === 2)
      await etcd.leases.revoke(kvs[0]?.lease ?? 0n)
      expect(await mails.result('a')).toBe(2)
      const after = await mails.status('a')
      expect(after?.token).toBeGreaterThan(before?.token ?? 0n)
      release()
      await until('The completion was refused', () => told.includes('lost'))
      expect(await mails.status('a')).toMatchObject({ result: 2, token: after?.token })
    })

    test('a job that loses its workers again and again becomes a dead letter', async () => {
      const { etcd } = on()
      const mails = queue({ ...quick, maxStalls: 1 })
      const worker = mails.work(() => new Promise<number>(() => undefined))
      await mails.add(1, { id: 'a' })
      for (let stall = 0; stall < 2; stall++) {
        await counted('active', 1)
        const claim = await etcd.kv.get('/waypost/queues/mail/claims/a')
        const owner: unknown = JSON.parse(claim?.text() ?? '{}')
        const id = owner instanceof Object && 'worker' in owner ? String(owner.worker) : ''
        if (stall === 0) queue({ ...quick, maxStalls: 1 }).work(() => new Promise<number>(() => undefined))
        await until('Two workers', async () => (await mails.counts()).workers === 2)
        await etcd.leases.revoke(BigInt(`0x${id}`))
        await until('It is not claimed by it', async () => {
          const now = await etcd.kv.get('/waypost/queues/mail/claims/a')
          return now?.createRevision !== claim?.createRevision
        })
      }
      await counted('dead', 1)
      expect((await mails.deadLetters())[0]?.error).toContain('was lost while it ran the job')
      expect(worker.active).toBeGreaterThanOrEqual(0)
    })

    test('drain takes no more and finishes what runs; close gives it back', async () => {
      const mails = queue()
      let finish: () => void = () => {}
      const worker = mails.work(() => new Promise<number>((resolve) => (finish = () => resolve(1))))
      await mails.addAll([{ data: 1 }, { data: 2 }])
      await counted('active', 1)
      const draining = worker.drain()
      finish()
      await draining
      expect(await mails.counts()).toMatchObject({ completed: 1, waiting: 1, active: 0, workers: 0 })
      const other = mails.work(
        (_job, { signal }) =>
          new Promise<number>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      )
      await counted('active', 1)
      await other.close()
      expect(await mails.counts()).toMatchObject({ completed: 1, waiting: 1, active: 0, workers: 0 })
    })
  })

  test('progress, guard and cancel', async () => {
    const { etcd } = on()
    const mails = queue()
    let cancelled = false
    mails.work(async (_job, { progress, guard, signal }) => {
      await progress({ percent: 50 })
      expect((await guard(etcd.txn().do(put('by-job', '1'))).commit()).succeeded).toBe(true)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      cancelled = true
      throw signal.reason
    })
    await mails.add(1, { id: 'a' })
    await until('Progress', async () => (await mails.status('a'))?.progress !== undefined)
    expect(await mails.status('a')).toMatchObject({ state: 'active', progress: { percent: 50 } })
    expect(await mails.remove('a')).toBe(false)
    expect(await mails.cancel('a')).toBe(true)
    await counted('dead', 1)
    expect(cancelled).toBe(true)
    expect(await mails.deadLetters()).toMatchObject([{ error: 'The job was cancelled.' }])
    await mails.add(1, { id: 'b', delayMs: 100_000 })
    expect(await mails.cancel('b')).toBe(true)
    expect(await mails.cancel('b')).toBe(false)
  })

  test('a result is kept by another lease when somebody has revoked the first', async () => {
    const { etcd } = on()
    const mails = queue()
    mails.work(({ data }) => data)
    const { id } = await mails.add(1)
    expect(await mails.result(id)).toBe(1)
    const kept = await etcd.kv.get(`/waypost/queues/mail/completed/${id}`)
    await etcd.leases.revoke(kept?.lease ?? 0n)
    const others = await mails.addAll([{ data: 2 }, { data: 3 }])
    expect(await Promise.all(others.map((job) => mails.result(job.id)))).toEqual([2, 3])
    expect(await mails.counts()).toMatchObject({ active: 0, completed: 2 })
  })

  test('removing, hastening and purging', async () => {
    const mails = queue()
    await mails.addAll([
      { data: 1, id: 'a', group: 'g' },
      { data: 2, id: 'b', group: 'g' },
      { data: 3, id: 'c', delayMs: 100_000 },
    ])
    expect(await mails.remove('a')).toBe(true)
    expect((await mails.peek()).map(({ id }) => id)).toEqual(['b'])
    expect(await mails.retry('c')).toBe(true)
    expect(await mails.retry('c')).toBe(false)
    expect((await mails.peek()).map(({ id }) => id)).toEqual(['b', 'c'])
    expect(await mails.purge('all')).toBe(2)
    expect(await mails.counts()).toMatchObject({ waiting: 0, delayed: 0, blocked: 0 })
    expect(await on().etcd.kv.count({ prefix: '/waypost/queues/mail/groups/' })).toBe(0n)
  })

  test('events tell the life of each job in order', async () => {
    const mails = queue()
    const events: QueueEvent[] = []
    const controller = new AbortController()
    const following = (async () => {
      for await (const event of mails.events({ signal: controller.signal })) events.push(event)
    })()
    await until('The watch has begun', async () => {
      await mails.pause()
      await mails.resume()
      return events.some(({ type }) => type === 'resumed')
    })
    events.length = 0
    let failed = false
    mails.work(async (_job, { progress }) => {
      await progress(1)
      if (failed) return 5
      failed = true
      throw new Error('once')
    })
    await mails.add(1, { id: 'a' })
    await until('It is done', () => events.some(({ type }) => type === 'completed'))
    const types = events.filter(({ id }) => id === 'a').map(({ type }) => type)
    expect(types).toEqual(['added', 'active', 'progress', 'retrying', 'active', 'progress', 'completed'])
    expect(events.at(-1)).toMatchObject({ result: 5, attempt: 2 })
    controller.abort()
    await following
  })

  test('what is too large or wrong is refused', async () => {
    const mails = on().coordination().queue<string>('mail', { maxPayloadBytes: 1_000 })
    await expect(mails.add('x'.repeat(2_000))).rejects.toMatchObject({ code: 'too-large' })
    await expect(mails.addAll(Array.from({ length: 101 }, () => ({ data: '' })))).rejects.toMatchObject({
      code: 'too-large',
    })
    await expect(mails.add('x', { id: 'a/b' })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(mails.add('x', { priority: 1.5 })).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(() => on().coordination().queue('a/b')).toThrow('must not contain a slash')
    expect(await on().coordination().queues()).toEqual([])
    await mails.add('x')
    await on().coordination().queue('mail-2').add(1)
    expect(await on().coordination().queues()).toEqual(['mail', 'mail-2'])
  })
})
