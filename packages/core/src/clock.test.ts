import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'

describe('systemClock', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('waits as long as it is told, also beyond what setTimeout can take', () => {
    const dayMs = 86_400_000
    let fired = 0
    systemClock.after(60 * dayMs, () => fired++)
    vi.advanceTimersByTime(59 * dayMs)
    expect(fired).toBe(0)
    vi.advanceTimersByTime(dayMs)
    expect(fired).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not fire after cancel, in any stage of a long wait', () => {
    let fired = 0
    const timer = systemClock.after(3_000_000_000, () => fired++)
    vi.advanceTimersByTime(2_500_000_000)
    timer.cancel()
    timer.cancel()
    vi.advanceTimersByTime(3_000_000_000)
    expect(fired).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('fires at once for a delay in the past', () => {
    let fired = 0
    systemClock.after(-5, () => fired++)
    vi.advanceTimersByTime(1)
    expect(fired).toBe(1)
  })
})
