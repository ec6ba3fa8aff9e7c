import { FakeClock } from '@waypost/core/testing'
import { until } from '@waypost/testkit'
import { describe, expect, test } from 'vitest'
import type { Coordination } from '../coordination.ts'
import { onEachStore } from '../each-store.test-support.ts'
import type { Overlap } from './schedule-options.ts'
import type { ScheduledRun } from './term.ts'

const start = Date.UTC(2026, 5, 1, 12)
const minute = 60_000

onEachStore('schedules', (on) => {
  /** A process whose wall clock a test moves; the store is real. */
  function fleet(clock: FakeClock, processName: string): Coordination {
    return on().coordination({ clock, processName })
  }

  /**
   * Moves a clock in small steps until something has happened. Each step waits for an answer of the store: on a slow
   * machine the clock would run ahead of the renewals of leases otherwise.
   */
  async function advanceUntil(clock: FakeClock, what: string, check: () => boolean | Promise<boolean>, stepMs = 7_000) {
    await until(what, async () => {
      if (await check()) return true
      await clock.advance(stepMs)
      await on().etcd.kv.get('/none')
      return false
    })
  }

  test('a function runs at each time, once in the fleet, with the planned time in its id', async () => {
    const clock = new FakeClock(start)
    const [one, two] = [fleet(clock, 'one'), fleet(clock, 'two')]
    const runs: string[] = []
    for (const each of [one, two]) {
      await each.schedules.run('tick', { cron: '* * * * *' }, ({ id, token }) => {
        expect(token).toBeGreaterThan(0n)
        runs.push(id)
      })
    }
    await until('One leads', () => one.schedules.isLeading || two.schedules.isLeading)
    await advanceUntil(clock, 'Three runs', () => runs.length >= 3)
    expect(runs.slice(0, 3)).toEqual([
      'tick@2026-06-01T12:01:00.000Z',
      'tick@2026-06-01T12:02:00.000Z',
      'tick@2026-06-01T12:03:00.000Z',
    ])
    expect(one.schedules.isLeading && two.schedules.isLeading).toBe(false)
    await until('The history says so', async () => {
      const history = await one.schedules.history('tick')
      return history.length >= 3 && history.every(({ state }) => state === 'completed')
    })
  })

  test('a run of a queue is one job, added with the record of the run', async () => {
    const clock = new FakeClock(start)
    const one = fleet(clock, 'one')
    const done: unknown[] = []
    one.queue('reports').work(({ data, id }) => done.push([id, data]))
    await one.schedules.put('nightly', { everyMs: minute, queue: 'reports', payload: { month: 5 } })
    await advanceUntil(clock, 'Two jobs', () => done.length >= 2)
    expect(done.slice(0, 2)).toEqual([
      ['nightly@2026-06-01T12:01:00.000Z', { month: 5 }],
      ['nightly@2026-06-01T12:02:00.000Z', { month: 5 }],
    ])
    await until('The history knows', async () => (await one.schedules.history('nightly')).at(-1)?.state === 'completed')
  })

  test('once at a time, and never again', async () => {
    const clock = new FakeClock(start)
    const one = fleet(clock, 'one')
    let runs = 0
    await one.schedules.run('once', { at: new Date(start + 90_000) }, () => (runs += 1))
    expect(await one.schedules.next('once')).toEqual([new Date(start + 90_000)])
    await advanceUntil(clock, 'The run', () => runs > 0)
    await clock.advance(10 * minute)
    expect(runs).toBe(1)
    expect(await one.schedules.next('once')).toEqual([])
    await expect(one.schedules.put('late', { at: new Date(start) })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  describe('when every process was away', () => {
    test.each([
      ['within the window each run is made up for', 24 * 60 * minute, 10, 0],
      ['older ones are recorded as missed', 2.5 * 60 * minute, 2, 8],
    ])('for 10 hours: %s', async (_what, catchUpMs, expected, missed) => {
      const clock = new FakeClock(start)
      const before = fleet(clock, 'before')
      const runs: string[] = []
      const options = { cron: '0 * * * *', overlap: 'allow-all', catchUpMs } as const
      await before.schedules.run('hourly', options, ({ id }) => runs.push(id))
      await advanceUntil(clock, 'The first run', () => runs.length === 1, minute)
      await until('It is recorded', async () => (await before.schedules.history('hourly'))[0]?.state === 'completed')
      await before.close()
      const back = new FakeClock(start + 11.75 * 60 * minute)
      const after = fleet(back, 'after')
      runs.length = 0
      after.schedules.handle('hourly', ({ id }) => runs.push(id))
      after.schedules.start()
      await until('The runs are made up for', () => runs.length >= expected)
      expect(runs).toHaveLength(expected)
      expect(new Set(runs).size).toBe(expected)
      const history = await after.schedules.history('hourly', { limit: 100 })
      const gaps = history.filter(({ state }) => state === 'missed')
      expect(gaps.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(missed)
    })
  })

  test('two fleets whose clocks differ by 5 minutes make no run twice', async () => {
    const clocks = [new FakeClock(start), new FakeClock(start + 5 * minute)]
    const runs: string[] = []
    const open = async (index: number): Promise<Coordination> => {
      const clock = clocks[index] ?? new FakeClock(start)
      const coordination = fleet(clock, `fleet-${index}`)
      await coordination.schedules.run('tick', { cron: '* * * * *', overlap: 'allow-all' }, ({ id }) => runs.push(id))
      await until('It leads', () => coordination.schedules.isLeading)
      return coordination
    }
    const advance = async (count: number): Promise<void> => {
      await until(`${count} runs`, async () => {
        if (runs.length >= count) return true
        for (const clock of clocks) await clock.advance(2_000)
        return false
      })
    }
    const slow = await open(0)
    await advance(2)
    await slow.close()
    const fast = await open(1)
    await advance(9)
    await fast.close()
    const again = await open(0)
    // Its clock has to come as far first.
    await advance(11)
    await again.close()
    expect(new Set(runs).size).toBe(runs.length)
    expect([...runs].sort()).toEqual(runs)
  })

  test('the skew of clocks is measured and reported', async () => {
    const clock = new FakeClock(start)
    const leader = fleet(clock, 'leader')
    const skews: number[] = []
    leader.schedules.onEvent(({ type, skewMs = 0 }) => type === 'skew' && skews.push(skewMs))
    leader.schedules.start()
    await until('It leads', () => leader.schedules.isLeading)
    const other = on().coordination({ clock: new FakeClock(start + 5 * minute), processName: 'other' })
    other.schedules.start()
    await until('The skew is told of', () => skews.length > 0)
    expect(skews[0]).toBe(5 * minute)
    await advanceUntil(
      clock,
      'It is published',
      async () => 'other' in ((await leader.schedules.status())?.skewMs ?? {}),
    )
    expect(await leader.schedules.status()).toMatchObject({ leader: 'leader', skewMs: { other: 5 * minute } })
  })

  describe('overlap', () => {
    async function overlapping(overlap: Overlap) {
      const clock = new FakeClock(start)
      const one = fleet(clock, 'one')
      const begun: number[] = []
      const ends: (() => void)[] = []
      await one.schedules.run('slow', { everyMs: minute, overlap }, ({ plannedAt, signal }) => {
        begun.push((plannedAt.getTime() - start) / minute)
        return new Promise<void>((resolve, reject) => {
          ends.push(resolve)
          signal.addEventListener('abort', () => reject(new Error('stopped')))
        })
      })
      await advanceUntil(clock, 'The first run', () => begun.length === 1)
      const states = async (): Promise<string[]> =>
        (await one.schedules.history('slow')).map(({ state }) => state).reverse()
      /** Continues until `count` runs are known, started or not. */
      const known = (count: number): Promise<void> =>
        advanceUntil(clock, `${count} runs are known`, async () => (await states()).length >= count, 5_000)
      return { one, clock, begun, ends, states, known }
    }

    test('skip leaves out what is due meanwhile', async () => {
      const { begun, ends, states, known } = await overlapping('skip')
      await known(3)
      expect(begun).toEqual([1])
      expect((await states()).slice(0, 3)).toEqual(['running', 'skipped', 'skipped'])
      ends[0]?.()
      await until('It has ended', async () => (await states())[0] === 'completed')
    })

    test('buffer-one keeps one', async () => {
      const { begun, ends, states, known } = await overlapping('buffer-one')
      await known(4)
      expect((await states()).slice(0, 4)).toEqual(['running', 'waiting', 'skipped', 'skipped'])
      ends[0]?.()
      await until('The second has begun', () => begun.length === 2)
      expect(begun).toEqual([1, 2])
    })

    test('buffer-all keeps all, one after the other', async () => {
      const { begun, ends, states, known } = await overlapping('buffer-all')
      await known(4)
      expect((await states()).slice(0, 4)).toEqual(['running', 'waiting', 'waiting', 'waiting'])
      for (let index = 0; index < 3; index++) {
        ends[index]?.()
        await until('The next has begun', () => begun.length === index + 2)
      }
      expect(begun).toEqual([1, 2, 3, 4])
    })

    test('cancel-other ends the earlier one', async () => {
      const { begun, states, known } = await overlapping('cancel-other')
      await known(2)
      await until('The second has begun', () => begun.length >= 2)
      expect(begun.slice(0, 2)).toEqual([1, 2])
      await until('The first was cancelled', async () => (await states())[0] === 'cancelled')
    })

    test('allow-all runs them side by side', async () => {
      const { begun, known } = await overlapping('allow-all')
      await known(3)
      await until('All have begun', () => begun.length >= 3)
      expect(begun.slice(0, 3)).toEqual([1, 2, 3])
    })
  })

  test('trigger, backfill, pause and resume', async () => {
    const clock = new FakeClock(start)
    const one = fleet(clock, 'one')
    const runs: string[] = []
    const { schedules } = one
    await schedules.run('daily', { cron: '0 0 * * *', payload: 1 }, ({ id, payload }) => runs.push(`${id} ${payload}`))
    await until('It leads', () => schedules.isLeading)
    await schedules.trigger('daily', { payload: 2 })
    await until('The run', () => runs.length === 1)
    expect(runs[0]).toMatch(/^daily@2026-06-01T12:00:00.000Z#[0-9a-f]{8} 2$/)
    await schedules.backfill('daily', { from: new Date(start - 3 * 86_400_000), to: new Date(start) })
    await until('The runs of the past', () => runs.length === 4)
    expect(runs.slice(1)).toEqual([
      'daily@2026-05-30T00:00:00.000Z 1',
      'daily@2026-05-31T00:00:00.000Z 1',
      'daily@2026-06-01T00:00:00.000Z 1',
    ])
    await schedules.backfill('daily', { from: new Date(start - 86_400_000), to: new Date(start) })
    await schedules.pause('daily', 'holiday')
    expect(await schedules.get('daily')).toMatchObject({ paused: true, pauseReason: 'holiday' })
    expect(await schedules.next('daily')).toEqual([])
    await schedules.resume('daily')
    expect(await schedules.next('daily', { count: 1 })).toEqual([new Date(Date.UTC(2026, 5, 2))])
    expect(runs).toHaveLength(4)
    await expect(schedules.trigger('nobody')).rejects.toMatchObject({ code: 'not-found' })
    expect(await schedules.delete('daily')).toBe(true)
    expect(await schedules.delete('daily')).toBe(false)
    expect(await schedules.list()).toEqual([])
  })

  test('a failing run is recorded, and pauses the schedule if that is wanted', async () => {
    const clock = new FakeClock(start)
    const one = fleet(clock, 'one')
    await one.schedules.run('bad', { everyMs: minute, pauseOnFailure: true }, () =>
      Promise.reject(new Error('no disk')),
    )
    await advanceUntil(clock, 'It is paused', async () => (await one.schedules.get('bad'))?.paused === true)
    expect(await one.schedules.get('bad')).toMatchObject({ pauseReason: 'A run failed: no disk' })
    expect((await one.schedules.history('bad')).at(-1)).toMatchObject({ state: 'failed', error: 'no disk' })
  })

  test('history is kept by count', async () => {
    const clock = new FakeClock(start)
    const one = fleet(clock, 'one')
    let runs = 0
    await one.schedules.run('tick', { everyMs: minute, keep: { count: 3 } }, () => (runs += 1))
    await advanceUntil(clock, 'Eight runs', () => runs >= 8, 10_000)
    await until('The history is cut', async () => (await one.schedules.history('tick', { limit: 100 })).length <= 4)
    expect((await one.schedules.history('tick')).length).toBeGreaterThanOrEqual(3)
  })

  test('history is kept by age, also of a schedule that has no more runs', async () => {
    const clock = new FakeClock(start)
    const one = fleet(clock, 'one')
    let runs = 0
    const keep = { ageMs: 90 * minute }
    await one.schedules.run('tick', { everyMs: minute, keep }, () => (runs += 1))
    await advanceUntil(clock, 'Three runs', () => runs >= 3)
    await one.schedules.pause('tick')
    await until('Its history', async () => (await one.schedules.history('tick')).length >= 3)
    const left = async () => (await one.schedules.history('tick')).length
    await advanceUntil(clock, 'It is cut', async () => (await left()) === 0, minute)
    expect(clock.epochMs()).toBeGreaterThan(start + keep.ageMs)
  })

  test('what a leader left unfinished is settled by the next one', async () => {
    const clock = new FakeClock(start)
    const { etcd } = on()
    const one = fleet(clock, 'one')
    const untilStopped = ({ signal }: ScheduledRun): Promise<void> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    await one.schedules.run('long', { everyMs: minute, overlap: 'buffer-one' }, untilStopped)
    await advanceUntil(clock, 'One runs, one waits', async () => {
      const states = (await one.schedules.history('long')).map(({ state }) => state)
      return states.includes('running') && states.includes('waiting')
    })
    const two = fleet(clock, 'two')
    const runs: string[] = []
    two.schedules.handle('long', ({ id }) => runs.push(id))
    two.schedules.start()
    const inLine = async () => (await etcd.kv.range({ prefix: '/waypost/schedules/default/leader/' })).kvs
    // Otherwise the first could be back in line before the second has come.
    await until('Both stand in line', async () => (await inLine()).length === 2)
    const first = (await inLine()).reduce((a, b) => (a.createRevision < b.createRevision ? a : b))
    await etcd.leases.revoke(first.lease)
    await until('The waiting run has run', () => runs.length > 0)
    expect(runs[0]).toBe('long@2026-06-01T12:02:00.000Z')
    const history = await two.schedules.history('long')
    expect(history.at(-1)).toMatchObject({ state: 'failed', error: 'The leader one was lost while it ran.' })
  })

  test('what is wrong is refused', async () => {
    const { schedules } = on().coordination()
    const wrong = { code: 'invalid-argument' }
    await expect(schedules.put('x', {})).rejects.toMatchObject(wrong)
    await expect(schedules.put('x', { cron: '* * * * *', everyMs: 1_000 })).rejects.toMatchObject(wrong)
    await expect(schedules.put('x', { cron: 'often' })).rejects.toMatchObject(wrong)
    await expect(schedules.put('x', { cron: '* * * * *', timeZone: 'Mars' })).rejects.toMatchObject(wrong)
    await expect(schedules.put('a/b', { everyMs: 1_000 })).rejects.toMatchObject(wrong)
    expect(await schedules.list()).toEqual([])
  })
})
