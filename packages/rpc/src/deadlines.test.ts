import { FakeClock } from '@waypost/core/testing'
import { describe, expect, it } from 'vitest'
import { Deadlines } from './deadlines.ts'

function expiring(clock: FakeClock, timeoutMs: number, log: string[], name: string) {
  return { expiresAtMs: clock.monotonicMs() + timeoutMs, expire: () => log.push(name) }
}

describe('Deadlines', () => {
  it('expires each item once, in time, on one timer', () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock)
    const log: string[] = []
    deadlines.add(expiring(clock, 500, log, 'late'))
    deadlines.add(expiring(clock, 100, log, 'early'))
    deadlines.add(expiring(clock, 300, log, 'middle'))
    expect(clock.pendingTimers).toBe(1)
    clock.advanceSync(99)
    expect(log).toEqual([])
    clock.advanceSync(1)
    expect(log).toEqual(['early'])
    clock.advanceSync(200)
    expect(log).toEqual(['early', 'middle'])
    clock.advanceSync(1000)
    expect(log).toEqual(['early', 'middle', 'late'])
    expect(deadlines.size).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('forgets what was deleted', () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock)
    const log: string[] = []
    const item = expiring(clock, 100, log, 'deleted')
    deadlines.add(item)
    deadlines.delete(item)
    clock.advanceSync(1000)
    expect(log).toEqual([])
  })

  it('takes new items from an expiry', () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock)
    const log: string[] = []
    deadlines.add({
      expiresAtMs: clock.monotonicMs() + 10,
      expire: () => deadlines.add(expiring(clock, 10, log, 'second')),
    })
    clock.advanceSync(10)
    clock.advanceSync(10)
    expect(log).toEqual(['second'])
  })

  it('does nothing once closed', () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock)
    const log: string[] = []
    deadlines.add(expiring(clock, 10, log, 'x'))
    deadlines.close()
    clock.advanceSync(100)
    expect(log).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })
})
