import { FakeClock } from '@waypost/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { Breaker } from './breaker.ts'

const rule = { failureShare: 0.5, minRequests: 10, windowMs: 10_000, openMs: 5_000 }

describe('Breaker', () => {
  let clock: FakeClock
  let breaker: Breaker

  beforeEach(() => {
    clock = new FakeClock()
    breaker = new Breaker(rule, clock)
  })

  const fail = (times: number): void => {
    for (let time = 0; time < times; time++) breaker.record(true)
  }

  it('stays closed below the minimum of requests, however many fail', () => {
    fail(9)
    expect(breaker.state).toBe('closed')
    expect(breaker.allow()).toBe(true)
  })

  it('opens at the share of failures, and stops requests', () => {
    for (let time = 0; time < 5; time++) breaker.record(false)
    fail(5)
    expect(breaker.state).toBe('open')
    expect(breaker.allow()).toBe(false)
    expect(breaker.remainingMs).toBe(5_000)
  })

  it('forgets what is older than its window', async () => {
    fail(9)
    await clock.advance(10_001)
    fail(1)
    expect(breaker.state).toBe('closed')
  })

  it('lets one request through after its pause, and closes when that goes well', async () => {
    fail(10)
    await clock.advance(5_000)
    expect(breaker.state).toBe('half-open')
    expect([breaker.allow(), breaker.allow()]).toEqual([true, false])
    breaker.record(false)
    expect(breaker.state).toBe('closed')
    fail(9)
    expect(breaker.state).toBe('closed')
  })

  it('opens again when the one request fails, and waits for another when its client gave up', async () => {
    fail(10)
    await clock.advance(5_000)
    expect(breaker.allow()).toBe(true)
    breaker.forget()
    expect(breaker.allow()).toBe(true)
    breaker.record(true)
    expect(breaker.state).toBe('open')
    expect(breaker.allow()).toBe(false)
  })
})
