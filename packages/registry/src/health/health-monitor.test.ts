import { FakeClock } from '@waypost/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Checked, HealthMonitor } from './health-monitor.ts'

describe('HealthMonitor', () => {
  let clock: FakeClock
  let monitor: HealthMonitor
  let isGood: boolean | 'silent'
  const seen: Checked[] = []

  beforeEach(() => {
    clock = new FakeClock()
    seen.length = 0
    isGood = true
    const check = (): unknown => {
      if (isGood === 'silent') return new Promise(() => {})
      return isGood ? undefined : Promise.reject(new Error('down'))
    }
    const health = { check, intervalMs: 1_000, timeoutMs: 400, rise: 2, fall: 3 }
    monitor = new HealthMonitor(
      health,
      (checked) => seen.push(checked),
      clock,
      () => 0,
    )
  })

  afterEach(() => {
    monitor.close()
    expect(clock.pendingTimers).toBe(0)
  })

  const opinions = (): boolean[] => seen.map(({ healthy }) => healthy)

  it('believes the first check at once', async () => {
    await clock.advance(0)
    expect(seen).toEqual([{ healthy: true, hasChanged: true, error: undefined }])
  })

  it('changes its mind only after several checks in a row', async () => {
    await clock.advance(0)
    isGood = false
    await clock.advance(2_000)
    isGood = true
    await clock.advance(1_000)
    isGood = false
    await clock.advance(3_000)
    isGood = true
    await clock.advance(2_000)
    expect(opinions()).toEqual([true, true, true, true, true, true, false, false, true])
    expect(seen.filter(({ hasChanged }) => hasChanged)).toHaveLength(3)
    expect(seen[6]?.error?.message).toBe('down')
  })

  it('takes a check that does not end for a bad one, and keeps its rhythm', async () => {
    isGood = 'silent'
    await clock.advance(400)
    expect(seen[0]).toMatchObject({ healthy: false, error: { code: 'deadline-exceeded' } })
    isGood = true
    await clock.advance(600)
    expect(opinions()).toEqual([false, false])
    await clock.advance(1_000)
    expect(opinions()).toEqual([false, false, true])
  })

  it('says nothing more after it was closed', async () => {
    isGood = 'silent'
    await clock.advance(100)
    monitor.close()
    await clock.advance(5_000)
    expect(seen).toEqual([])
  })
})
