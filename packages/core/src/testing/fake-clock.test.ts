import { describe, expect, it } from 'vitest'
import { delay } from '../abort.ts'
import { FakeClock } from './fake-clock.ts'

describe('FakeClock', () => {
  it('runs timers in the order in which they are due, each at its own time', async () => {
    const clock = new FakeClock()
    const seen: [string, number][] = []
    clock.after(30, () => seen.push(['c', clock.monotonicMs()]))
    clock.after(10, () => seen.push(['a', clock.monotonicMs()]))
    clock.after(10, () => seen.push(['b', clock.monotonicMs()]))
    await clock.advance(29)
    expect(seen).toEqual([
      ['a', 10],
      ['b', 10],
    ])
    await clock.advance(1)
    expect(seen.at(-1)).toEqual(['c', 30])
    expect(clock.pendingTimers).toBe(0)
  })

  it('lets what a timer woke start further timers within the same advance', async () => {
    const clock = new FakeClock()
    let turns = 0
    const loop = async (): Promise<void> => {
      for (; turns < 5; turns++) await delay(100, { clock })
    }
    const done = loop()
    await clock.advance(500)
    await done
    expect(turns).toBe(5)
    expect(clock.monotonicMs()).toBe(500)
  })

  it('does not run a cancelled timer', async () => {
    const clock = new FakeClock()
    let ran = false
    clock
      .after(1, () => {
        ran = true
      })
      .cancel()
    await clock.advance(5)
    expect(ran).toBe(false)
  })

  it('moves the wall clock with time, and alone on a jump', async () => {
    const clock = new FakeClock(1_000)
    await clock.advance(5)
    clock.jump(-500)
    expect(clock.epochMs()).toBe(505)
    expect(clock.monotonicMs()).toBe(5)
  })
})
